import { roomId, userId } from '../../model/ids.js';
import type { Log } from '../../model/network-definition.js';
import { type CommandAnswer, isLinkVerb, isVerb, type RoomCommand } from '../../model/room-command.js';
import { isDirectId, type SlackSelf } from './slack.ids.js';
import { BoundedMap } from '../../model/bounded-map.js';
import type { JsonObject } from './slack.payloads.js';

export interface CommandsParts {
  /** The slash command, with its slash. */
  readonly command: string;
  readonly appName: string;
  /** Members who may see to links. */
  readonly operators: readonly string[];
  readonly log: Log;
  self(): SlackSelf | undefined;
  /** Whether people talk there in private, which the channel's id does not tell of several. */
  isPrivate(channel: string): Promise<boolean>;
  run(call: RoomCommand): Promise<CommandAnswer>;
}

export interface AskedBy {
  readonly user: string;
  readonly channel: string;
  /** What Slack calls the channel, where it says so. */
  readonly channelName?: string;
  readonly text: string;
}

const mostHeard = 1000;

/** What members ask for by the slash command, or by a mention of the app that begins with one of its words. */
export class SlackCommands {
  /** A mention may be told several times. */
  readonly #heard = new BoundedMap<string, true>(mostHeard);

  constructor(private readonly parts: CommandsParts) {}

  /** What is answered, for the member alone; also where it fails. */
  async answer({ user, channel, channelName, text }: AskedBy, prefix = this.parts.command): Promise<string> {
    const refused = `This is a private conversation, which cannot be linked. Say \`${prefix}\` in a channel.`;
    const words = wordsOf(text);
    const verb = words[0] ?? '';
    const by = { id: userId(user), mayLink: this.parts.operators.includes(user) };
    if (by.mayLink && isLinkVerb(verb) && isPrivate(channel, channelName)) return refused;
    try {
      // A mention does not name its channel.
      if (by.mayLink && verb.toLowerCase() === 'link' && (await this.parts.isPrivate(channel))) return refused;
      return (await this.parts.run({ room: roomId(channel), by, words, prefix })).says;
    } catch (error) {
      this.parts.log.warn({ channel, error }, 'a command failed');
      return 'That cannot be done just now: try again in a moment.';
    }
  }

  /** What a mention asks for; undefined where it is talk. */
  inMention(event: JsonObject): AskedBy | undefined {
    const { user, channel, text, ts } = event;
    const self = this.parts.self();
    if (self === undefined || typeof user !== 'string' || typeof channel !== 'string') return undefined;
    if (typeof text !== 'string' || typeof ts !== 'string') return undefined;
    const words = commandIn(text, self);
    if (words === undefined) return undefined;
    const key = `${channel} ${ts}`;
    if (this.#heard.get(key) === true) return undefined;
    this.#heard.set(key, true);
    return { user, channel, text: words.join(' ') };
  }

  get mentionPrefix(): string {
    return `@${this.parts.appName}`;
  }
}

/** Pure: the words behind a mention of the app, where they are a command; undefined where they are talk. */
export function commandIn(text: string, self: Pick<SlackSelf, 'user'>): readonly string[] | undefined {
  const [mention = '', mentioned] = /^\s*<@([A-Z0-9]+)(?:\|[^>]*)?>/u.exec(text) ?? [];
  if (mentioned !== self.user) return undefined;
  const words = wordsOf(text.slice(mention.length));
  return isVerb(words[0] ?? '') ? words : undefined;
}

/** Between people, or with the app. Source: docs.slack.dev, "Slash commands", on `channel_name`. */
function isPrivate(channel: string, name = ''): boolean {
  return isDirectId(channel) || name === 'directmessage' || name.startsWith('mpdm-');
}

/** Slack shows addresses and names of rooms as links: what was typed is what they show. */
function wordsOf(text: string): string[] {
  return text
    .replaceAll(/<(?:https?:\/\/[^|>]*|mailto:[^|>]*)\|([^>]*)>/gu, '$1')
    .replaceAll(/<(https?:\/\/[^>]*)>/gu, '$1')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .split(/\s+/u)
    .filter((word) => word !== '');
}
