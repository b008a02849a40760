import { BridgeError } from '../../model/errors.js';
import type { Clock } from '../../model/clock.js';
import type { Log } from '../../model/network-definition.js';
import type { AccountApi } from './api/account.api.js';
import type { RoomsApi } from './api/rooms.api.js';
import type { TimelineApi } from './api/timeline.api.js';
import { answeredBy, type Quoted, showsFile, wordsOf } from './from-matrix-text.js';
import { localpartOf } from './matrix.ids.js';
import { BoundedMap } from '../../model/bounded-map.js';
import {
  type JsonObject,
  type MatrixEvent,
  readMember,
  readRedaction,
  readRelation,
  type StoredEvent,
} from './matrix.payloads.js';
import { isPollStart, newContentIn, pollForm } from './from-matrix-polls.js';
import { creatorsIn, mayCallAll, mayRedact, type RoomPower } from './matrix.power.js';

/** `edited`: what it asks now, where it was asked otherwise. */
export type PollBeginning = Pick<MatrixEvent, 'type' | 'content' | 'sender'> & { readonly edited?: JsonObject };

export interface LookupParts {
  readonly rooms: RoomsApi;
  readonly account: AccountApi;
  readonly timeline: TimelineApi;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutMs: number;
}

/** About 100 bytes each. */
const maxRemembered = 50_000;
/** Up to 1 KiB each. */
const maxWords = 5000;
const maxRooms = 5000;
/** Up to 64 KiB each, and most of them a few hundred bytes. */
const maxPolls = 1000;
/** How long nothing is asked that a message can do without, after the homeserver did not answer. */
const pauseMs = 10_000;

/** Knows what events do not say: what people are called in a room, who sent what, what was answered, who may call everybody. */
export class MatrixLookups {
  readonly #names = new BoundedMap<string, string>(maxRemembered);
  readonly #senders = new BoundedMap<string, string>(maxRemembered);
  readonly #threads = new BoundedMap<string, string>(maxRemembered);
  /** What messages answer; empty where that is nothing. */
  readonly #answers = new BoundedMap<string, string>(maxRemembered);
  readonly #words = new BoundedMap<string, { readonly sender: string; readonly text: string }>(maxWords);
  readonly #creators = new BoundedMap<string, Omit<RoomPower, 'levels'>>(maxRooms);
  readonly #levels = new BoundedMap<string, JsonObject>(maxRooms);
  /** Rooms by their aliases; empty where nobody knows one. */
  readonly #aliases = new BoundedMap<string, string>(maxRooms);
  readonly #polls = new BoundedMap<string, PollBeginning>(maxPolls);
  #pausedUntilMs = -Infinity;

  constructor(private readonly parts: LookupParts) {}

  /** Learns from an event that came. */
  note(event: MatrixEvent): void {
    const { event_id: id, room_id: room, sender, state_key: key, type } = event;
    if (key === undefined) {
      this.noteSender(id, sender);
      const { rel_type: relation, event_id: target } = readRelation(event.content);
      if (isPollStart(type) && relation === 'm.replace' && target !== undefined) this.#polls.delete(target);
      if (type !== 'm.room.message') return;
      this.#noteThread(event);
      this.#answers.set(id, answeredBy(event.content) ?? '');
    } else if (type === 'm.room.member') {
      this.#names.set(memberKey(room, key), readMember(event.content).displayname ?? localpartOf(key));
    } else if (type === 'm.room.power_levels' && key === '') {
      this.#levels.set(room, event.content);
    }
  }

  noteSender(event: string, sender: string): void {
    this.#senders.set(event, sender);
  }

  /** Keeps the beginning of what was said, for those who answer it. */
  noteWords({ content, event_id: id, redacts, sender, type }: MatrixEvent): void {
    if (type === 'm.room.redaction') {
      const redacted = readRedaction(content).redacts ?? redacts;
      if (redacted !== undefined) {
        this.#words.delete(redacted);
        this.#polls.delete(redacted);
      }
      return;
    }
    const { rel_type: relation, event_id: target } = readRelation(content);
    const isEdit = relation === 'm.replace' && target !== undefined;
    if (isEdit && this.#words.get(target)?.sender !== sender) return;
    const text = wordsOf(type, content);
    if (text !== '') this.#words.set(isEdit ? target : id, { sender, text });
  }

  /** What people in the room see as the user's name. Where nobody tells it in time: the id's own part. */
  async nameOf(room: string, user: string, signal: AbortSignal): Promise<string> {
    const key = memberKey(room, user);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    try {
      const name = await this.#askName(room, user, signal);
      this.#names.set(key, name);
      return name;
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      // An event without its sender's name is better than one that keeps all others waiting.
      this.parts.log.warn({ room, user, error }, 'the name of a sender could not be learned');
      return localpartOf(user);
    }
  }

  /** Who sent an event; undefined where the room does not show it. Throws NetworkUnavailable where nobody answers. */
  async senderOf(room: string, event: string, signal: AbortSignal): Promise<string | undefined> {
    const known = this.#senders.get(event);
    if (known !== undefined) return known;
    const found = await this.parts.timeline.event(room, event, signal, this.parts.timeoutMs);
    if (found !== undefined) this.note(found);
    return found?.sender;
  }

  /** Whether a message came with a file, whatever edits made of it; undefined where that cannot be told soon. */
  async cameWithFile(room: string, event: string, signal: AbortSignal): Promise<boolean | undefined> {
    const found = await this.#soon(() => this.parts.timeline.event(room, event, signal, this.parts.timeoutMs));
    return found === undefined ? undefined : showsFile(found.type, found.content);
  }

  /** What a message answers, and the beginning of that; undefined where that is nothing, or cannot be told soon. */
  async answeredBy(room: string, event: string, signal: AbortSignal): Promise<StoredEvent['answered']> {
    if (this.#answers.get(event) === undefined) {
      const found = await this.#soon(() => this.parts.timeline.event(room, event, signal, this.parts.timeoutMs));
      if (found !== undefined) this.note(found);
    }
    const answered = this.#answers.get(event) ?? '';
    const quoted = answered === '' ? undefined : await this.quotedOf(room, answered, signal);
    return quoted === undefined ? undefined : { event: answered, ...quoted };
  }

  /** The beginning of what an event said, and whose words they are; undefined where that cannot be told soon. */
  async quotedOf(room: string, event: string, signal: AbortSignal): Promise<Quoted | undefined> {
    if (this.#words.get(event) === undefined) {
      const found = await this.#soon(() => this.standing(room, event, signal));
      if (found === undefined) return undefined;
    }
    const words = this.#words.get(event);
    return words === undefined ? undefined : { name: await this.nameOf(room, words.sender, signal), text: words.text };
  }

  /** A message, or its latest edit; undefined where it is gone. Throws NetworkUnavailable where nobody answers. */
  async standing(room: string, event: string, signal: AbortSignal): Promise<MatrixEvent | undefined> {
    const found = await this.parts.timeline.event(room, event, signal, this.parts.timeoutMs);
    if (found === undefined || found.unsigned?.redacted_because !== undefined) return undefined;
    this.noteWords(found);
    // It is asked where an edit was taken back.
    this.#polls.delete(event);
    const edit = found.unsigned?.['m.relations']?.['m.replace'];
    if (edit === undefined) return found;
    const edited = { ...found, content: edit.content };
    this.noteWords(edited);
    return edited;
  }

  /** The event that a thread begins with, where one of its events is known: a thread in a thread is none. */
  async threadOf(room: string, event: string, signal: AbortSignal): Promise<string> {
    const known = this.#threads.get(event);
    if (known !== undefined) return known;
    const found = await this.parts.timeline.event(room, event, signal, this.parts.timeoutMs);
    return found === undefined ? event : this.#noteThread(found);
  }

  #noteThread({ event_id: id, content }: MatrixEvent): string {
    const { rel_type: relation, event_id: first } = readRelation(content);
    const root = relation === 'm.thread' && first !== undefined ? first : id;
    this.#threads.set(id, root);
    return root;
  }

  /** Whether what a user says with `@room` notifies everybody; false where that cannot be told soon. */
  async mayCallAll(room: string, user: string, signal: AbortSignal): Promise<boolean> {
    const power = await this.#soon(() => this.#powerIn(room, signal));
    return power !== undefined && mayCallAll(power, user);
  }

  /** Whether a user may take away what others said, and end what others asked. Throws NetworkUnavailable where nobody answers. */
  async mayRedact(room: string, user: string, signal: AbortSignal): Promise<boolean> {
    const power = await this.#powerIn(room, signal);
    return power !== undefined && mayRedact(power, user);
  }

  /** The event by which a poll began; undefined where the room does not show it. Throws NetworkUnavailable where nobody answers. */
  async pollOf(room: string, event: string, signal: AbortSignal): Promise<PollBeginning | undefined> {
    const known = this.#polls.get(event);
    if (known !== undefined) return known;
    const found = await this.parts.timeline.event(room, event, signal, this.parts.timeoutMs);
    if (found === undefined || found.unsigned?.redacted_because !== undefined) return undefined;
    if (pollForm(found.type, found.content) === undefined) return undefined;
    const { type, content, sender } = found;
    const edit = found.unsigned?.['m.relations']?.['m.replace'];
    const poll = { type, content, sender, ...(edit === undefined ? {} : { edited: newContentIn(edit.content) }) };
    this.#polls.set(event, poll);
    return poll;
  }

  async #powerIn(room: string, signal: AbortSignal): Promise<RoomPower | undefined> {
    const { rooms, timeoutMs } = this.parts;
    if (this.#creators.get(room) === undefined) {
      const create = await rooms.stateEvent(room, 'm.room.create', signal, timeoutMs);
      if (create !== undefined) this.#creators.set(room, creatorsIn(create));
    }
    if (this.#levels.get(room) === undefined) {
      const levels = await rooms.state(room, 'm.room.power_levels', '', signal, timeoutMs);
      if (typeof levels !== 'string') this.#levels.set(room, levels.content);
    }
    const creators = this.#creators.get(room);
    const levels = this.#levels.get(room);
    return creators === undefined ? undefined : { ...creators, ...(levels === undefined ? {} : { levels }) };
  }

  /** The room that an alias names; undefined where that cannot be told soon. */
  async roomOf(alias: string, signal: AbortSignal): Promise<string | undefined> {
    const known = this.#aliases.get(alias);
    if (known !== undefined) return known === '' ? undefined : known;
    const { rooms, timeoutMs } = this.parts;
    const found = await this.#soon(async () => ({ is: await rooms.roomOfAlias(alias, signal, timeoutMs) }));
    if (found === undefined) return undefined;
    this.#aliases.set(alias, found.is?.room ?? '');
    return found.is?.room;
  }

  /** What a message can do without: undefined where the homeserver does not tell it, and for a while after that. */
  async #soon<T>(ask: () => Promise<T>): Promise<T | undefined> {
    const { clock, log } = this.parts;
    if (clock.monotonicMs() < this.#pausedUntilMs) return undefined;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      this.#pausedUntilMs = clock.monotonicMs() + pauseMs;
      log.warn({ error }, 'what a message leaves open could not be learned');
      return undefined;
    }
  }

  async #askName(room: string, user: string, signal: AbortSignal): Promise<string> {
    const { account, rooms, timeoutMs } = this.parts;
    const state = await rooms.state(room, 'm.room.member', user, signal, timeoutMs);
    const inRoom = typeof state === 'string' ? undefined : readMember(state.content).displayname;
    if (inRoom !== undefined) return inRoom;
    const profile = await account.profile(user, signal, timeoutMs);
    return profile?.displayname ?? localpartOf(user);
  }
}

const memberKey = (room: string, user: string): string => `${room}\n${user}`;
