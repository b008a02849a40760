/** Does again what was done only where what it depends on became other since, or where it did not go through. */
export class WhenChanged {
  #doneFor: string | undefined;
  #doing: object | undefined;

  /** `is`: what it depends on. One after the other. */
  async run(is: string, act: () => Promise<void>): Promise<void> {
    if (is === this.#doneFor) return;
    this.#doneFor = undefined;
    const doing = (this.#doing = {});
    await act();
    if (this.#doing === doing) this.#doneFor = is;
  }

  /** Something else undid a part of it, or does so now: it is to be done again whatever it depends on. */
  forget(): void {
    this.#doneFor = undefined;
    this.#doing = undefined;
  }
}
