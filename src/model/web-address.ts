/** Pure: a web address, undefined where the text is none. (In Node 20 `URL.canParse` forgets letters beyond ASCII once it is hot.) */
export function webAddress(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined; // That is what was asked.
  }
}
