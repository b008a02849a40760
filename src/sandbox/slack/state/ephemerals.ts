import type { JsonObject } from './json.js';

/** What one person alone is shown. It is in no history, and gone with the client's next start. */
export interface Ephemeral {
  readonly ts: string;
  readonly channel: string;
  readonly user: string;
  /** Empty where Slack itself speaks. */
  readonly botId: string;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly threadTs?: string;
}

export class Ephemerals {
  readonly #shown: Ephemeral[] = [];
  readonly #listeners = new Set<(ephemeral: Ephemeral) => void>();

  show(ephemeral: Ephemeral): void {
    this.#shown.push(ephemeral);
    for (const listener of this.#listeners) listener(ephemeral);
  }

  all(): readonly Ephemeral[] {
    return this.#shown;
  }

  /** Calls `listener` with each later one. */
  onShown(listener: (ephemeral: Ephemeral) => void): void {
    this.#listeners.add(listener);
  }
}
