import { createHash } from 'node:crypto';
import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import type { DeliveryKey, RoomId } from '../../model/ids.js';
import type { NewPoll } from './api/polls.js';
import { ownerKey, type GuestOwner } from './talk.guest-store.js';
import { parseKeptAt, parseMadePoll, parsePollRow, parsePollVoter, type PollVoter } from './talk.poll-payloads.js';

/** Polls may go on for long. */
const keptMs = 365 * 86_400_000;
const front = 'poll/';

/** As whom a person votes in a poll: the server counts votes by actors, and a guest's is another one after each join. */
export type Voter = Pick<PollVoter, 'type' | 'id'>;

/**
 * What must be known of polls after a restart and to other replicas. Talk takes no reference id with a poll: by which delivery one was made is
 * found by what it asks, which is written down before it goes out.
 */
export class PollStore {
  constructor(
    private readonly store: AccountStore,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** A poll is about to be made. `user`: by whose lent login. */
  async making(room: RoomId, asked: NewPoll, key: DeliveryKey, user?: string): Promise<void> {
    await this.#put(madeKey(room, asked), { key, ...(user === undefined ? {} : { user }) });
  }

  /**
   * By which delivery the poll of a row was made; undefined where that is another one, or none of ours. `isOurs`: the row's actor is
   * nobody but ours.
   */
  async keyOf(
    room: RoomId,
    asked: NewPoll,
    row: { readonly id: number; readonly actorId: string },
    isOurs: boolean,
  ): Promise<DeliveryKey | undefined> {
    const made = parseMadePoll(await this.store.get(madeKey(room, asked)));
    if (made === undefined || (made.row !== undefined && made.row !== row.id)) return undefined;
    // Somebody whose login is lent may ask the same themselves: that is another row.
    const isBy = made.user === undefined ? isOurs : made.user === row.actorId;
    if (!isBy) return undefined;
    if (made.row === undefined) await this.#put(madeKey(room, asked), { ...made, row: row.id });
    return made.key as DeliveryKey;
  }

  /** The message that shows a poll. */
  async learn(room: RoomId, poll: number, row: number): Promise<void> {
    if ((await this.rowOf(room, poll)) !== row) await this.#put(rowKey(room, poll), { row });
  }

  /** Undefined where the poll began before its room was read. */
  async rowOf(room: RoomId, poll: number): Promise<number | undefined> {
    return parsePollRow(await this.store.get(rowKey(room, poll)));
  }

  async voterOf(room: RoomId, poll: number, person: GuestOwner): Promise<Voter | undefined> {
    return parsePollVoter(await this.store.get(voterKey(room, poll, person)));
  }

  /** Written down before the vote goes out. */
  async votes(room: RoomId, poll: number, person: GuestOwner, voter: Voter): Promise<void> {
    await this.#put(voterKey(room, poll, person), voter);
  }

  async votesNot(room: RoomId, poll: number, person: GuestOwner): Promise<void> {
    await this.store.delete(voterKey(room, poll, person));
  }

  /** All actors that voted for people of other rooms. */
  async votersIn(room: RoomId, poll: number): Promise<readonly Voter[]> {
    const entries = await this.store.list(votersFront(room, poll));
    return entries.flatMap(({ value }) => parsePollVoter(value) ?? []);
  }

  /** Forgets what nobody needs any more. */
  async clean(): Promise<void> {
    const oldest = this.clock.now().getTime() - keptMs;
    for (const { key, value } of await this.store.list(front)) {
      const at = parseKeptAt(value);
      if (at !== undefined && Date.parse(at) < oldest) await this.store.delete(key);
    }
  }

  async #put(key: string, value: object): Promise<void> {
    await this.store.put(key, { ...value, at: this.clock.now().toISOString() });
  }
}

const madeKey = (room: RoomId, { question, options, resultMode, maxVotes }: NewPoll): string => {
  const asked = JSON.stringify([question, options, resultMode, maxVotes]);
  return `${front}made/${room}/${createHash('sha256').update(asked).digest('base64url')}`;
};
const rowKey = (room: RoomId, poll: number): string => `${front}row/${room}/${String(poll)}`;
const votersFront = (room: RoomId, poll: number): string => `${front}voter/${room}/${String(poll)}/`;
const voterKey = (room: RoomId, poll: number, person: GuestOwner): string => votersFront(room, poll) + ownerKey(person);
