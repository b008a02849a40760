interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly answered: (answer: Answer) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Asks that come while others are being answered are answered together next, up to `most` at once. Nobody waits for company: an
 * ask that comes alone is put at once. Where `mayBeOfOne` says that a failure may be the fault of one of them, each is put alone.
 */
export class Combined<Ask, Answer> {
  #waiting: Waiting<Ask, Answer>[] = [];
  #isAnswering = false;

  constructor(
    private readonly most: number,
    private readonly put: (asks: readonly Ask[]) => Promise<readonly Answer[]>,
    private readonly mayBeOfOne: (error: unknown) => boolean,
  ) {}

  ask(ask: Ask): Promise<Answer> {
    return new Promise<Answer>((answered, failed) => {
      this.#waiting.push({ ask, answered, failed });
      if (this.#isAnswering) return;
      this.#isAnswering = true;
      // What else is asked in this turn goes along.
      setImmediate(() => void this.#answerAll());
    });
  }

  async #answerAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#answer(this.#waiting.splice(0, this.most));
    this.#isAnswering = false;
  }

  async #answer(together: readonly Waiting<Ask, Answer>[]): Promise<void> {
    try {
      const answers = await this.put(together.map(({ ask }) => ask));
      for (const [at, { answered }] of together.entries()) answered(answers[at] as Answer);
    } catch (error) {
      if (together.length > 1 && this.mayBeOfOne(error)) for (const one of together) await this.#answer([one]);
      else for (const { failed } of together) failed(error);
    }
  }
}
