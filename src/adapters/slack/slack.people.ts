import type { Clock } from '../../model/clock.js';
import { BridgeError } from '../../model/errors.js';
import type { AccountId, FileRef, UserId } from '../../model/ids.js';
import type { FileStream, UserProfile } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import { cleanName } from '../../formatting/names.js';
import type { ConversationsApi } from './api/conversations.api.js';
import { type Asking, type PeopleApi, readUser, type SlackUser } from './api/people.api.js';
import type { Wanted } from './from-slack.js';
import type { SlackClient } from './slack.client.js';
import { fileGone } from './slack.errors.js';
import { isPersonId, slackFileId, slackFileOf } from './slack.ids.js';
import { BoundedMap } from './slack.memory.js';
import { isObject, type JsonObject, type KnownUser, type StoredEvent } from './slack.payloads.js';

export interface PeopleParts {
  readonly account: AccountId;
  readonly people: PeopleApi;
  readonly conversations: ConversationsApi;
  readonly client: SlackClient;
  readonly clock: Clock;
  readonly log: Log;
  /** How long what was asked for is believed. */
  readonly maxAgeMs: number;
  readonly timeoutMs: number;
}

interface Known<T> {
  readonly value: T;
  readonly untilMs: number;
}

interface Person extends KnownUser {
  readonly handle?: string;
  readonly picture?: { readonly version: string; readonly address: string };
}

const mostKnown = 10_000;
/** What could not be had is not asked for again at once: a busy channel would ask with every message. */
const unknownForMs = 60_000;
const slackbot = 'USLACKBOT';
const pictureChars = 60;

/**
 * What ids are called. Asked one by one when they are met: to list all people of a workspace takes minutes of its limits, and
 * most are never met. What changes is told by events; what was asked long ago is asked again, since events come to one replica only.
 */
export class SlackPeople {
  readonly #users = new BoundedMap<string, Known<Person>>(mostKnown);
  readonly #channels = new BoundedMap<string, Known<string>>(mostKnown);
  readonly #asked = new Map<string, Promise<unknown>>();
  #groups: Known<ReadonlyMap<string, string>> | undefined;
  #emoji: Known<ReadonlySet<string>> | undefined;

  constructor(private readonly parts: PeopleParts) {}

  /** The names of what an event mentions; what cannot be told in time is left out. */
  async namesOf(wanted: Wanted, signal: AbortSignal): Promise<NonNullable<StoredEvent['names']>> {
    const asking = this.#asking(signal);
    const [users, channels, groups] = await Promise.all([
      found([...wanted.users], async (id) => {
        const person = await this.#soon(`user ${id}`, () => this.#user(id, asking));
        return person === undefined
          ? undefined
          : { name: person.name, ...(person.isBot === true ? { isBot: true } : {}) };
      }),
      found([...wanted.channels], (id) => this.#soon(`channel ${id}`, () => this.#channel(id, asking))),
      found([...wanted.groups], async (id) => (await this.#soon('groups', () => this.#allGroups(asking)))?.get(id)),
    ]);
    return { users, channels, groups };
  }

  /** The names of the workspace's own emoji; none where they cannot be had. */
  async customEmoji(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const before = this.#emoji;
    const known = this.#valueOf(before);
    if (known !== undefined) return known;
    const names = await this.#soon('emoji', () => this.parts.people.emoji(this.#asking(signal)));
    const { maxAgeMs } = this.parts;
    const forMs = names === undefined ? unknownForMs : maxAgeMs;
    const value = names ?? before?.value ?? new Set<string>();
    this.#emoji = { value, untilMs: this.parts.clock.monotonicMs() + forMs };
    return value;
  }

  async describe(id: UserId, signal: AbortSignal): Promise<UserProfile> {
    const person = await this.#user(id, { signal });
    if (person === undefined) return { name: id };
    const { name, handle, picture } = person;
    if (picture === undefined) return { name, ...(handle === undefined ? {} : { handle }) };
    const file: FileRef = {
      account: this.parts.account,
      id: slackFileId({ of: 'userAvatar', user: id, version: picture.version }),
      name: 'avatar',
      mime: 'image/png',
      bytes: 0,
    };
    return { name, ...(handle === undefined ? {} : { handle }), avatar: { version: picture.version, file } };
  }

  /** Throws TargetGone for anything that is no file of ours to give. */
  async openFile({ id }: FileRef, signal: AbortSignal): Promise<FileStream> {
    const file = slackFileOf(id);
    if (file === undefined) throw fileGone();
    if (file.of === 'file') {
      const address = await this.parts.people.file(file.id, { signal });
      if (address === undefined) throw fileGone();
      return this.parts.client.open(address, 'own', signal);
    }
    const person = await this.#user(file.user, { signal });
    if (person?.picture === undefined) throw fileGone();
    return this.parts.client.open(person.picture.address, 'public', signal);
  }

  /** Learns from what happened in the workspace. */
  note(event: JsonObject): void {
    const { type, user, channel } = event;
    if (type === 'user_change' || type === 'team_join') {
      const changed = readUser(user);
      if (changed !== undefined) this.#know(changed);
    }
    if ((type === 'channel_rename' || type === 'group_rename') && isObject(channel)) {
      const { id, name } = channel;
      if (typeof id === 'string' && typeof name === 'string') this.#channels.set(id, this.#fresh(name));
    }
    if (type === 'emoji_changed') this.#emoji = undefined;
    if (type === 'subteam_created' || type === 'subteam_updated') this.#groups = undefined;
  }

  async #user(id: string, asking: Asking): Promise<Person | undefined> {
    if (id === slackbot) return { name: 'Slackbot', isBot: true };
    const known = this.#valueOf(this.#users.get(id));
    if (known !== undefined) return known;
    return this.#once(`user ${id}`, async () => {
      if (!isPersonId(id)) {
        const bot = await this.parts.people.bot(id, asking);
        const person = bot === undefined ? undefined : { name: cleanName(bot.name), isBot: true };
        if (person !== undefined) this.#users.set(id, this.#fresh(person));
        return person;
      }
      const user = await this.parts.people.user(id, asking);
      return user === undefined ? undefined : this.#know(user);
    });
  }

  #know(user: SlackUser): Person {
    const person = personOf(user);
    this.#users.set(user.id, this.#fresh(person));
    return person;
  }

  async #channel(id: string, { signal, timeoutMs }: Asking): Promise<string | undefined> {
    const known = this.#valueOf(this.#channels.get(id));
    if (known !== undefined) return known;
    const channel = await this.#once(`channel ${id}`, () => this.parts.conversations.info(id, signal, timeoutMs));
    if (channel?.name !== undefined) this.#channels.set(id, this.#fresh(channel.name));
    return channel?.name;
  }

  async #allGroups(asking: Asking): Promise<ReadonlyMap<string, string>> {
    const known = this.#valueOf(this.#groups);
    if (known !== undefined) return known;
    const groups = await this.#once('groups', () => this.parts.people.groups(asking));
    this.#groups = this.#fresh(groups);
    return groups;
  }

  /** One request, however many ask. */
  async #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const asked = (this.#asked.get(key) as Promise<T> | undefined) ?? ask();
    this.#asked.set(key, asked);
    try {
      return await asked;
    } finally {
      this.#asked.delete(key);
    }
  }

  /** Undefined where Slack does not tell it now: an event must not wait for it. */
  async #soon<T>(what: string, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      this.parts.log.debug({ account: this.parts.account, what, error }, 'a name cannot be had now');
      return undefined;
    }
  }

  #asking(signal: AbortSignal): Asking {
    return { signal, timeoutMs: this.parts.timeoutMs };
  }

  #fresh<T>(value: T): Known<T> {
    return { value, untilMs: this.parts.clock.monotonicMs() + this.parts.maxAgeMs };
  }

  /** Undefined where it is not known, or was asked too long ago. */
  #valueOf<T>(known: Known<T> | undefined): T | undefined {
    return known !== undefined && known.untilMs > this.parts.clock.monotonicMs() ? known.value : undefined;
  }
}

/** People are shown by the name that they chose, else by their own; deactivated ones keep theirs. */
function personOf({ id, name, real_name: realName, is_bot: isBot, profile = {} }: SlackUser): Person {
  const names = [profile.display_name, profile.real_name, realName, name];
  const shown = names.find((each) => each !== undefined && each.trim() !== '') ?? id;
  const address = profile.image_original ?? profile.image_512 ?? profile.image_192;
  // Slack draws a picture for whoever has none, and marks it with a g.
  const isOwn = profile.is_custom_image === true || (profile.avatar_hash?.startsWith('g') === false && isBot !== true);
  const picture =
    isOwn && address !== undefined ? { version: versionOf(profile.avatar_hash, address), address } : undefined;
  return {
    name: cleanName(shown),
    ...(isBot === true ? { isBot: true } : {}),
    ...(name === undefined ? {} : { handle: name }),
    ...(picture === undefined ? {} : { picture }),
  };
}

function versionOf(hash: string | undefined, address: string): string {
  return hash ?? Buffer.from(address).toString('base64url').slice(-pictureChars);
}

async function found<T extends object | string>(
  ids: readonly string[],
  find: (id: string) => Promise<T | undefined>,
): Promise<Record<string, T>> {
  const all: Record<string, T> = Object.create(null) as Record<string, T>;
  const told = await Promise.all(ids.map(async (id) => ({ id, what: await find(id) })));
  for (const { id, what } of told) if (what !== undefined) all[id] = what;
  return all;
}
