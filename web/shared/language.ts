export type Language = 'en' | 'de';

/** Pure: the language of a page for somebody whose browser asks for `wanted`, as in `navigator.language`. */
export function languageOf(wanted: string): Language {
  return /^de(?:-|$)/i.test(wanted) ? 'de' : 'en';
}
