import { z } from 'zod';
import type { AccountStore } from '../../model/account-store.js';
import { isTs } from './slack.ids.js';

const time = z.iso.datetime().transform((text) => new Date(text));
const entered = z.object({ since: time, ts: z.string().refine(isTs).optional() });
const takenOut = z.object({ ts: z.string().refine(isTs).optional() });
const unread = z.object({ from: time, asked: z.string() });

export interface Unread {
  /** From when on it is still to be read. */
  readonly from: Date;
  /** Changes with each gap. */
  readonly asked: string;
}

/** A channel that a link named, and that nobody took us out of. */
export interface HeardChannel {
  readonly id: string;
  /** What was said before is none of ours; by our clock. */
  readonly since: Date;
  /** The same by Slack's, where it told it. */
  readonly sinceTs?: string;
  readonly unread?: Unread;
}

const enteredKey = (channel: string): string => `in/${channel}`;
const takenOutKey = (channel: string): string => `out/${channel}`;
const unreadKey = (channel: string): string => `unread/${channel}`;

/** What is remembered of channels: since when we hear them, who took us out, and what is still to be read. Each is a key of its own: several replicas write. */
export class SlackChannels {
  constructor(private readonly store: AccountStore) {}

  /** A link names it, from now on where none did before. */
  async named(channel: string, now: Date, isLinked: boolean): Promise<void> {
    const isHeard = isLinked && !(await this.isTakenOut(channel)) && (await this.#isKnown(channel));
    if (!isHeard) await this.#from(channel, now);
  }

  /** Somebody took us out. `ts`: when, by Slack's clock; events come in any order. Returns where we are by now. */
  async left(channel: string, now: Date, ts: string | undefined): Promise<'in' | 'out'> {
    const known = entered.safeParse(await this.store.get(enteredKey(channel))).data;
    if (known === undefined || isBefore(ts, known.ts)) return 'in';
    await this.store.put(takenOutKey(channel), { at: now.toISOString(), ...exactly(ts) });
    return 'out';
  }

  /** Whoever took us out did not mean us to hear what was said without us. Returns where we are by now. */
  async invited(channel: string, now: Date, ts: string | undefined): Promise<'in' | 'out'> {
    const out = await this.store.get(takenOutKey(channel));
    if (out !== undefined && isBefore(ts, takenOut.safeParse(out).data?.ts)) return 'out';
    if (out !== undefined || !(await this.#isKnown(channel))) await this.#from(channel, now, ts);
    return 'in';
  }

  async isTakenOut(channel: string): Promise<boolean> {
    return (await this.store.get(takenOutKey(channel))) !== undefined;
  }

  /** Those that somebody took us out of. */
  async takenOut(): Promise<readonly string[]> {
    return this.#idsOf(takenOutKey(''));
  }

  async list(): Promise<readonly HeardChannel[]> {
    const out = new Set(await this.takenOut());
    const unreadOf = new Map((await this.store.list(unreadKey(''))).map(({ key, value }) => [key, value]));
    const found: HeardChannel[] = [];
    for (const { key, value } of await this.store.list(enteredKey(''))) {
      const id = key.slice(enteredKey('').length);
      if (out.has(id)) continue;
      const { since = new Date(0), ts } = entered.safeParse(value).data ?? {};
      const missed = unread.safeParse(unreadOf.get(unreadKey(id))).data;
      found.push({
        id,
        since,
        ...(ts === undefined ? {} : { sinceTs: ts }),
        ...(missed === undefined ? {} : { unread: missed }),
      });
    }
    return found;
  }

  /** It was not heard from then on. What was missed before is not forgotten. */
  async missed({ id, unread: before }: HeardChannel, from: Date, now: Date): Promise<void> {
    const first = before !== undefined && before.from < from ? before.from : from;
    await this.store.put(unreadKey(id), { from: first.toISOString(), asked: now.toISOString() });
  }

  /** What was missed was read; a gap that came meanwhile is not meant. */
  async read(channel: string, { asked }: Unread): Promise<void> {
    if ((await this.#unreadOf(channel))?.asked === asked) await this.store.delete(unreadKey(channel));
  }

  async #from(channel: string, now: Date, ts?: string): Promise<void> {
    await this.store.put(enteredKey(channel), { since: now.toISOString(), ...exactly(ts) });
    await this.store.delete(unreadKey(channel));
    await this.store.delete(takenOutKey(channel));
  }

  async #isKnown(channel: string): Promise<boolean> {
    return (await this.store.get(enteredKey(channel))) !== undefined;
  }

  async #unreadOf(channel: string): Promise<Unread | undefined> {
    return unread.safeParse(await this.store.get(unreadKey(channel))).data;
  }

  async #idsOf(prefix: string): Promise<readonly string[]> {
    return (await this.store.list(prefix)).map(({ key }) => key.slice(prefix.length));
  }
}

function exactly(ts: string | undefined): { readonly ts?: string } {
  return ts === undefined || !isTs(ts) ? {} : { ts };
}

function isBefore(ts: string | undefined, other: string | undefined): boolean {
  return ts !== undefined && other !== undefined && ts < other;
}
