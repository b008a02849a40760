import { Refusal } from '../refusal.js';
import type { Actor } from './actor.js';
import { actorKey } from './actor.js';
import type { Chat, PostOptions } from './chat.js';
import { checkedText } from './message-rules.js';
import type { Room } from './room.js';
import type { Rooms } from './rooms.js';

export interface ScheduledMessage {
  readonly id: string;
  readonly room: Room;
  readonly actor: Actor;
  text: string;
  sendAtSeconds: number;
  options: PostOptions;
  readonly createdSeconds: number;
}

export interface NewScheduled {
  readonly text: string;
  readonly sendAtSeconds: number;
  readonly options: PostOptions;
}

const lookEveryMs = 1_000;

/** Messages that are said later, and pins that end. */
export class Schedule {
  readonly #byId = new Map<string, ScheduledMessage>();
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly rooms: Rooms,
    private readonly chat: Chat,
    private readonly nowSeconds: () => number,
  ) {}

  /** Looks each second for what is due. */
  start(): void {
    this.#timer = setInterval(() => {
      this.sendDue();
      this.lookAtPins();
    }, lookEveryMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Throws a Refusal: 400 `message` or `send-at`, 413. */
  add(room: Room, actor: Actor, wanted: NewScheduled): ScheduledMessage {
    const { text, sendAtSeconds, options } = this.#checked(wanted);
    this.#lastId += 1;
    const id = String(this.#lastId);
    const scheduled = { id, room, actor, text, sendAtSeconds, options, createdSeconds: this.nowSeconds() };
    this.#byId.set(id, scheduled);
    return scheduled;
  }

  /** Throws a Refusal: 404 for one that is not the actor's, else as `add`. */
  change(room: Room, actor: Actor, id: string, wanted: NewScheduled): ScheduledMessage {
    const scheduled = this.#own(room, actor, id);
    return Object.assign(scheduled, this.#checked(wanted));
  }

  /** Throws a Refusal 404. */
  remove(room: Room, actor: Actor, id: string): void {
    this.#byId.delete(this.#own(room, actor, id).id);
  }

  /** The actor's own, the next first. */
  of(room: Room, actor: Actor): ScheduledMessage[] {
    const own = [...this.#byId.values()].filter((one) => one.room === room && actorKey(one.actor) === actorKey(actor));
    return own.sort((a, b) => a.sendAtSeconds - b.sendAtSeconds);
  }

  /** Says what is due. Of somebody who left, nothing is said. */
  sendDue(): void {
    for (const scheduled of [...this.#byId.values()]) {
      if (scheduled.sendAtSeconds > this.nowSeconds()) continue;
      this.#byId.delete(scheduled.id);
      if (!scheduled.room.attendees.has(actorKey(scheduled.actor))) continue;
      this.chat.post(scheduled.room, scheduled.actor, scheduled.text, scheduled.options);
    }
  }

  /** Unpins what was pinned until now, in the name of whoever pinned it. */
  lookAtPins(): void {
    for (const room of this.rooms.all()) {
      for (const message of room.pinned) {
        const { pin } = message;
        if (pin === undefined || pin.untilSeconds === 0 || pin.untilSeconds > this.nowSeconds()) continue;
        this.chat.unpin(room, message, pin.by);
      }
    }
  }

  #checked(wanted: NewScheduled): NewScheduled {
    const text = checkedText(wanted.text);
    if (wanted.sendAtSeconds <= this.nowSeconds()) throw new Refusal(400, { error: 'send-at' });
    return { ...wanted, text };
  }

  #own(room: Room, actor: Actor, id: string): ScheduledMessage {
    const scheduled = this.of(room, actor).find((one) => one.id === id);
    if (scheduled === undefined) throw new Refusal(404, { error: 'message' });
    return scheduled;
  }
}
