/** What goes wrong on the way to the application service. */
export interface PushFault {
  /** Waits before each transaction. */
  readonly delayMs?: number;
  /** Sends an accepted transaction once more, with its own id or with a new one. */
  readonly repeat?: 'sameId' | 'otherId';
  /** Leaves transactions behind until a later one fails, as the reference server does with one made just as it has caught up. */
  readonly strand?: true;
  /** How many transactions it strikes. Default: all. */
  readonly times?: number;
}

/** How it is asked for that transactions go wrong, and how often they did. */
export class PushFaults {
  #fault: PushFault | undefined;
  #struck = 0;
  #repeated = 0;

  /** Of later transactions; undefined: nothing goes wrong. */
  set(fault: PushFault | undefined): void {
    this.#fault = fault;
    this.#struck = 0;
  }

  /** What strikes the next transaction; each call counts as one. */
  next(): PushFault | undefined {
    const fault = this.#fault;
    if (fault === undefined || this.#struck >= (fault.times ?? Infinity)) return undefined;
    this.#struck += 1;
    return fault;
  }

  /** Whether the next transaction is left behind; it counts then. */
  strandsNext(): boolean {
    return this.#fault?.strand === true && this.next() !== undefined;
  }

  noteRepeated(): void {
    this.#repeated += 1;
  }

  /** How many transactions were sent once more. */
  get repeated(): number {
    return this.#repeated;
  }
}
