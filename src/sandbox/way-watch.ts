import { keyOf } from './copy-count.js';
import { otherSides, sideNames, type PageWay, type SideName } from './page.types.js';
import type { Noted } from './service-database.js';
import { plainText } from './shown-text.js';
import type { Side, SideMessage } from './side.js';

export interface WayWatchOptions {
  /** Those that run. */
  readonly sides: Readonly<Partial<Record<SideName, Pick<Side, 'ledger' | 'onReached'>>>>;
  /** What the service has written down of a message of that side. */
  noted(side: SideName, message: string): Promise<Noted | undefined>;
  onWay(way: PageWay): void;
}

interface Sent {
  readonly reachedAtMs: number | undefined;
  readonly shownAtMs: number;
}

const askAgainMs = 60;
/** Copies that are remembered until it is known what they are copies of. */
const mostSent = 400;
const longestWords = 60;

/** Follows the last message that somebody wrote: through the servers' ledgers and what the service has written down. */
export class WayWatch {
  #way: PageWay | undefined;
  #noted: Noted | undefined;
  #asking: NodeJS.Timeout | undefined;
  /** By delivery: the first part of what the service sent. */
  readonly #sent = new Map<string, Sent>();
  readonly #reached: Record<SideName, { byKey: Map<string, number>; last: number | undefined }> = {
    talk: { byKey: new Map(), last: undefined },
    matrix: { byKey: new Map(), last: undefined },
    slack: { byKey: new Map(), last: undefined },
  };

  constructor(private readonly options: WayWatchOptions) {
    for (const name of sideNames) {
      const reached = this.#reached[name];
      const side = options.sides[name];
      side?.onReached(({ atMs, key }) => {
        if (key === undefined) reached.last = atMs;
        else forget(reached.byKey.set(key, atMs));
      });
      side?.ledger.watch(({ kind, key, atMs }) => {
        const named = key === undefined || kind !== 'message' ? undefined : keyOf(key);
        if (key === undefined || named === undefined || named.part !== 0 || this.#sent.has(named.delivery)) return;
        forget(
          this.#sent.set(named.delivery, { reachedAtMs: reached.byKey.get(key) ?? reached.last, shownAtMs: atMs }),
        );
        this.#learn();
      });
    }
  }

  get way(): PageWay | undefined {
    return this.#way;
  }

  /** A person wrote a message. */
  begin(from: SideName, message: SideMessage): void {
    const { sides } = this.options;
    const entry = sides[from]?.ledger.newest(({ id, kind }) => id === message.id && kind === 'message');
    const seen = entry?.atMs ?? message.atMs;
    const words = plainText(message.text ?? []).slice(0, longestWords);
    const others = otherSides(from).filter((to) => sides[to] !== undefined);
    const copies = others.map((to) => ({ to, atMs: {} }));
    this.#way = { from, message: message.id, author: message.author.name, words, atMs: { seen }, copies };
    this.#noted = undefined;
    this.options.onWay(this.#way);
    this.#ask();
  }

  /** A side shows a copy that bears no key, as Talk's polls do not: it is known by what it says. */
  shown(message: string, to: SideName): void {
    const way = this.#way;
    if (way?.message !== message || way.copies.every((copy) => copy.to !== to || copy.atMs.shown !== undefined)) return;
    const sent = this.#reached[to].last;
    const atMs = { ...(sent === undefined ? {} : { sent }), shown: Date.now() };
    this.#put({ ...way, copies: way.copies.map((copy) => (copy.to === to ? { to, atMs } : copy)) });
  }

  stop(): void {
    clearTimeout(this.#asking);
    this.#way = undefined;
  }

  /** As long as nothing is written of it. */
  #ask(): void {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => void this.#askOnce(), askAgainMs);
  }

  async #askOnce(): Promise<void> {
    const way = this.#way;
    if (way === undefined || this.#noted !== undefined) return;
    const noted = await this.options.noted(way.from, way.message);
    // Another one may have been written meanwhile.
    if (this.#way?.message !== way.message) return;
    if (noted === undefined) {
      this.#ask();
      return;
    }
    this.#noted = noted;
    this.#put({ ...way, atMs: { ...way.atMs, stored: noted.storedAtMs, routed: noted.routedAtMs } });
    this.#learn();
  }

  #learn(): void {
    const way = this.#way;
    const noted = this.#noted;
    if (way === undefined || noted === undefined) return;
    let isNew = false;
    const copies = way.copies.map((copy) => {
      const delivery = noted.deliveries.find(({ account }) => account === copy.to)?.delivery;
      const sent = delivery === undefined ? undefined : this.#sent.get(delivery);
      if (sent === undefined || copy.atMs.shown !== undefined) return copy;
      isNew = true;
      const { reachedAtMs, shownAtMs } = sent;
      return { to: copy.to, atMs: { ...(reachedAtMs === undefined ? {} : { sent: reachedAtMs }), shown: shownAtMs } };
    });
    if (isNew) this.#put({ ...way, copies });
  }

  #put(way: PageWay): void {
    this.#way = way;
    this.options.onWay(way);
  }
}

/** Of a map that is in the order of time, the oldest beyond what is needed. */
function forget<T>(map: Map<string, T>): void {
  const [oldest] = map.keys();
  if (map.size > mostSent && oldest !== undefined) map.delete(oldest);
}
