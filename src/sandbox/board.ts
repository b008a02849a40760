import { CopyCount, otherSide } from './copy-count.js';
import type {
  Act,
  PageEntry,
  PageEvent,
  PageMessage,
  PageNote,
  PageService,
  PageSide,
  PageState,
  SideName,
} from './page.types.js';
import type { Side, SideChange, SideMessage } from './side.js';
import { WayWatch, type WayWatchOptions } from './way-watch.js';

const mostEntries = 500;

/** What the page shows: both sides as their people see them, the last message's way, and how the service is. */
export class Board {
  readonly #entries: Readonly<Record<SideName, Map<string, PageEntry>>> = { talk: new Map(), matrix: new Map() };
  /** Of what was written on that side. */
  readonly #counts: Readonly<Record<SideName, CopyCount>> = { talk: new CopyCount(), matrix: new CopyCount() };
  readonly #way: WayWatch;
  readonly #listeners = new Set<(event: PageEvent) => void>();
  #service: PageService = { state: 'starting' };

  constructor(
    private readonly sides: Readonly<Record<SideName, Side>>,
    noted: WayWatchOptions['noted'],
  ) {
    this.#way = new WayWatch({ sides, noted, onWay: (way) => this.#tell({ type: 'way', way }) });
    for (const name of ['talk', 'matrix'] as const) {
      for (const entry of sides[name].entries()) this.#entries[name].set(entry.id, shownOf(entry));
      sides[name].onChange((change) => this.#take(name, change));
    }
  }

  state(): PageState {
    const { way } = this.#way;
    return {
      service: this.#service,
      sides: { talk: this.#side('talk'), matrix: this.#side('matrix') },
      counts: this.#countsNow(),
      ...(way === undefined ? {} : { way }),
    };
  }

  get service(): PageService {
    return this.#service;
  }

  setService(service: PageService): void {
    this.#service = service;
    this.#tell({ type: 'service', service });
  }

  isPerson(side: SideName, person: string): boolean {
    return this.sides[side].people.some(({ id }) => id === person);
  }

  /** Throws ActRefused. */
  act(side: SideName, person: string, act: Act): void {
    this.sides[side].act(person, act);
  }

  /** Calls `listener` with every later event; the answer ends that. */
  onEvent(listener: (event: PageEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#way.stop();
  }

  #side(name: SideName): PageSide {
    const side = this.sides[name];
    const { network, room, people } = side;
    return { network, room, people, members: side.members(), entries: [...this.#entries[name].values()] };
  }

  #countsNow(): PageState['counts'] {
    return { talk: this.#counts.talk.count, matrix: this.#counts.matrix.count };
  }

  #take(side: SideName, change: SideChange): void {
    switch (change.type) {
      case 'cleared':
        this.#entries[side].clear();
        this.#tell({ type: 'cleared', side });
        return;
      case 'members':
        this.#tell({ type: 'members', side, members: change.members });
        return;
      case 'entry':
        if (change.entry.kind === 'note') this.#put(side, change.entry);
        else this.#message(side, change.entry);
    }
  }

  #message(side: SideName, message: SideMessage): void {
    const known = this.#entries[side].get(message.id);
    if (message.origin === 'here') {
      const delivery = known?.kind === 'message' ? known.delivery : 'onItsWay';
      this.#put(side, { ...shownMessage(message), ...(delivery === undefined ? {} : { delivery }) });
      this.#counts[side].original(message);
      if (known === undefined) this.#way.begin(side, message);
    } else {
      this.#put(side, shownMessage(message));
      this.#arrived(otherSide[side], this.#counts[otherSide[side]].copy(message));
    }
    this.#tell({ type: 'counts', counts: this.#countsNow() });
  }

  #arrived(side: SideName, id: string | undefined): void {
    const original = id === undefined ? undefined : this.#entries[side].get(id);
    if (original?.kind === 'message') this.#put(side, { ...original, delivery: 'arrived' });
  }

  #put(side: SideName, entry: PageEntry): void {
    const entries = this.#entries[side];
    entries.set(entry.id, entry);
    const [oldest] = entries.keys();
    if (entries.size > mostEntries && oldest !== undefined) entries.delete(oldest);
    this.#tell({ type: 'entry', side, entry });
  }

  #tell(event: PageEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function shownOf(entry: SideMessage | PageNote): PageEntry {
  return entry.kind === 'note' ? entry : shownMessage(entry);
}

/** Without what only the counting needs. */
function shownMessage({ isCopy: _isCopy, key: _key, ...message }: SideMessage): PageMessage {
  return message;
}
