import type { Clock } from '../../model/clock.js';
import { Abandoned, BridgeError } from '../../model/errors.js';
import type { AccountId, FileRef, UserId } from '../../model/ids.js';
import type { FileStream, UserProfile, WantedBytes } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { ConversationsApi } from './api/conversations.api.js';
import { type Asking, type PeopleApi, readUser } from './api/people.api.js';
import type { Wanted } from './from-slack.js';
import type { SlackClient } from './slack.client.js';
import { SlackDirectory } from './slack.directory.js';
import { fileGone } from './slack.errors.js';
import { aliasedTo, slackFileId, slackFileOf } from './slack.ids.js';
import type { EmojiNames } from './to-slack-inlines.js';
import { BoundedMap } from '../../model/bounded-map.js';
import { isObject, type JsonObject, type StoredEvent } from './slack.payloads.js';

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

const mostKnown = 10_000;
/** What could not be had is not asked for again at once: a busy channel would ask with every message. */
const unknownForMs = 60_000;
/** Slack gives names to pictures alone; so many names for names are a circle. */
const mostNames = 5;

/**
 * What ids are called. What changes is told by events; what was asked long ago is asked again, since events come to one replica
 * only, and is used for as long as it cannot be had anew.
 */
export class SlackPeople {
  readonly #directory: SlackDirectory;
  /** Undefined where nobody tells us. */
  readonly #channels = new BoundedMap<string, Known<string | undefined>>(mostKnown);
  readonly #asked = new Map<string, Promise<unknown>>();
  #groups: Known<ReadonlyMap<string, string> | undefined> | undefined;
  #emoji: Known<ReadonlyMap<string, string>> | undefined;
  #emojiAgainMs = -Infinity;

  constructor(private readonly parts: PeopleParts) {
    this.#directory = new SlackDirectory(parts);
  }

  /** Learns in the background who is in the workspace; ends without throwing. */
  fill(signal: AbortSignal): Promise<void> {
    return this.#directory.fill(signal);
  }

  /** The names of what an event mentions; what cannot be told in time is left out. People are waited for: they are shown by nothing else. */
  async namesOf(wanted: Wanted, signal: AbortSignal): Promise<NonNullable<StoredEvent['names']>> {
    const asking = this.#asking(signal);
    const [users, channels, groups, emoji] = await Promise.all([
      found([...wanted.users], async (id) => {
        const person = await this.#soon(`user ${id}`, () => this.#directory.find(id, signal));
        return person === undefined
          ? undefined
          : { name: person.name, ...(person.isBot === true ? { isBot: true } : {}) };
      }),
      found([...wanted.channels], (id) => this.#channel(id, asking)),
      found([...wanted.groups], async (id) => (await this.#allGroups(asking))?.get(id)),
      found([...wanted.emoji], async (name) => emojiCalled(name, await this.#emojiKnown(signal))),
    ]);
    // Whoever stops has not waited long enough to know nothing.
    if (signal.aborted) throw new Abandoned('stopped before the names were known', { certainty: 'notSent' });
    return { users, channels, groups, emoji };
  }

  /** The names of the workspace's own emoji, as far as they are known: a text does not wait for them. */
  customEmoji(signal: AbortSignal): Promise<EmojiNames> {
    return this.#emojiKnown(signal);
  }

  async #emojiKnown(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const { clock } = this.parts;
    const isTooSoon = this.#emojiAgainMs > clock.monotonicMs();
    const told = isTooSoon ? undefined : await this.#soon('emoji', () => this.#allEmoji(this.#asking(signal)));
    if (told === undefined && !isTooSoon) this.#emojiAgainMs = clock.monotonicMs() + unknownForMs;
    return told ?? this.#emoji?.value ?? new Map<string, string>();
  }

  /** The same, as Slack told them: what is not among them there is not. Throws a BridgeError where they cannot be had now. */
  toldEmoji(signal: AbortSignal): Promise<EmojiNames> {
    return this.#allEmoji({ signal });
  }

  async describe(id: UserId, signal: AbortSignal): Promise<UserProfile> {
    const person = await this.#directory.find(id, signal);
    if (person === undefined) return { name: id };
    const { name, handle, picture } = person;
    if (picture === undefined) return { name, ...(handle === undefined ? {} : { handle }) };
    const file: FileRef = {
      account: this.parts.account,
      id: slackFileId({ of: 'userAvatar', user: id, version: picture.version }),
      name: 'avatar',
      mime: 'image/png',
    };
    return { name, ...(handle === undefined ? {} : { handle }), avatar: { version: picture.version, file } };
  }

  /** Throws TargetGone for anything that is no file of ours to give. */
  async openFile({ id }: FileRef, signal: AbortSignal, wanted?: WantedBytes): Promise<FileStream> {
    const file = slackFileOf(id);
    if (file === undefined) throw fileGone();
    if (file.of === 'file') {
      const address = await this.parts.people.file(file.id, { signal });
      if (address === undefined) throw fileGone();
      return this.parts.client.open(address, 'own', signal, wanted);
    }
    if (file.of === 'emoji') return this.parts.client.open(file.address, 'emoji', signal);
    if (file.of === 'preview') return this.parts.client.open(file.address, 'own', signal, wanted);
    const person = await this.#directory.find(file.user, signal);
    if (person?.picture === undefined) throw fileGone();
    return this.parts.client.open(person.picture.address, 'public', signal);
  }

  /** Learns from what happened in the workspace. */
  note(event: JsonObject): void {
    const { type, user, channel } = event;
    if (type === 'user_change' || type === 'team_join') {
      const changed = readUser(user);
      if (changed !== undefined) this.#directory.know(changed);
    }
    if ((type === 'channel_rename' || type === 'group_rename') && isObject(channel)) {
      const { id, name } = channel;
      if (typeof id === 'string' && typeof name === 'string') this.#channels.set(id, this.#fresh(name));
    }
    if (type === 'emoji_changed') {
      this.#emoji = aged(this.#emoji);
      this.#emojiAgainMs = -Infinity;
    }
    if (type === 'subteam_created' || type === 'subteam_updated') this.#groups = aged(this.#groups);
  }

  async #channel(id: string, { signal, timeoutMs }: Asking): Promise<string | undefined> {
    const known = this.#channels.get(id);
    if (known !== undefined && this.#isFresh(known)) return known.value;
    const channel = await this.#soon(`channel ${id}`, () =>
      this.#once(`channel ${id}`, () => this.parts.conversations.info(id, signal, timeoutMs)),
    );
    const name = channel?.name ?? known?.value;
    this.#channels.set(id, channel?.name === undefined ? this.#unknown(name) : this.#fresh(name));
    return name;
  }

  async #allGroups(asking: Asking): Promise<ReadonlyMap<string, string> | undefined> {
    if (this.#groups !== undefined && this.#isFresh(this.#groups)) return this.#groups.value;
    const groups = await this.#soon('groups', () => this.#once('groups', () => this.parts.people.groups(asking)));
    this.#groups = groups === undefined ? this.#unknown(this.#groups?.value) : this.#fresh(groups);
    return this.#groups.value;
  }

  async #allEmoji(asking: Asking): Promise<ReadonlyMap<string, string>> {
    if (this.#emoji !== undefined && this.#isFresh(this.#emoji)) return this.#emoji.value;
    const emoji = await this.#once('emoji', () => this.parts.people.emoji(asking));
    this.#emoji = this.#fresh(emoji);
    return emoji;
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

  /** Nobody tells it now: what was told before is used on. */
  #unknown<T>(value: T): Known<T> {
    return { value, untilMs: this.parts.clock.monotonicMs() + unknownForMs };
  }

  #isFresh({ untilMs }: Known<unknown>): boolean {
    return untilMs > this.parts.clock.monotonicMs();
  }
}

/** What an emoji is; one that has another name for another name is what that one is. */
function emojiCalled(name: string, all: ReadonlyMap<string, string>): string | undefined {
  let value = all.get(name);
  for (let names = 0; names < mostNames; names += 1) {
    const next = value === undefined ? undefined : all.get(aliasedTo(value) ?? '');
    if (next === undefined) return value;
    value = next;
  }
  return undefined;
}

/** No longer believed, and used until it is had anew. */
function aged<T>(known: Known<T> | undefined): Known<T> | undefined {
  return known === undefined ? undefined : { value: known.value, untilMs: -Infinity };
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
