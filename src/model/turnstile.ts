/** Lets so many in at a time, in the order in which they came. Whoever is in a hurry does not wait. */
export class Turnstile {
  readonly #waiting = new Set<() => void>();
  #inside = 0;

  constructor(private readonly most: number) {}

  /** `hurry`: from when it aborts on, `act` waits for nobody. */
  async pass<T>(act: () => Promise<T>, hurry: AbortSignal): Promise<T> {
    if (this.#inside >= this.most && !hurry.aborted) await this.#turn(hurry);
    this.#inside += 1;
    try {
      return await act();
    } finally {
      this.#inside -= 1;
      if (this.#inside < this.most) this.#letIn();
    }
  }

  async #turn(hurry: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const enter = (): void => {
        this.#waiting.delete(enter);
        hurry.removeEventListener('abort', enter);
        resolve();
      };
      this.#waiting.add(enter);
      hurry.addEventListener('abort', enter);
    });
  }

  #letIn(): void {
    for (const enter of this.#waiting) {
      enter();
      return;
    }
  }
}
