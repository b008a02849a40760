import { CopyCounts } from './copy-counts.js';
import {
  mostEntries,
  otherSides,
  sideNames,
  type Act,
  type PageEntry,
  type PageEvent,
  type PageMessage,
  type PageNote,
  type PageService,
  type PageSide,
  type PageState,
  type SideName,
} from './page.types.js';
import type { Side, SideChange, SideFile, SideMessage } from './side.js';
import { WayWatch, type WayWatchOptions } from './way-watch.js';

/**
 * What the page shows: the sides as their people see them and, where the sandbox runs the service, how that is and what
 * becomes of messages.
 */
export class Board {
  readonly #entries: Readonly<Record<SideName, Map<string, PageEntry>>> = {
    talk: new Map(),
    matrix: new Map(),
    slack: new Map(),
  };
  /** What is too old to be shown; whatever happens to it. */
  readonly #old: Readonly<Record<SideName, Set<string>>> = { talk: new Set(), matrix: new Set(), slack: new Set() };
  readonly #counts = new CopyCounts();
  readonly #way: WayWatch | undefined;
  readonly #listeners = new Set<(event: PageEvent) => void>();
  #service: PageService | undefined;

  /** `noted`: what the sandbox's service has written down; left out where there is none. */
  constructor(
    private readonly sides: Readonly<Partial<Record<SideName, Side>>>,
    noted?: WayWatchOptions['noted'],
  ) {
    if (noted !== undefined) {
      this.#service = { state: 'starting' };
      this.#way = new WayWatch({ sides, noted, onWay: (way) => this.#tell({ type: 'way', way }) });
    }
    for (const [name, side] of this.#running()) {
      for (const entry of side.entries()) this.#entries[name].set(entry.id, shownOf(entry));
      side.onChange((change) => this.#take(name, change));
    }
  }

  state(): PageState {
    const way = this.#way?.way;
    return {
      ...(this.#service === undefined ? {} : { service: this.#service }),
      sides: Object.fromEntries(this.#running().map(([name, side]) => [name, this.#shown(name, side)])),
      counts: this.#service === undefined ? [] : this.#counts.counts,
      ...(way === undefined ? {} : { way }),
    };
  }

  get service(): PageService | undefined {
    return this.#service;
  }

  setService(service: PageService): void {
    this.#service = service;
    this.#tell({ type: 'service', service });
  }

  isPerson(side: SideName, person: string): boolean {
    return this.sides[side]?.people.some(({ id }) => id === person) === true;
  }

  /** Throws ActRefused. */
  act(side: SideName, person: string, act: Act): void {
    this.sides[side]?.act(person, act);
  }

  /** Throws ActRefused. */
  share(side: SideName, person: string, file: SideFile, caption: string): void {
    this.sides[side]?.share(person, file, caption);
  }

  file(side: SideName, id: string): SideFile | undefined {
    return this.sides[side]?.file(id);
  }

  /** Calls `listener` with every later event; the answer ends that. */
  onEvent(listener: (event: PageEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#way?.stop();
  }

  #running(): readonly (readonly [SideName, Side])[] {
    return sideNames.flatMap((name) => {
      const side = this.sides[name];
      return side === undefined ? [] : [[name, side] as const];
    });
  }

  #shown(name: SideName, side: Side): PageSide {
    const { network, room, people, can } = side;
    return { network, room, people, can, members: side.members(), entries: [...this.#entries[name].values()] };
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
    if (this.#service === undefined || message.onlyFor !== undefined) {
      this.#put(side, shownMessage(message));
      return;
    }
    const known = this.#entries[side].get(message.id);
    if (message.origin === 'here') {
      const delivery = known?.kind === 'message' ? known.delivery : onItsWayFrom(side);
      this.#put(side, { ...shownMessage(message), ...(delivery === undefined ? {} : { delivery }) });
      this.#counts.original(side, message);
      if (known === undefined && !this.#old[side].has(message.id)) this.#way?.begin(side, message);
    } else {
      this.#put(side, shownMessage(message));
      const original = this.#counts.copy(side, message);
      if (original !== undefined) this.#arrived(original.from, original.id, side);
      if (original !== undefined && message.key === undefined) this.#way?.shown(original.id, side);
    }
    this.#tell({ type: 'counts', counts: this.#counts.counts });
  }

  #arrived(from: SideName, id: string, to: SideName): void {
    const original = this.#entries[from].get(id);
    if (original?.kind !== 'message') return;
    this.#put(from, { ...original, delivery: { ...original.delivery, [to]: 'arrived' } });
  }

  #put(side: SideName, entry: PageEntry): void {
    if (this.#old[side].has(entry.id)) return;
    const entries = this.#entries[side];
    entries.set(entry.id, entry);
    const [oldest] = entries.keys();
    if (entries.size > mostEntries && oldest !== undefined) {
      entries.delete(oldest);
      this.#old[side].add(oldest);
    }
    this.#tell({ type: 'entry', side, entry });
  }

  #tell(event: PageEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function onItsWayFrom(side: SideName): NonNullable<PageMessage['delivery']> {
  return Object.fromEntries(otherSides(side).map((name) => [name, 'onItsWay']));
}

function shownOf(entry: SideMessage | PageNote): PageEntry {
  return entry.kind === 'note' ? entry : shownMessage(entry);
}

/** Without what only the counting needs. */
function shownMessage({ isCopy: _isCopy, key: _key, ...message }: SideMessage): PageMessage {
  return message;
}
