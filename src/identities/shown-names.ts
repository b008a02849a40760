import { skeleton } from '../formatting/look-alike.js';
import { nameWithHandle } from '../formatting/names.js';
import type { Clock } from '../model/clock.js';
import type { UserRef } from '../model/ids.js';
import type { Likeness } from '../persistence/people.repository.js';

export interface ShownNamesOptions {
  /** How long a name is believed to be the only one of its kind. */
  readonly believedForMs: number;
}

interface Remembered {
  readonly name: string;
  readonly shown: string;
  readonly untilMs: number;
}

const mostRemembered = 10_000;
/** Ends as the names of those do who are told apart by their handles: only a handle of its own makes such a name nobody else's. */
const looksMarked = /[\]\uff3d\u3011\u3015]\s*$/u;

/** Names as they are shown elsewhere: where two people of a network look the same by their names, each has its handle behind it. */
export class ShownNames {
  readonly #shown = new Map<string, Remembered>();

  constructor(
    private readonly people: { seen(likeness: Likeness): Promise<'alone' | 'alike'> },
    private readonly clock: Clock,
    private readonly options: ShownNamesOptions,
  ) {}

  /** `handle`: what tells the person from others of the same name, as people write it. */
  async of(person: UserRef, name: string, label: string, handle: string): Promise<string> {
    const key = `${person.account}\n${person.id}`;
    const known = this.#shown.get(key);
    if (known?.name === name && known.untilMs > this.clock.monotonicMs()) return known.shown;
    const alike = await this.people.seen({
      account: person.account,
      person: person.id,
      label,
      skeleton: skeleton(name),
    });
    const shown = alike === 'alike' || looksMarked.test(name) ? nameWithHandle(name, handle) : name;
    this.#remember(key, { name, shown, untilMs: this.clock.monotonicMs() + this.options.believedForMs });
    return shown;
  }

  #remember(key: string, remembered: Remembered): void {
    this.#shown.delete(key);
    this.#shown.set(key, remembered);
    const [oldest] = this.#shown.keys();
    if (this.#shown.size > mostRemembered && oldest !== undefined) this.#shown.delete(oldest);
  }
}
