import { membershipOf, relationOf, type StoredEvent } from './events.js';
import type { PowerState } from './power-levels.js';
import { redactContent } from './redaction.js';
import type { RoomVersion } from './room-versions.js';

interface Span<T> {
  /** The order of the event from which on it holds. */
  readonly order: number;
  readonly value: T;
}

const stateKeyOf = (type: string, key: string): string => `${type}\u0000${key}`;
const annotationKeyOf = (target: string, type: string, key: string, sender: string): string =>
  [target, type, key, sender].join('\u0000');

/** One room: its timeline, the state at its end, and the indexes that keep questions short. */
export class Room {
  /** Oldest first. */
  readonly timeline: StoredEvent[] = [];
  readonly joined = new Set<string>();
  readonly aliases = new Set<string>();
  directory: 'public' | 'private' = 'private';
  /** Grows with every change of membership. */
  membershipVersion = 0;
  readonly #byId = new Map<string, StoredEvent>();
  readonly #state = new Map<string, StoredEvent>();
  readonly #members = new Map<string, StoredEvent>();
  readonly #memberships = new Map<string, Span<string>[]>();
  readonly #visibilities: Span<string>[] = [];
  readonly #relations = new Map<string, StoredEvent[]>();
  readonly #forgotten = new Set<string>();
  readonly #annotations = new Set<string>();

  constructor(
    readonly id: string,
    readonly version: RoomVersion,
    readonly serverName: string,
  ) {}

  event(eventId: string): StoredEvent | undefined {
    return this.#byId.get(eventId);
  }

  state(type: string, key = ''): StoredEvent | undefined {
    return this.#state.get(stateKeyOf(type, key));
  }

  allState(): IterableIterator<StoredEvent> {
    return this.#state.values();
  }

  /** The member events of everybody who ever had one. */
  members(): IterableIterator<StoredEvent> {
    return this.#members.values();
  }

  member(userId: string): StoredEvent | undefined {
    return this.#members.get(userId);
  }

  membership(userId: string): string | undefined {
    return membershipOf(this.#members.get(userId));
  }

  power(): PowerState {
    const create = this.state('m.room.create');
    if (create === undefined) throw new Error(`room ${this.id} has no create event`);
    return { version: this.version, create, powerLevels: this.state('m.room.power_levels') };
  }

  joinRule(): string {
    const rule = this.state('m.room.join_rules')?.content.join_rule;
    return typeof rule === 'string' ? rule : 'invite';
  }

  /** The state as it was after the event of that order. */
  stateAt(order: number): readonly StoredEvent[] {
    const then: StoredEvent[] = [];
    for (const current of this.#state.values()) {
      let event: StoredEvent | undefined = current;
      while (event !== undefined && event.order > order) event = event.replaces;
      if (event !== undefined) then.push(event);
    }
    return then;
  }

  membershipAt(userId: string, order: number): string | undefined {
    return valueAt(this.#memberships.get(userId), order);
  }

  /** Who forgets a room can no longer read what he saw there. */
  forget(userId: string): void {
    this.#forgotten.add(userId);
  }

  everJoined(userId: string): boolean {
    return (
      !this.#forgotten.has(userId) && (this.#memberships.get(userId)?.some(({ value }) => value === 'join') ?? false)
    );
  }

  historyVisibilityAt(order: number): string {
    return valueAt(this.#visibilities, order) ?? 'shared';
  }

  /** Every event that relates to `eventId` and was not redacted, oldest first. */
  relations(eventId: string): readonly StoredEvent[] {
    return this.#relations.get(eventId) ?? [];
  }

  hasAnnotation(target: string, type: string, key: string, sender: string): boolean {
    return this.#annotations.has(annotationKeyOf(target, type, key, sender));
  }

  /** The index of the first event whose order is greater than `order`. */
  indexAfter(order: number): number {
    let low = 0;
    let high = this.timeline.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.timeline[middle]?.order ?? Infinity) <= order) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(event: StoredEvent): void {
    this.timeline.push(event);
    this.#byId.set(event.eventId, event);
    if (event.stateKey !== undefined) this.#applyState(event, event.stateKey);
    const relation = relationOf(event.content);
    if (relation !== undefined) {
      const related = this.#relations.get(relation.target);
      if (related === undefined) this.#relations.set(relation.target, [event]);
      else related.push(event);
      if (relation.kind === 'm.annotation' && relation.key !== undefined) {
        this.#annotations.add(annotationKeyOf(relation.target, event.type, relation.key, event.sender));
      }
    }
    const redacted = event.redacts === undefined ? undefined : this.#byId.get(event.redacts);
    if (event.type === 'm.room.redaction' && redacted !== undefined) this.#redact(redacted, event);
  }

  #applyState(event: StoredEvent, key: string): void {
    this.#state.set(stateKeyOf(event.type, key), event);
    if (event.type === 'm.room.member') {
      const membership = membershipOf(event) ?? 'leave';
      this.#members.set(key, event);
      this.#forgotten.delete(key);
      if (membership === 'join') this.joined.add(key);
      else this.joined.delete(key);
      const spans = this.#memberships.get(key);
      const span = { order: event.order, value: membership };
      if (spans === undefined) this.#memberships.set(key, [span]);
      else spans.push(span);
      this.membershipVersion += 1;
    } else if (event.type === 'm.room.history_visibility') {
      const visibility = event.content.history_visibility;
      this.#visibilities.push({ order: event.order, value: typeof visibility === 'string' ? visibility : 'shared' });
    }
  }

  #redact(event: StoredEvent, by: StoredEvent): void {
    if (event.redactedBy !== undefined) return;
    const relation = relationOf(event.content);
    if (relation !== undefined) {
      const related = this.#relations.get(relation.target) ?? [];
      const index = related.indexOf(event);
      if (index >= 0) related.splice(index, 1);
      if (relation.key !== undefined) {
        this.#annotations.delete(annotationKeyOf(relation.target, event.type, relation.key, event.sender));
      }
    }
    event.content = redactContent(this.version, event.type, event.content);
    event.redactedBy = by;
  }
}

function valueAt<T>(spans: readonly Span<T>[] | undefined, order: number): T | undefined {
  return spans?.findLast((span) => span.order <= order)?.value;
}
