import type { Clock } from '../../model/clock.js';
import type { MessageDeleted, MessageSent } from '../../model/bridge-event.js';
import { type Copy, type DeliveryRequest } from '../../model/network-adapter.js';
import { type DeliveryKey, remoteId, type RoomId, type UserId } from '../../model/ids.js';
import type { Log } from '../../model/network-definition.js';
import type { Writing } from './api/account.api.js';
import type { EventsApi, Written } from './api/events.api.js';
import type { RoomsApi } from './api/rooms.api.js';
import type { GhostDoors } from './matrix.doors.js';
import { deletionRefused, notInRoom, roomClosed } from './matrix.errors.js';
import type { MatrixGhosts } from './matrix.ghosts.js';
import { deliveryField, type OurUsers } from './matrix.ids.js';
import type { MatrixLookups } from './matrix.lookups.js';
import { BoundedMap } from './matrix.memory.js';
import type { JsonObject } from './matrix.payloads.js';
import type { MatrixPresence } from './matrix.presence.js';
import { toMatrix, type Voice, withKey } from './to-matrix.js';

export interface WriterParts {
  readonly users: OurUsers;
  readonly events: EventsApi;
  readonly rooms: RoomsApi;
  readonly ghosts: MatrixGhosts;
  readonly doors: GhostDoors;
  readonly lookups: MatrixLookups;
  readonly presence: MatrixPresence;
  readonly clock: Clock;
  readonly log: Log;
  /** How long the relay speaks in a room that did not let a ghost in. */
  readonly relayMs: number;
}

const messageType = 'm.room.message';
const maxRemembered = 10_000;

interface Speaking {
  readonly user: UserId;
  readonly voice: Voice;
}

/** Says and unsays things in rooms. A warm path is one request for each part. */
export class MatrixWriter {
  /** Rooms that did not let a ghost in, with the time from which it is tried again. */
  readonly #relayed = new BoundedMap<string, number>(maxRemembered);

  constructor(private readonly parts: WriterParts) {}

  /** Whether ghosts speak in the room, as far as it is known. */
  admitsGhosts(room: string): boolean {
    const againMs = this.#relayed.get(room);
    return againMs === undefined || this.parts.clock.monotonicMs() >= againMs;
  }

  async say(request: DeliveryRequest<MessageSent>, signal: AbortSignal): Promise<void> {
    await this.#assertWanted(request.room);
    const writing = writingOf(request, signal);
    const speaking = await this.#speaker(request, writing);
    const contents = toMatrix(request.event, {
      voice: speaking.voice,
      ...(request.replyTo === undefined ? {} : { replyTo: request.replyTo.id }),
      ...(request.thread === undefined ? {} : { thread: request.thread.id }),
    });
    for (const [part, content] of contents.entries()) {
      if (request.made.some((copy) => copy.part === part)) continue;
      const key = request.key(part);
      const id = remoteId(await this.#sendPart(request.room, speaking, withKey(content, key), key, writing));
      this.parts.lookups.noteSender(id, speaking.user);
      request.onMade({ part, id, key });
    }
  }

  /** What is deleted already is left as it is. Throws MessageRefused where the room does not let us. */
  async unsay(request: DeliveryRequest<MessageDeleted>, signal: AbortSignal): Promise<void> {
    await this.#assertWanted(request.room);
    const writing = writingOf(request, signal);
    for (const copy of request.target) await this.#redact(request, copy, writing);
  }

  async #speaker(request: DeliveryRequest<MessageSent>, writing: Writing): Promise<Speaking> {
    const { room, speaker } = request;
    const { profile, networkLabel } = speaker;
    if (speaker.as === 'ghost' && this.admitsGhosts(room)) {
      const ghost = await this.parts.ghosts.ready(room, speaker, writing);
      if (ghost !== 'refused') return { user: ghost, voice: { as: 'ghost' } };
      const { clock, log, relayMs } = this.parts;
      this.#relayed.set(room, clock.monotonicMs() + relayMs);
      log.warn({ room }, 'the room lets no ghost in: Crosstalk speaks itself, with the name in the text');
    }
    return { user: this.parts.users.bot, voice: { as: 'relay', name: profile.name, networkLabel } };
  }

  async #sendPart(
    room: RoomId,
    { user }: Speaking,
    content: JsonObject,
    key: DeliveryKey,
    writing: Writing,
  ): Promise<string> {
    const send = (): Promise<Written> => this.parts.events.send(room, messageType, content, { user, key, ...writing });
    const first = await send();
    if (first !== 'forbidden') return first.id;
    if ((await this.#letIn(room, user, writing)) === 'wasOut') {
      const second = await send();
      if (second !== 'forbidden') return second.id;
    }
    await this.parts.doors.allowToSpeak(room, user, messageType, writing);
    const last = await send();
    if (last !== 'forbidden') return last.id;
    throw roomClosed('the room does not let us speak', 'noPermission');
  }

  /** A speaker was refused: lets it in (again) where it is not in the room. */
  async #letIn(room: RoomId, user: UserId, writing: Writing): Promise<'wasOut' | 'wasIn'> {
    const { doors, ghosts, rooms, users } = this.parts;
    const membership = await rooms.membership(room, user, writing.signal);
    if (membership === 'join') return 'wasIn';
    if (user === users.bot) {
      await doors.enterOurselves(room, writing);
      return 'wasOut';
    }
    await ghosts.forget(room, user);
    if ((await doors.enter(room, user, writing)) === 'in') return 'wasOut';
    throw roomClosed('the room does not let our users in', 'noPermission');
  }

  async #redact(request: DeliveryRequest<MessageDeleted>, copy: Copy, writing: Writing): Promise<void> {
    const { events, lookups, users } = this.parts;
    const { room } = request;
    const sender = await lookups.senderOf(room, copy.id, writing.signal);
    if (sender === undefined) {
      // Nobody is told of events in rooms that he is not in.
      await this.#assertInRoom(room, writing.signal);
      return;
    }
    const key = request.key(copy.part);
    const content = { [deliveryField]: key };
    const speakers = users.isOurs(sender) && sender !== users.bot ? [sender, users.bot] : [users.bot];
    for (const user of speakers) {
      const outcome = await events.redact(room, copy.id, content, { user, key, ...writing });
      if (outcome !== 'forbidden') return;
    }
    await this.#assertInRoom(room, writing.signal);
    throw deletionRefused();
  }

  async #assertWanted(room: RoomId): Promise<void> {
    if (await this.parts.presence.isOut(room)) throw notInRoom(this.parts.users.bot);
  }

  async #assertInRoom(room: RoomId, signal: AbortSignal): Promise<void> {
    const { rooms, users } = this.parts;
    if ((await rooms.membership(room, users.bot, signal)) !== 'join') throw notInRoom(users.bot);
  }
}

function writingOf(request: Pick<DeliveryRequest<MessageSent>, 'beforeSend'>, signal: AbortSignal): Writing {
  return {
    signal,
    beforeSend: () => {
      request.beforeSend();
    },
  };
}
