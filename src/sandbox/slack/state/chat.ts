import { randomUUID } from 'node:crypto';
import type { Ledger } from '../../ledger.js';
import { SlackError } from '../slack-error.js';
import { changedEvent, deletedEvent, mentionEvent, pinEvent, reactionEvent, saidEvent } from '../view/event-view.js';
import type { Look } from '../view/look.js';
import { viewMessage } from '../view/message-view.js';
import type { Channel } from './channel.js';
import { deliveryKeyOf } from './delivery-key.js';
import type { Happening } from './happening.js';
import type { JsonObject } from './json.js';
import { actorOf, isReply, type Author, type Content, type Message } from './message.js';
import { keptText, richTextOf } from './rich-text.js';
import { textOfBlocks } from './text-of-blocks.js';
import type { Timestamps } from './timestamps.js';

export interface SayOptions {
  readonly subtype?: string;
  /** The first message of the thread, or any reply in it. */
  readonly threadTs?: string;
  readonly isBroadcast?: boolean;
  readonly details?: JsonObject;
  readonly clientMsgId?: string;
}

/** Slack cuts what is longer. Source: https://docs.slack.dev/reference/methods/chat.postMessage */
const longestText = 40_000;
/** How many different emoji, and how many of one person, a message takes. */
const mostEmoji = 50;
const mostReactions = 23;
const mostPins = 100;

/** What is said, changed and felt in channels. Each write is whole when its call returns: message, ledger and what apps are told. */
export class Chat {
  constructor(
    private readonly timestamps: Timestamps,
    private readonly ledger: Ledger,
    private readonly look: () => Look,
    private readonly tell: (happening: Happening) => void,
  ) {}

  say(channel: Channel, author: Author, content: Content, options: SayOptions = {}): Message {
    const message = this.#made(channel, author, content, options);
    channel.add(message);
    for (const id of message.files) this.#share(id, channel, message);
    const key = deliveryKeyOf(message.metadata, message.blocks);
    this.ledger.add({
      kind: isState(message) ? 'state' : 'message',
      room: channel.id,
      id: message.ts,
      actor: actorOf(author),
      text: message.text === '' ? this.#fileNamesOf(message) : message.text,
      ...(key === undefined ? {} : { key }),
    });
    this.#tellOf(channel, saidEvent(this.look(), channel, message));
    if (!isState(message)) this.#tellMentioned(channel, message);
    return message;
  }

  /** Changes what is given of a message, in the name of `by`. */
  edit(channel: Channel, message: Message, by: string, content: Partial<Content>): Message {
    const previous = this.#shown(channel, message);
    const ts = this.timestamps.next();
    if (content.text !== undefined || content.blocks !== undefined) {
      message.text = textOf(content.text ?? '', content.blocks ?? []);
      message.blocks = content.blocks ?? richTextOf(message.text);
    }
    if (content.attachments !== undefined) message.attachments = content.attachments;
    const { files = message.files } = content;
    for (const id of files) if (!message.files.includes(id)) this.#share(id, channel, message);
    message.files = files;
    if (content.metadata !== undefined) {
      message.metadata = Object.keys(content.metadata).length === 0 ? undefined : content.metadata;
    }
    message.edited = editedBy(by, ts);
    this.ledger.add({ kind: 'edit', room: channel.id, id: ts, actor: by, text: message.text, target: message.ts });
    this.#tellOf(channel, changedEvent(this.look(), channel, { message, previous, ts }));
    return message;
  }

  /** What its subtype brings is other than it was: Slack itself changes it. */
  retell(channel: Channel, message: Message, details: JsonObject): void {
    const previous = this.#shown(channel, message);
    const ts = this.timestamps.next();
    message.details = details;
    message.edited = editedBy('USLACKBOT', ts);
    this.#tellOf(channel, changedEvent(this.look(), channel, { message, previous, ts }));
  }

  /** Previews of links, which are no edit. */
  unfurl(channel: Channel, message: Message, attachments: readonly JsonObject[]): void {
    const previous = this.#shown(channel, message);
    message.attachments = [...message.attachments, ...attachments.map((each, at) => ({ id: at + 1, ...each }))];
    this.#tellOf(channel, changedEvent(this.look(), channel, { message, previous, ts: this.timestamps.next() }));
  }

  /** A file of it is gone: it is shown as a stone, which is no edit. */
  withdraw(channel: Channel, message: Message): void {
    const previous = this.#shown(channel, message);
    this.#tellOf(channel, changedEvent(this.look(), channel, { message, previous, ts: this.timestamps.next() }));
  }

  /** The first message of a thread with replies stays, as a stone; with its last reply the stone goes too. */
  remove(channel: Channel, message: Message, by: string): void {
    const previous = this.#shown(channel, message);
    const ts = this.timestamps.next();
    this.ledger.add({ kind: 'deletion', room: channel.id, id: ts, actor: by, target: message.ts });
    if (!isReply(message) && channel.repliesTo(message.ts).length > 0) {
      message.isTombstone = true;
      message.text = 'This message was deleted.';
      message.blocks = [];
      message.attachments = [];
      message.files = [];
      message.reactions = [];
      message.metadata = undefined;
      message.edited = undefined;
      this.#tellOf(channel, changedEvent(this.look(), channel, { message, previous, ts }));
      return;
    }
    channel.remove(message);
    this.#tellOf(channel, deletedEvent(channel, { deletedTs: message.ts, previous, ts }));
    const root = message.threadTs === undefined ? undefined : channel.message(message.threadTs);
    if (root?.isTombstone === true && channel.repliesTo(root.ts).length === 0) channel.remove(root);
  }

  /** Throws SlackError `already_reacted`, `too_many_emoji`, `too_many_reactions`. */
  react(channel: Channel, message: Message, user: string, name: string): void {
    const known = message.reactions.find((reaction) => reaction.name === name);
    if (known?.users.includes(user) === true) throw new SlackError('already_reacted');
    if (known === undefined && message.reactions.length >= mostEmoji) throw new SlackError('too_many_emoji');
    const own = message.reactions.filter(({ users }) => users.includes(user)).length;
    if (own >= mostReactions) throw new SlackError('too_many_reactions');
    if (known === undefined) message.reactions.push({ name, users: [user] });
    else known.users.push(user);
    const ts = this.timestamps.next();
    this.ledger.add({ kind: 'reaction', room: channel.id, id: ts, actor: user, text: name, target: message.ts });
    this.#tellOf(channel, reactionEvent(channel, { type: 'reaction_added', user, name, message, ts }));
  }

  /** Throws SlackError `no_reaction`. */
  unreact(channel: Channel, message: Message, user: string, name: string): void {
    const known = message.reactions.find((reaction) => reaction.name === name);
    const at = known?.users.indexOf(user) ?? -1;
    if (known === undefined || at < 0) throw new SlackError('no_reaction');
    known.users.splice(at, 1);
    if (known.users.length === 0) message.reactions = message.reactions.filter((reaction) => reaction !== known);
    const ts = this.timestamps.next();
    this.ledger.add({ kind: 'reactionRemoval', room: channel.id, id: ts, actor: user, text: name, target: message.ts });
    this.#tellOf(channel, reactionEvent(channel, { type: 'reaction_removed', user, name, message, ts }));
  }

  /** Throws SlackError `already_pinned`, `not_pinnable`, `too_many_pins`. */
  pin(channel: Channel, message: Message, user: string): void {
    if (channel.pins.has(message.ts)) throw new SlackError('already_pinned');
    if (message.isTombstone) throw new SlackError('not_pinnable');
    if (channel.pins.size >= mostPins) throw new SlackError('too_many_pins');
    const ts = this.timestamps.next();
    channel.pins.set(message.ts, { user, atSeconds: Math.floor(Number(ts)) });
    this.ledger.add({ kind: 'state', room: channel.id, id: ts, actor: user, text: 'pin', target: message.ts });
    this.#tellOf(channel, pinEvent(this.look(), channel, { type: 'pin_added', user, message, ts }));
  }

  /** Throws SlackError `no_pin`. */
  unpin(channel: Channel, message: Message, user: string): void {
    if (!channel.pins.delete(message.ts)) throw new SlackError('no_pin');
    const ts = this.timestamps.next();
    this.ledger.add({ kind: 'state', room: channel.id, id: ts, actor: user, text: 'unpin', target: message.ts });
    this.#tellOf(channel, pinEvent(this.look(), channel, { type: 'pin_removed', user, message, ts }));
  }

  #made(channel: Channel, author: Author, content: Content, options: SayOptions): Message {
    const blocks = content.blocks ?? [];
    const text = textOf(content.text, blocks).slice(0, longestText);
    const isPlain = options.subtype === undefined;
    const root = options.threadTs === undefined ? undefined : channel.threadOf(options.threadTs)?.root.ts;
    return {
      ts: this.timestamps.next(),
      author,
      text,
      blocks: blocks.length > 0 || !isPlain ? blocks : richTextOf(text),
      attachments: content.attachments ?? [],
      files: content.files ?? [],
      metadata: content.metadata,
      edited: undefined,
      reactions: [],
      isBroadcast: options.isBroadcast === true && root !== undefined,
      isTombstone: false,
      ...(options.subtype === undefined ? {} : { subtype: options.subtype }),
      ...(root === undefined ? {} : { threadTs: root }),
      ...(options.details === undefined ? {} : { details: options.details }),
      ...(author.kind === 'person' && isPlain ? { clientMsgId: options.clientMsgId ?? randomUUID() } : {}),
    };
  }

  #fileNamesOf({ files }: Message): string {
    return files.map((id) => this.look().files.get(id)?.name ?? '').join(', ');
  }

  #share(fileId: string, channel: Channel, { ts }: Message): void {
    const file = this.look().files.get(fileId);
    file?.shares.set(channel.id, [...(file.shares.get(channel.id) ?? []), ts]);
  }

  /** Apps are told of mentions of their users, whoever mentions them. */
  #tellMentioned(channel: Channel, message: Message): void {
    const { workspaces } = this.look();
    for (const [, id = ''] of message.text.matchAll(/<@([UW][A-Z0-9]+)/g)) {
      const bot = workspaces.user(id)?.bot;
      // Direct messages to an app are no mentions.
      if (bot === undefined || channel.kind === 'im') continue;
      if (!channel.members.has(id) || actorOf(message.author) === bot.botId) continue;
      this.tell({
        event: mentionEvent(this.look(), channel, message),
        about: { kind: 'bot', botId: bot.botId },
      });
    }
  }

  #shown(channel: Channel, message: Message): JsonObject {
    return structuredClone(viewMessage(this.look(), channel, message));
  }

  #tellOf(channel: Channel, event: JsonObject): void {
    this.tell({ event: structuredClone(event), about: { kind: 'channel', channel } });
  }
}

/** To whole seconds. */
function editedBy(user: string, ts: string): NonNullable<Message['edited']> {
  return { user, ts: `${ts.slice(0, ts.indexOf('.'))}.000000` };
}

/** Without words of its own a message has those of its blocks. */
function textOf(text: string, blocks: readonly JsonObject[]): string {
  return text === '' && blocks.length > 0 ? textOfBlocks(blocks) : keptText(text);
}

/** What the channel tells of itself, in words of Slack's. */
function isState({ subtype }: Message): boolean {
  return subtype !== undefined && subtype !== 'me_message';
}
