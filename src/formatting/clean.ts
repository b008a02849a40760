/** NUL, which PostgreSQL and many clients refuse, and the other controls; tab and newline stay. */
const controls = /[^\P{Cc}\t\n]/gu;
/** Programs use them inside; texts have none. */
const noncharacters = /\p{Noncharacter_Code_Point}/gu;
/**
 * Embeddings, overrides and isolates. They are removed rather than closed at the end: a text is cut into parts and put
 * behind names later, and a pair that was torn apart would turn the rest of its line. The marks that stand alone (LRM,
 * RLM, ALM) stay: they turn nothing behind them, and mixed texts need them.
 */
const turning = /[\u202a-\u202e\u2066-\u2069]/gu;

/** Pure: a text that every network takes. Line ends become `\n`, lone surrogates U+FFFD; controls, noncharacters and what turns text go. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(controls, '')
    .replaceAll(noncharacters, '')
    .replaceAll(turning, '');
}
