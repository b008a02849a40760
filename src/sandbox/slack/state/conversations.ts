import type { Ledger } from '../../ledger.js';
import { SlackError } from '../slack-error.js';
import { channelLetter } from '../view/channel-view.js';
import { Channel, type ChannelKind } from './channel.js';
import type { Chat } from './chat.js';
import type { SlackClock } from './clock.js';
import type { Happening } from './happening.js';
import { newId } from './ids.js';
import { present, type JsonObject } from './json.js';
import type { Author } from './message.js';
import type { Timestamps } from './timestamps.js';
import type { User, Workspaces } from './workspace.js';

export interface NewChannel {
  readonly id?: string;
  readonly name: string;
  readonly kind?: ChannelKind;
  readonly isGeneral?: boolean;
}

const longestWords = 250;
const longestName = 80;

/** Channels, who is in them and what they are called. */
export class Conversations {
  readonly #channels = new Map<string, Channel>();

  constructor(
    private readonly chat: Chat,
    private readonly workspaces: Workspaces,
    private readonly ledger: Ledger,
    private readonly clock: SlackClock,
    private readonly timestamps: Timestamps,
    private readonly authorOf: (user: string) => Author,
    private readonly tell: (happening: Happening) => void,
  ) {}

  get(id: string): Channel | undefined {
    return this.#channels.get(id);
  }

  all(): readonly Channel[] {
    return [...this.#channels.values()];
  }

  /** Those of a workspace, its own and shared ones. */
  of(team: string): readonly Channel[] {
    return this.all().filter(({ teams }) => teams.has(team));
  }

  /** Throws SlackError `name_taken`, `invalid_name…`. */
  create(team: string, creator: User, channel: NewChannel): Channel {
    const kind = channel.kind ?? 'public';
    if (kind === 'public' || kind === 'private') this.#checkName(team, channel.name);
    const created = new Channel(
      channel.id ?? newId(kind === 'im' ? 'D' : 'C'),
      kind,
      creator.id,
      this.clock.nowSeconds(),
      channel.isGeneral ?? false,
      channel.name,
      team,
    );
    this.#channels.set(created.id, created);
    if (kind === 'public') this.#tellCreated(created);
    if (kind === 'public' || kind === 'private') this.join(created, creator);
    else created.members.add(creator.id);
    return created;
  }

  /** The direct conversation of these people; made where there is none yet. */
  openDirect(team: string, people: readonly User[]): { readonly channel: Channel; readonly isNew: boolean } {
    const ids = new Set(people.map(({ id }) => id));
    const known = this.all().find(
      ({ kind, members, teams }) =>
        (kind === 'im' || kind === 'mpim') &&
        teams.has(team) &&
        members.size === ids.size &&
        [...ids].every((id) => members.has(id)),
    );
    if (known !== undefined) return { channel: known, isNew: false };
    const [first] = people;
    if (first === undefined) throw new SlackError('users_list_not_supplied');
    const kind = people.length > 2 ? 'mpim' : 'im';
    const name = kind === 'mpim' ? `mpdm-${people.map((user) => user.name).join('--')}-1` : '';
    const channel = this.create(team, first, { kind, name });
    for (const { id } of people) channel.members.add(id);
    return { channel, isNew: true };
  }

  /** Shared by Slack Connect with another workspace. */
  share(channel: Channel, team: string): void {
    channel.teams.add(team);
    this.#tellOf(channel, { type: 'channel_shared', connected_team_id: team, channel: channel.id });
  }

  /** False where one is in already. */
  join(channel: Channel, user: User, inviter?: string): boolean {
    if (channel.members.has(user.id)) return false;
    channel.members.add(user.id);
    channel.teams.add(user.team);
    if (channel.kind === 'im' || channel.kind === 'mpim') return true;
    const prefix = notePrefix(channel);
    this.#note(channel, user.id, `${prefix}_join`, `<@${user.id}> has joined the ${prefix}`, { inviter });
    this.#tellOf(channel, {
      ...present({ type: 'member_joined_channel', user: user.id, channel: channel.id, inviter }),
      channel_type: channelLetter(channel),
      team: user.team,
    });
    return true;
  }

  /** False where one is not in. `by` removes somebody. */
  leave(channel: Channel, user: User, by?: string): boolean {
    if (!channel.members.has(user.id)) return false;
    const prefix = notePrefix(channel);
    const event = {
      type: 'member_left_channel',
      user: user.id,
      channel: channel.id,
      channel_type: channelLetter(channel),
      team: user.team,
    };
    // Whoever leaves is told of it, and of nothing later.
    this.#note(
      channel,
      by ?? user.id,
      `${prefix}_leave`,
      by === undefined ? `<@${user.id}> has left the ${prefix}` : `removed <@${user.id}> from the ${prefix}`,
    );
    this.#tellOf(channel, event);
    channel.members.delete(user.id);
    this.#tellLeft(channel, user, by ?? user.id);
    return true;
  }

  /** Throws SlackError `too_long`. */
  setTopic(channel: Channel, by: string, topic: string): void {
    if (topic.length > longestWords) throw new SlackError('too_long');
    channel.topic = { value: topic, creator: by, setSeconds: this.clock.nowSeconds() };
    channel.updatedMs = this.clock.nowMs();
    const words = topic === '' ? 'cleared the channel topic' : `set the channel topic: ${topic}`;
    this.#note(channel, by, `${notePrefix(channel)}_topic`, words, { topic });
  }

  /** Throws SlackError `too_long`. */
  setPurpose(channel: Channel, by: string, purpose: string): void {
    if (purpose.length > longestWords) throw new SlackError('too_long');
    channel.purpose = { value: purpose, creator: by, setSeconds: this.clock.nowSeconds() };
    channel.updatedMs = this.clock.nowMs();
    const words = purpose === '' ? 'cleared the channel description' : `set the channel description: ${purpose}`;
    this.#note(channel, by, `${notePrefix(channel)}_purpose`, words, { purpose });
  }

  /** Throws SlackError `name_taken`, `invalid_name…`. */
  rename(channel: Channel, by: string, name: string): void {
    if (name === channel.name) return;
    this.#checkName(channel.host, name);
    const oldName = channel.name;
    channel.previousNames.unshift(oldName);
    channel.name = name;
    channel.updatedMs = this.clock.nowMs();
    this.#note(channel, by, `${notePrefix(channel)}_name`, `has renamed the channel from "${oldName}" to "${name}"`, {
      old_name: oldName,
      name,
    });
    this.#tellOf(channel, {
      type: channel.kind === 'public' ? 'channel_rename' : 'group_rename',
      channel: {
        id: channel.id,
        is_channel: channel.kind === 'public',
        is_mpim: channel.kind === 'mpim',
        name,
        name_normalized: name,
        created: channel.createdSeconds,
      },
    });
  }

  /** Throws SlackError `already_archived`, `cant_archive_general`. */
  archive(channel: Channel, by: string): void {
    if (channel.isArchived) throw new SlackError('already_archived');
    if (channel.isGeneral) throw new SlackError('cant_archive_general');
    this.#note(channel, by, `${notePrefix(channel)}_archive`, 'archived the channel');
    channel.isArchived = true;
    channel.updatedMs = this.clock.nowMs();
    this.#tellOf(channel, {
      type: channel.kind === 'public' ? 'channel_archive' : 'group_archive',
      channel: channel.id,
      user: by,
      is_moved: 0,
    });
  }

  /** Throws SlackError `not_archived`. */
  unarchive(channel: Channel, by: string): void {
    if (!channel.isArchived) throw new SlackError('not_archived');
    channel.isArchived = false;
    channel.updatedMs = this.clock.nowMs();
    this.#note(channel, by, `${notePrefix(channel)}_unarchive`, 'un-archived the channel');
    this.#tellOf(channel, {
      type: channel.kind === 'public' ? 'channel_unarchive' : 'group_unarchive',
      channel: channel.id,
      user: by,
    });
  }

  delete(channel: Channel, by: string): void {
    const type = channel.kind === 'public' ? 'channel_deleted' : 'group_deleted';
    this.#tellOf(channel, { type, channel: channel.id, actor_id: by });
    this.ledger.add({ kind: 'state', room: channel.id, id: this.timestamps.next(), actor: by, text: type });
    this.#channels.delete(channel.id);
  }

  #checkName(team: string, name: string): void {
    if (name === '') throw new SlackError('invalid_name_required');
    if (name.length > longestName) throw new SlackError('invalid_name_maxlength');
    if (/^[-_]+$/.test(name)) throw new SlackError('invalid_name_punctuation');
    if (!/^[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}_-]+$/u.test(name)) throw new SlackError('invalid_name_specials');
    const isTaken = this.of(team).some((channel) => channel.host === team && channel.name === name);
    if (isTaken) throw new SlackError('name_taken');
  }

  #note(channel: Channel, by: string, subtype: string, text: string, details: JsonObject = {}): void {
    this.chat.say(channel, this.authorOf(by), { text }, { subtype, details: present(details) });
  }

  #tellCreated(channel: Channel): void {
    const { id, name, createdSeconds, creator, host } = channel;
    this.tell({
      event: {
        type: 'channel_created',
        channel: {
          id,
          name,
          name_normalized: name,
          is_channel: true,
          is_group: false,
          is_im: false,
          is_mpim: false,
          is_private: false,
          is_archived: false,
          is_frozen: false,
          is_general: channel.isGeneral,
          is_shared: false,
          is_org_shared: false,
          is_ext_shared: false,
          is_pending_ext_shared: false,
          created: createdSeconds,
          creator,
          context_team_id: host,
        },
        event_ts: this.timestamps.next(),
      },
      about: { kind: 'workspace', team: host },
    });
  }

  /** An app that is taken out of a channel is told so by itself. */
  #tellLeft(channel: Channel, user: User, by: string): void {
    if (user.bot === undefined) return;
    this.tell({
      event: {
        type: channel.kind === 'public' ? 'channel_left' : 'group_left',
        channel: channel.id,
        actor_id: by,
        event_ts: this.timestamps.next(),
      },
      about: { kind: 'bot', botId: user.bot.botId },
    });
  }

  #tellOf(channel: Channel, event: JsonObject): void {
    this.tell({ event: { ...event, event_ts: this.timestamps.next() }, about: { kind: 'channel', channel } });
  }

  /** Throws SlackError `user_not_found`. */
  user(id: string): User {
    const user = this.workspaces.user(id);
    if (user === undefined) throw new SlackError('user_not_found');
    return user;
  }
}

/** Private channels of today say `channel_…` too; those of old, whose ids begin with `G`, do not. */
function notePrefix(channel: Channel): 'channel' | 'group' {
  return channel.kind === 'private' && channel.id.startsWith('G') ? 'group' : 'channel';
}
