/**
 * The server's memory cache: "who knows this row knows all". An empty forward read sets it, a stored message drops it, an added
 * reaction does not. Source: facts of Talk 22 on reading with a memory cache.
 */
export class PollCache {
  readonly #entries = new Map<string, { readonly cursor: number; readonly untilMs: number }>();
  readonly #races = new Set<string>();

  /** @param keepMs 0 is no cache at all. */
  constructor(
    private readonly keepMs: number,
    private readonly now: () => number,
  ) {}

  /** Whether a forward read from `cursor` is answered as empty without looking. */
  saysNothingAfter(token: string, cursor: number): boolean {
    if (this.keepMs === 0) return false;
    const entry = this.#entries.get(token);
    return entry !== undefined && entry.cursor === cursor && entry.untilMs > this.now();
  }

  wasEmptyAfter(token: string, cursor: number): void {
    if (this.keepMs > 0) this.#entries.set(token, { cursor, untilMs: this.now() + this.keepMs });
  }

  /** @param cursor the newest row before the stored one */
  stored(token: string, cursor: number): void {
    this.#entries.delete(token);
    if (this.#races.delete(token)) this.wasEmptyAfter(token, cursor);
  }

  /** The room's next stored message races an empty read: forward reads do not find it for as long as the cache keeps. */
  raceNext(token: string): void {
    this.#races.add(token);
  }
}
