interface Waiting {
  readonly dueMs: number;
  readonly act: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** The server's clock: the machine's, until a test moves it on. What waits goes by it. */
export class SlackClock {
  readonly #waiting = new Set<Waiting>();
  #aheadMs = 0;
  #isRunning = true;

  constructor(private readonly machineMs: () => number = Date.now) {}

  nowMs(): number {
    return this.machineMs() + this.#aheadMs;
  }

  nowSeconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  /** Does `act` when that much time has passed; the answer takes it back. */
  after(waitMs: number, act: () => void): () => void {
    const waiting: Waiting = { dueMs: this.nowMs() + waitMs, act, timer: undefined };
    this.#waiting.add(waiting);
    this.#arm(waiting);
    return () => this.#drop(waiting);
  }

  /** Lets time pass at once. What fell due is done in its order; what that begins waits from the end of the leap. */
  advance(byMs: number): void {
    this.#aheadMs += byMs;
    const waiting = [...this.#waiting].sort((one, other) => one.dueMs - other.dueMs);
    const due = waiting.filter(({ dueMs }) => dueMs <= this.nowMs());
    for (const each of due) if (this.#waiting.has(each)) this.#do(each);
    for (const each of this.#waiting) this.#arm(each);
  }

  /** What falls due waits for the next start. */
  stop(): void {
    this.#isRunning = false;
    for (const { timer } of this.#waiting) clearTimeout(timer);
  }

  start(): void {
    this.#isRunning = true;
    for (const waiting of this.#waiting) this.#arm(waiting);
  }

  #arm(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    if (!this.#isRunning) return;
    waiting.timer = setTimeout(() => this.#do(waiting), Math.max(0, waiting.dueMs - this.nowMs()));
  }

  #do(waiting: Waiting): void {
    this.#drop(waiting);
    waiting.act();
  }

  #drop(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    this.#waiting.delete(waiting);
  }
}
