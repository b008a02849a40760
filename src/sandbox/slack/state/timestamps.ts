import type { SlackClock } from './clock.js';

/** Makes the `ts` of messages: seconds since 1970 with six digits behind the point, none twice, each later than the one before. */
export class Timestamps {
  #lastMicros = 0;

  constructor(private readonly clock: SlackClock) {}

  next(): string {
    this.#lastMicros = Math.max(this.clock.nowMs() * 1000, this.#lastMicros + 1);
    const micros = String(this.#lastMicros % 1_000_000).padStart(6, '0');
    return `${Math.floor(this.#lastMicros / 1_000_000)}.${micros}`;
  }
}

const form = /^\d{1,10}(?:\.\d{1,6})?$/;

export function isTimestamp(text: string): boolean {
  return form.test(text);
}

/** Pure: less than 0 where `one` is before `other`. */
export function compareTimestamps(one: string, other: string): number {
  return microsOf(one) - microsOf(other);
}

function microsOf(ts: string): number {
  const [seconds = '0', fraction = ''] = ts.split('.');
  return Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0'));
}
