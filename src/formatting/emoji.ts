const selector = '\ufe0f';
/** Emoji of the recommended set in their fully qualified form. */
const recommended = new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v');
/** What is shown as a picture only where the selector asks for it; a skin tone behind it asks for it too. */
const asksForPicture = /(?:(?!\p{Emoji_Presentation}|[0-9#*])\p{Emoji}|[0-9#*](?=\u20e3))(?!\p{Emoji_Modifier})/gu;

/**
 * Pure: the emoji that a text is, fully qualified, however its writer qualified it; undefined where it is anything else than
 * exactly one emoji.
 */
export function oneEmoji(text: string): string | undefined {
  const qualified = text.replaceAll(selector, '').replaceAll(asksForPicture, `$&${selector}`);
  return recommended.test(qualified) ? qualified : undefined;
}
