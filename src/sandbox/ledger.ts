/** One accepted write, in the order in which the server made it visible. The ledger is the judge of every promise. */
export interface LedgerEntry {
  /** 1, 2, 3 … over the whole server. */
  readonly order: number;
  /** When it became visible at this server, milliseconds since 1970. */
  readonly atMs: number;
  readonly room: string;
  readonly kind: 'message' | 'edit' | 'deletion' | 'reaction' | 'reactionRemoval' | 'state';
  /** The id that the server gave it. */
  readonly id: string;
  readonly actor: string;
  readonly text?: string;
  /** What an edit, a deletion or a reaction is about. */
  readonly target?: string;
  /** What the client sent along to recognise it by: Talk's `referenceId`, Matrix's delivery field. */
  readonly key?: string;
}

export class Ledger {
  readonly #entries: LedgerEntry[] = [];
  readonly #watchers = new Set<(entry: LedgerEntry) => void>();

  add(entry: Omit<LedgerEntry, 'order' | 'atMs'>): LedgerEntry {
    const whole = { ...entry, order: this.#entries.length + 1, atMs: Date.now() };
    this.#entries.push(whole);
    for (const watcher of this.#watchers) watcher(whole);
    return whole;
  }

  entries(room?: string): readonly LedgerEntry[] {
    return room === undefined ? [...this.#entries] : this.#entries.filter((entry) => entry.room === room);
  }

  /** The newest entry that is it. */
  newest(isIt: (entry: LedgerEntry) => boolean): LedgerEntry | undefined {
    return this.#entries.findLast(isIt);
  }

  /** Calls `watcher` with every later entry; the answer ends that. */
  watch(watcher: (entry: LedgerEntry) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
