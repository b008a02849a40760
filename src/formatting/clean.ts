/** NUL, which PostgreSQL and many clients refuse, and the other controls; tab and newline stay. */
const controls = /[^\P{Cc}\t\n]/gu;
/** Overrides and isolates that could turn the text around them: embedding marks (LRM, RLM) stay, real languages need them. */
const bidiOverrides = /[\u202a-\u202e\u2066-\u2069]/gu;

/** Pure: a text that every network takes. Line ends become `\n`, lone surrogates U+FFFD; controls and bidi overrides go. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll(controls, '').replaceAll(bidiOverrides, '');
}
