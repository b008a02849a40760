import { languageOf } from '../shared/language.js';
import { textsIn } from './texts.js';

const { language: wanted } = navigator;
export const language = languageOf(wanted);
export const texts = textsIn[language];

const clocks = new Intl.DateTimeFormat(wanted, { hour: '2-digit', minute: '2-digit' });
const exactClocks = new Intl.DateTimeFormat(wanted, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});
const wholeMs = new Intl.NumberFormat(wanted, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(wanted, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const clock = (atMs: number): string => clocks.format(atMs);
export const exactClock = (atMs: number): string => exactClocks.format(atMs);

/** `12 ms`, or `3.4 s` from a second on. */
export function duration(ms: number): string {
  return ms < 1000 ? `${wholeMs.format(ms)} ms` : `${tenths.format(ms / 1000)} s`;
}
