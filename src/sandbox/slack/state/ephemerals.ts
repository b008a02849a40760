import type { JsonObject } from './json.js';

/** What one person alone is shown. It is in no history, and gone with the client's next start. */
export interface Ephemeral {
  readonly ts: string;
  readonly channel: string;
  readonly user: string;
  readonly botId: string;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly threadTs?: string;
}

export class Ephemerals {
  readonly #shown: Ephemeral[] = [];

  show(ephemeral: Ephemeral): void {
    this.#shown.push(ephemeral);
  }

  all(): readonly Ephemeral[] {
    return this.#shown;
  }
}
