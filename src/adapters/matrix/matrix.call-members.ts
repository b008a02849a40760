import { z } from 'zod';
import type { AccountStore } from '../../model/account-store.js';
import { expiryOf, isCallMember, isInCall } from './from-matrix-calls.js';
import { type MatrixEvent, readMember, type StoredEvent } from './matrix.payloads.js';
import { Turns } from './matrix.turns.js';

const members = z.object({
  /** The devices that are in the call, by the keys of their state. */
  devices: z.array(z.object({ key: z.string(), user: z.string(), untilMs: z.number() })),
  /** With which event the last one went out. */
  over: z.string().optional(),
});
type Members = z.infer<typeof members>;

/**
 * Which devices are in the call of a room, as its state says: that the last has gone out is its end, of which no event tells.
 * A client that vanished is taken out by its homeserver (MSC4140), or counts no more when its time is over.
 */
export class CallMembers {
  /** What is written down is read and written in turn. */
  readonly #turns = new Turns();

  constructor(private readonly store: AccountStore) {}

  /** `over`: with that event the last one went out. */
  note(event: MatrixEvent): Promise<StoredEvent['call']> {
    if (event.state_key === undefined) return Promise.resolve(undefined);
    if (isCallMember(event.type)) return this.#turns.take(event.room_id, () => this.#note(event));
    if (event.type !== 'm.room.member' || readMember(event.content).membership === 'join') {
      return Promise.resolve(undefined);
    }
    return this.#turns.take(event.room_id, () => this.#noteLeft(event));
  }

  async #note(event: MatrixEvent): Promise<StoredEvent['call']> {
    const { event_id: id, room_id: room, sender: user, state_key: key = '', origin_server_ts: atMs } = event;
    const { devices, over } = await this.#of(room);
    const others = devices.filter((device) => device.key !== key && device.untilMs > atMs);
    if (isInCall(event.content)) {
      await this.#put(room, { devices: [...others, { key, user, untilMs: expiryOf(event) }], over });
      return undefined;
    }
    const wasIn = devices.some((device) => device.key === key);
    // A transaction that comes again tells the same.
    const isOver = over === id || (wasIn && others.length === 0);
    await this.#put(room, { devices: others, over: isOver ? id : over });
    return isOver ? 'over' : undefined;
  }

  /** Who is not in the room any more cannot say that they have left its call. */
  async #noteLeft({ room_id: room, state_key: user }: MatrixEvent): Promise<undefined> {
    const { devices, over } = await this.#of(room);
    const others = devices.filter((device) => device.user !== user);
    if (others.length < devices.length) await this.#put(room, { devices: others, over });
  }

  async #of(room: string): Promise<Members> {
    const found = members.safeParse(await this.store.get(keyOf(room)));
    return found.success ? found.data : { devices: [] };
  }

  async #put(room: string, { devices, over }: Members): Promise<void> {
    await this.store.put(keyOf(room), { devices, ...(over === undefined ? {} : { over }) });
  }
}

const keyOf = (room: string): string => `call/${room}`;
