import { Arrivals } from './arrivals.js';
import type { PageEvent, PageMessage, PageService, PageSide, PageState, SideName } from './page.types.js';
import type { Side, SideChange } from './side.js';

const mostMessages = 500;

/** What the page shows: both sides as their people see them, and how the service is. */
export class Board {
  readonly #messages: Readonly<Record<SideName, Map<string, PageMessage>>> = { talk: new Map(), matrix: new Map() };
  readonly #arrivals = new Arrivals();
  readonly #listeners = new Set<(event: PageEvent) => void>();
  #service: PageService = 'starting';

  constructor(private readonly sides: Readonly<Record<SideName, Side>>) {
    for (const name of ['talk', 'matrix'] as const) {
      sides[name].onChange((change) => this.#take(name, change));
    }
  }

  state(): PageState {
    return { service: this.#service, sides: { talk: this.#side('talk'), matrix: this.#side('matrix') } };
  }

  setService(service: PageService): void {
    this.#service = service;
    this.#tell({ type: 'service', service });
  }

  isPerson(side: SideName, person: string): boolean {
    return this.sides[side].people.some(({ id }) => id === person);
  }

  /** Throws PostRefused. */
  post(side: SideName, person: string, text: string): void {
    this.sides[side].post(person, text);
  }

  /** Calls `listener` with every later event; the answer ends that. */
  onEvent(listener: (event: PageEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #side(name: SideName): PageSide {
    const { network, room, people } = this.sides[name];
    return { network, room, people, messages: [...this.#messages[name].values()] };
  }

  #take(side: SideName, change: SideChange): void {
    const messages = this.#messages[side];
    if (change.type === 'messageGone') {
      if (messages.delete(change.id)) this.#tell({ ...change, side });
      return;
    }
    const { message } = change;
    const known = messages.get(message.id);
    if (known !== undefined) {
      this.#put(side, { ...known, ...message });
      return;
    }
    this.#put(side, message.origin === 'here' ? { ...message, delivery: 'onItsWay' } : message);
    const arrived = this.#arrivals.see(side, message);
    const origin = side === 'talk' ? 'matrix' : 'talk';
    const original = arrived === undefined ? undefined : this.#messages[origin].get(arrived);
    if (original !== undefined) this.#put(origin, { ...original, delivery: 'arrived' });
  }

  #put(side: SideName, message: PageMessage): void {
    const messages = this.#messages[side];
    messages.set(message.id, message);
    const [oldest] = messages.keys();
    if (messages.size > mostMessages && oldest !== undefined) messages.delete(oldest);
    this.#tell({ type: 'message', side, message });
  }

  #tell(event: PageEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
