import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { RoomClosed } from '../../model/errors.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { RoomProfile, WantedRoom } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { ConversationsApi, SlackChannel } from './api/conversations.api.js';
import { ChannelSearch } from './slack.channel-search.js';
import { noRoom, privateConversation, roomClosed } from './slack.errors.js';
import { channelIn, isDirectId } from './slack.ids.js';
import { channelNameOf } from './slack.room-changes.js';

export interface RoomsParts {
  readonly conversations: ConversationsApi;
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly appName: string;
  /** The id of the app's own user. */
  self(): string | undefined;
}

/** Finds or makes the channels that links name. */
export class SlackRooms {
  readonly #search: ChannelSearch;

  constructor(private readonly parts: RoomsParts) {
    this.#search = new ChannelSearch(parts.conversations, parts.clock);
  }

  /** Throws RoomClosed where the channel is not there or not open to us. */
  async resolve(wanted: WantedRoom, link: string, signal: AbortSignal): Promise<RoomId> {
    if ('create' in wanted) return this.#make(wanted.create, link, signal);
    const written = wanted.room.trim();
    const id = channelIn(written);
    if (id !== undefined && isDirectId(id)) throw privateConversation(id);
    const channel =
      id === undefined ? await this.#named(written, signal) : await this.parts.conversations.info(id, signal);
    if (channel === undefined) throw noRoom(`${written} (a private channel is seen once the app is invited into it)`);
    return this.#enter(channel, signal);
  }

  /** Goes in again. Throws RoomClosed, saying what is to be done, where the channel is not open to us. */
  async enter(id: string, signal: AbortSignal): Promise<void> {
    const channel = await this.parts.conversations.info(id, signal);
    if (channel === undefined) {
      const say = `/invite @${this.parts.appName}`;
      throw roomClosed(
        `the app sees no channel ${id}: where it is a private one, say \`${say}\` there; where it was deleted, end the link`,
        'gone',
      );
    }
    await this.#enter(channel, signal);
  }

  /** Whether we are in, and people can talk there. */
  async isOpen(id: string, signal: AbortSignal): Promise<boolean> {
    const channel = await this.parts.conversations.info(id, signal);
    return channel?.is_member === true && channel.is_archived !== true;
  }

  async describe(room: RoomId, signal: AbortSignal): Promise<RoomProfile> {
    if (isDirectId(room)) throw privateConversation(room);
    const channel = await this.parts.conversations.info(room, signal);
    if (channel === undefined) throw noRoom(room);
    const topic = channel.topic?.value || channel.purpose?.value || '';
    return { name: channel.name ?? room, ...(topic === '' ? {} : { topic }) };
  }

  /** Whether people talk there with one another, or with the app, instead of in a channel. */
  async isPrivate(id: string, signal: AbortSignal): Promise<boolean> {
    if (isDirectId(id)) return true;
    try {
      const channel = await this.parts.conversations.info(id, signal);
      return channel?.is_im === true || channel?.is_mpim === true;
    } catch (error) {
      // Of channels it may read what they are.
      if (error instanceof RoomClosed && error.reason === 'noPermission') return true;
      throw error;
    }
  }

  async #enter(channel: SlackChannel, signal: AbortSignal): Promise<RoomId> {
    const { id, name = id } = channel;
    if (channel.is_im === true || channel.is_mpim === true) throw privateConversation(id);
    if (channel.is_archived === true)
      throw roomClosed(`the channel #${name} is archived: take it out of the archive`, 'archived');
    if (channel.is_member === true) return roomId(id);
    if (channel.is_private === true) {
      const say = `/invite @${this.parts.appName}`;
      throw roomClosed(`the app is not in the private channel #${name}: say \`${say}\` there`, 'notJoined');
    }
    await this.parts.conversations.join(id, signal);
    return roomId(id);
  }

  /** By its name, with or without `#`: those that we are in first, since they are few. */
  async #named(written: string, signal: AbortSignal): Promise<SlackChannel | undefined> {
    const name = written.replace(/^#/, '').toLowerCase();
    for await (const channel of this.parts.conversations.ours(signal)) {
      if (channel.name === name) return { ...channel, is_member: true };
    }
    return this.#search.find(name, signal);
  }

  /** Made once for a link: the same one is found again, also where we ended before we had written down which it is. */
  async #make(
    wanted: { readonly name: string; readonly invite: readonly string[] },
    link: string,
    signal: AbortSignal,
  ): Promise<RoomId> {
    const { conversations, store } = this.parts;
    const known = await store.get(storeKey(link));
    const id = typeof known === 'string' ? known : await this.#create(wanted.name, signal);
    if (known === undefined) await store.put(storeKey(link), id);
    for (const user of wanted.invite) {
      if ((await conversations.invite(id, user, signal)) === 'invited') continue;
      this.parts.log.warn({ channel: id, user }, 'nobody to invite by that id');
    }
    return roomId(id);
  }

  async #create(name: string, signal: AbortSignal): Promise<string> {
    const written = channelNameOf(name);
    if (written === '') throw noRoom(`nothing of ${name} can be a channel’s name`);
    const made = await this.parts.conversations.create(written, signal);
    if (made !== 'taken') return made.id;
    const channel = await this.#named(written, signal);
    if (channel?.creator !== undefined && channel.creator === this.parts.self()) return channel.id;
    throw roomClosed(`there is a channel #${written} already, which somebody else made`, 'noPermission');
  }
}

const storeKey = (link: string): string => `channel/${link}`;
