// The set property needs the newest regular expressions, which the compiler's target does not know as literals.
const emoji = new RegExp('^(?:\\p{RGI_Emoji}|\\p{Extended_Pictographic}\\uFE0F?)$', 'v');

/** One emoji, skin tones and joined families included; no word, no shortcode, no two of them. */
export function isOneEmoji(text: string): boolean {
  return emoji.test(text);
}
