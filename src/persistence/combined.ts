interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly answered: (answer: Answer) => void;
  readonly failed: (error: unknown) => void;
}

export interface CombinedOptions<Ask> {
  /** How many of `most` an ask takes. */
  readonly sizeOf: (ask: Ask) => number;
  /** So many are put beside each other: what comes meanwhile waits. */
  readonly atOnce: number;
  /** Asks of one place are put one after the other, in their order. */
  readonly placeOf: (ask: Ask) => string | undefined;
}

const alike: CombinedOptions<unknown> = { sizeOf: () => 1, atOnce: 1, placeOf: () => undefined };

/**
 * Asks that come while others are being answered are answered together next, up to `most` at once, by their sizes. Nobody waits for
 * company: an ask that comes alone is put at once. Where `mayBeOfOne` says that a failure may be the fault of one of them, each half is
 * put by itself, down to that one.
 */
export class Combined<Ask, Answer> {
  #waiting: Waiting<Ask, Answer>[] = [];
  #isAboutToBegin = false;
  #underWay = 0;
  /** Those of which something is under way. */
  readonly #places = new Set<string>();

  constructor(
    private readonly most: number,
    private readonly put: (asks: readonly Ask[]) => Promise<readonly Answer[]>,
    private readonly mayBeOfOne: (error: unknown) => boolean,
    private readonly options: CombinedOptions<Ask> = alike,
  ) {}

  ask(ask: Ask): Promise<Answer> {
    return new Promise<Answer>((answered, failed) => {
      this.#waiting.push({ ask, answered, failed });
      if (this.#isAboutToBegin || this.#underWay >= this.options.atOnce) return;
      this.#isAboutToBegin = true;
      // What else is asked in this turn goes along.
      setImmediate(() => {
        this.#isAboutToBegin = false;
        this.#begin();
      });
    });
  }

  #begin(): void {
    while (this.#underWay < this.options.atOnce) {
      const next = this.#take();
      if (next.length === 0) return;
      this.#underWay += 1;
      void this.#answer(next).then(() => {
        this.#underWay -= 1;
        for (const place of this.#placesOf(next)) this.#places.delete(place);
        this.#begin();
      });
    }
  }

  /** What is put together next: one at least, however large, where one may be put. */
  #take(): readonly Waiting<Ask, Answer>[] {
    const next: Waiting<Ask, Answer>[] = [];
    const left: Waiting<Ask, Answer>[] = [];
    let size = 0;
    for (const [at, one] of this.#waiting.entries()) {
      const place = this.options.placeOf(one.ask);
      if (place !== undefined && this.#places.has(place)) {
        left.push(one);
        continue;
      }
      size += this.options.sizeOf(one.ask);
      if (size > this.most && next.length > 0) {
        left.push(...this.#waiting.slice(at));
        break;
      }
      if (place !== undefined) this.#places.add(place);
      next.push(one);
    }
    this.#waiting = left;
    return next;
  }

  #placesOf(asks: readonly Waiting<Ask, Answer>[]): string[] {
    return asks.flatMap(({ ask }) => this.options.placeOf(ask) ?? []);
  }

  async #answer(together: readonly Waiting<Ask, Answer>[]): Promise<void> {
    try {
      const answers = await this.put(together.map(({ ask }) => ask));
      for (const [at, { answered }] of together.entries()) answered(answers[at] as Answer);
    } catch (error) {
      if (together.length === 1 || !this.mayBeOfOne(error)) {
        for (const { failed } of together) failed(error);
        return;
      }
      // One of 32 is found by 2 · log2(32) puts in place of 32.
      const half = Math.ceil(together.length / 2);
      await this.#answer(together.slice(0, half));
      await this.#answer(together.slice(half));
    }
  }
}
