const form = /^emoji\/(.+)$/;

/** Pure: by which id the page asks for the picture of a workspace's own emoji. */
export function emojiFile(name: string): string {
  return `emoji/${name}`;
}

/** Pure: whose picture it asks for; undefined where it is another file's id. */
export function emojiOfFile(id: string): string | undefined {
  return form.exec(id)?.[1];
}
