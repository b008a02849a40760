/** Work on the same thing is done one after the other, work on different things side by side. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Begins when what was begun before on the same thing has ended, however it ended. */
  async take<T>(thing: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(thing) ?? Promise.resolve()).then(work);
    const ended = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(thing, ended);
    try {
      return await turn;
    } finally {
      if (this.#last.get(thing) === ended) this.#last.delete(thing);
    }
  }
}
