import type { Clock } from '../../model/clock.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import type { DeliveryRequest, Speaker } from '../../model/network-adapter.js';
import { type DeliveryKey, type RemoteId, remoteId, type RoomId, type UserId } from '../../model/ids.js';
import type { Log } from '../../model/network-definition.js';
import type { Writing } from './api/account.api.js';
import type { EventsApi } from './api/events.api.js';
import type { RoomsApi } from './api/rooms.api.js';
import type { GhostDoors } from './matrix.doors.js';
import { deletionRefused, notInRoom, roomClosed } from './matrix.errors.js';
import type { Dress, MatrixGhosts } from './matrix.ghosts.js';
import { deliveryField, type OurUsers } from './matrix.ids.js';
import type { MatrixLookups } from './matrix.lookups.js';
import { BoundedMap } from '../../model/bounded-map.js';
import type { JsonObject } from './matrix.payloads.js';
import type { MatrixPresence } from './matrix.presence.js';
import type { Voice } from './to-matrix.js';

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

export interface Speaking {
  readonly user: UserId;
  readonly voice: Voice;
}

/** Writes into rooms by those of our users who may. A warm path is one request for each event. */
export class MatrixWriter {
  /** Rooms that did not let a ghost in, with the time from which it is tried again. */
  readonly #relayed = new BoundedMap<string, number>(maxRemembered);

  constructor(private readonly parts: WriterParts) {}

  /** Whether ghosts speak in the room, as far as it is known. */
  admitsGhosts(room: string): boolean {
    const againMs = this.#relayed.get(room);
    return againMs === undefined || this.parts.clock.monotonicMs() >= againMs;
  }

  /** Throws RoomClosed where somebody removed us: there no ghost speaks either. */
  async assertWanted(room: RoomId): Promise<void> {
    if (await this.parts.presence.isOut(room)) throw notInRoom(this.parts.users.bot);
  }

  /** Nobody is told of events in rooms that he is not in. */
  async assertInRoom(room: RoomId, signal: AbortSignal): Promise<void> {
    const { rooms, users } = this.parts;
    if ((await rooms.membership(room, users.bot, signal)) !== 'join') throw notInRoom(users.bot);
  }

  /** Who is to be seen to speak, ready for it. */
  async speaking(
    { room, speaker }: Pick<DeliveryRequest<BridgeEvent>, 'room' | 'speaker'>,
    writing: Writing,
  ): Promise<Speaking> {
    if (speaker.as === 'ghost' && this.admitsGhosts(room)) {
      const ghost = await this.ghost(room, speaker, 'nameAndPicture', writing);
      if (ghost !== 'refused') return { user: ghost, voice: { as: 'ghost' } };
    }
    return { user: this.parts.users.bot, voice: ownVoice(speaker) };
  }

  /** The speaker's ghost in the room. One that is refused is asked for again later. */
  async ghost(room: RoomId, speaker: Speaker, dress: Dress, writing: Writing): Promise<UserId | 'refused'> {
    const ghost = await this.parts.ghosts.ready(room, speaker, dress, writing);
    if (ghost !== 'refused') return ghost;
    const { clock, log, relayMs } = this.parts;
    this.#relayed.set(room, clock.monotonicMs() + relayMs);
    log.warn({ room }, 'the room lets no ghost in: Crosstalk speaks itself, with the name in the text');
    return ghost;
  }

  /** Sends a message. Throws RoomClosed where the room does not let the user speak. */
  async say(room: RoomId, user: UserId, content: JsonObject, key: DeliveryKey, writing: Writing): Promise<RemoteId> {
    const { events, lookups } = this.parts;
    const said = await this.insist(room, user, messageType, writing, () =>
      events.send(room, messageType, withKey(content, key), { user, key, ...writing }),
    );
    if (said === 'refused') throw roomClosed('the room does not let us speak', 'noPermission');
    const id = remoteId(said.id);
    lookups.noteSender(id, user);
    return id;
  }

  /**
   * Writes what needs the power to send `type`: a user that was refused is let in or given that power, where we may do so.
   * Throws RoomClosed where the room does not let our users in.
   */
  async insist<T extends object | string>(
    room: RoomId,
    user: UserId,
    type: string,
    writing: Writing,
    write: () => Promise<T | 'forbidden'>,
  ): Promise<Exclude<T, 'forbidden'> | 'refused'> {
    const first = await write();
    if (first !== 'forbidden') return first as Exclude<T, 'forbidden'>;
    if ((await this.#letIn(room, user, writing)) === 'wasOut') {
      const second = await write();
      if (second !== 'forbidden') return second as Exclude<T, 'forbidden'>;
    }
    if ((await this.parts.doors.allow(room, user, type, writing)) === 'refused') return 'refused';
    const last = await write();
    return last === 'forbidden' ? 'refused' : (last as Exclude<T, 'forbidden'>);
  }

  /** What is redacted already is left as it is. Throws MessageRefused where the room does not let us. */
  async redact(room: RoomId, event: RemoteId, key: DeliveryKey, writing: Writing): Promise<void> {
    const { events, lookups, users } = this.parts;
    const sender = await lookups.senderOf(room, event, writing.signal);
    if (sender === undefined) {
      await this.assertInRoom(room, writing.signal);
      return;
    }
    const content = { [deliveryField]: key };
    const speakers = users.isOurs(sender) && sender !== users.bot ? [sender, users.bot] : [users.bot];
    for (const user of speakers) {
      const outcome = await events.redact(room, event, content, { user, key, ...writing });
      if (outcome !== 'forbidden') return;
    }
    await this.assertInRoom(room, writing.signal);
    throw deletionRefused();
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
}

/** How our own user speaks: in nobody's name, or with the name in the text. */
export function ownVoice({ as, profile, networkLabel }: Speaker): Voice {
  return as === 'bridge' ? { as } : { as: 'relay', name: profile.name, networkLabel };
}

export function withKey(content: JsonObject, key: DeliveryKey): JsonObject {
  return { ...content, [deliveryField]: key };
}

export function writingOf(request: Pick<DeliveryRequest<BridgeEvent>, 'beforeSend'>, signal: AbortSignal): Writing {
  return {
    signal,
    beforeSend: () => {
      request.beforeSend();
    },
  };
}
