import { texts } from './texts-in-use.js';

const numbers = new Intl.NumberFormat(texts.language);
const oneDigit = new Intl.NumberFormat(texts.language, { maximumFractionDigits: 1 });
// A day of 24 hours in every language: times are compared with those of logs.
const hours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const clock = new Intl.DateTimeFormat(texts.language, { ...hours, second: '2-digit' });
const minute = new Intl.DateTimeFormat(texts.language, hours);
const clockMs = new Intl.DateTimeFormat(texts.language, { ...hours, second: '2-digit', fractionalSecondDigits: 3 });
const day = new Intl.DateTimeFormat(texts.language, { dateStyle: 'medium' });

export const number = (value: number): string => numbers.format(value);

/** `184 ms`, `2.4 s`, `12 min`, `3 h`, `5 d`. */
export function duration(ms: number): string {
  const spans = [
    [1_000, 1, 'ms'],
    [60_000, 1_000, 's'],
    [3_600_000, 60_000, 'min'],
    [172_800_000, 3_600_000, 'h'],
  ] as const;
  const [, unitMs, unit] = spans.find(([below]) => ms < below) ?? [0, 86_400_000, 'd'];
  const value = ms / unitMs;
  return `${(unit === 's' && value < 10 ? oneDigit : numbers).format(unit === 's' && value < 10 ? value : Math.round(value))} ${unit}`;
}

/** The time of day, with the day where it was not today. */
export function moment(iso: string): string {
  const time = new Date(iso);
  return isToday(time) ? clock.format(time) : `${day.format(time)}, ${minute.format(time)}`;
}

/** `09:05`. */
export const minuteOf = (iso: string): string => minute.format(new Date(iso));

export function exactMoment(iso: string): string {
  const time = new Date(iso);
  return isToday(time) ? clockMs.format(time) : `${day.format(time)}, ${clockMs.format(time)}`;
}

const isToday = (time: Date): boolean => time.toDateString() === new Date().toDateString();

/** `3 minutes ago`. */
export function ago(iso: string): string {
  const seconds = Math.max(0, (Date.now() - new Date(iso).getTime()) / 1_000);
  const relative = new Intl.RelativeTimeFormat(texts.language, { numeric: 'auto', style: 'short' });
  if (seconds < 60) return relative.format(-Math.round(seconds), 'second');
  if (seconds < 3_600) return relative.format(-Math.round(seconds / 60), 'minute');
  if (seconds < 172_800) return relative.format(-Math.round(seconds / 3_600), 'hour');
  return relative.format(-Math.round(seconds / 86_400), 'day');
}

export const msBetween = (from: string, to: string): number => new Date(to).getTime() - new Date(from).getTime();
