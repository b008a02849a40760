import { LoginRefused } from '../../model/errors.js';
import type { Log } from '../../model/network-definition.js';

/** Work that goes on beside the room list, which waits for none of it: one piece at a time. */
export class Beside {
  #work: Promise<void> | undefined;

  /** `whatFailed`: what the log says of work that failed. */
  constructor(
    private readonly log: Log,
    private readonly whatFailed: string,
  ) {}

  get isBusy(): boolean {
    return this.#work !== undefined;
  }

  /**
   * Begins, unless it is busy: then the next list asks again. What fails is logged and left to the next list, which tells of a refused
   * login itself.
   */
  begin(work: () => Promise<void>, signal: AbortSignal): void {
    if (this.isBusy) return;
    this.#work = work()
      .catch((error: unknown) => {
        if (!signal.aborted && !(error instanceof LoginRefused)) this.log.warn({ error }, this.whatFailed);
      })
      .finally(() => {
        this.#work = undefined;
      });
  }
}
