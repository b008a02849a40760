import type { Note, PageFile, PageNote, PagePerson, PageReaction } from './page.types.js';
import { shownBlocks } from './shown-blocks.js';
import { shownRichText } from './shown-rich-text.js';
import { shownPlain } from './shown-text.js';
import type { ShownText } from './shown-text.types.js';
import type { SideMessage } from './side.js';
import { deliveryKeyOf } from './slack/state/delivery-key.js';
import { emojiOf } from './slack/state/emoji.js';
import type { Ephemeral } from './slack/state/ephemerals.js';
import { actorOf, isReply, type Author, type Message } from './slack/state/message.js';
import { richTextOf } from './slack/state/rich-text.js';

export interface SlackReading {
  /** Of people, channels and groups. */
  nameOf(id: string): string;
  /** Undefined where it was deleted. */
  file(id: string): PageFile | undefined;
  readonly creator: string;
  /** What a person typed; undefined where nobody did. */
  typed(ts: string): string | undefined;
}

/** Pure: what one person alone is shown. */
export function slackWhisper(reading: SlackReading, author: PagePerson, ephemeral: Ephemeral): SideMessage {
  const { ts, user, text, blocks, threadTs } = ephemeral;
  return {
    kind: 'message',
    id: ts,
    author,
    origin: 'bridged',
    atMs: atMsOf(ts),
    text: shownRichText(blocks.length > 0 ? blocks : richTextOf(text), (id) => reading.nameOf(id)),
    style: 'usual',
    isEdited: false,
    reactions: [],
    onlyFor: user,
    ...(threadTs === undefined ? {} : { answers: threadTs }),
  };
}

/** Pure: a message as Slack's clients show it; `isGone` where it was deleted. */
export function slackEntry(reading: SlackReading, message: Message, isGone = false): SideMessage | PageNote {
  const { subtype } = message;
  const isSaid = subtype === undefined || subtype === 'me_message' || message.isTombstone;
  return isSaid ? said(reading, message, isGone || message.isTombstone) : noted(reading, message);
}

function said(reading: SlackReading, message: Message, isGone: boolean): SideMessage {
  const { ts, author, threadTs, edited, metadata, blocks } = message;
  const isBridged = author.kind === 'app';
  const typed = isGone ? undefined : reading.typed(ts);
  const key = deliveryKeyOf(metadata, blocks);
  const pressed = isGone ? undefined : shownBlocks(blocks, (id) => reading.nameOf(id));
  const files = message.files.map((id) => reading.file(id)).filter((file) => file !== undefined);
  return {
    kind: 'message',
    id: ts,
    author: personOf(reading, author),
    origin: isBridged ? 'bridged' : 'here',
    atMs: atMsOf(ts),
    text: isGone ? null : textOf(reading, message),
    style: message.subtype === 'me_message' ? 'act' : 'usual',
    isEdited: edited !== undefined && !isGone,
    reactions: isGone ? [] : reactionsOf(reading, message),
    ...(files.length === 0 || isGone ? {} : { files }),
    ...(pressed === undefined ? {} : { blocks: pressed }),
    ...(typed === undefined || isBridged ? {} : { typed }),
    ...(threadTs === undefined || !isReply(message) ? {} : { answers: threadTs }),
    // Slack shows files in the app's own name.
    ...(isBridged ? { isCopy: author.username !== undefined || message.files.length > 0 } : {}),
    ...(key === undefined ? {} : { key }),
  };
}

function textOf(reading: SlackReading, { text, blocks }: Message): ShownText {
  if (blocks.length > 0) return shownRichText(blocks, (id) => reading.nameOf(id));
  return text === '' ? [] : shownPlain(text);
}

function reactionsOf(reading: SlackReading, { reactions }: Message): PageReaction[] {
  return reactions.map(({ name, users }) => ({
    emoji: emojiOf(name) ?? `:${name}:`,
    by: users.map((id) => ({ id, name: reading.nameOf(id) })),
  }));
}

/** An app speaks under many names; each is somebody else to whoever reads it. */
function personOf(reading: SlackReading, author: Author): PagePerson {
  if (author.kind === 'person' || author.username === undefined) {
    return { id: author.user, name: reading.nameOf(author.user) };
  }
  return { id: `${author.botId}/${author.username}`, name: author.username };
}

function noted(reading: SlackReading, message: Message): PageNote {
  return { kind: 'note', id: message.ts, atMs: atMsOf(message.ts), note: noteOf(reading, message) };
}

function noteOf(reading: SlackReading, message: Message): Note {
  const { author, details = {}, subtype = '' } = message;
  const actor = reading.nameOf(author.user);
  const detail = (name: string): string => (typeof details[name] === 'string' ? details[name] : '');
  switch (subtype.replace(/^(?:channel|group)_/, '')) {
    case 'join':
      if (author.user === reading.creator) return { what: 'created', actor };
      return detail('inviter') === ''
        ? { what: 'joined', actor }
        : { what: 'added', actor: reading.nameOf(detail('inviter')), target: actor };
    case 'leave':
      return { what: 'left', actor };
    case 'name':
      return { what: 'renamed', actor, to: detail('name') };
    case 'topic':
      return { what: 'described', actor, to: detail('topic') };
    case 'purpose':
      return { what: 'described', actor, to: detail('purpose') };
    default:
      return { what: 'other', words: `${reading.nameOf(actorOf(author))} ${message.text}` };
  }
}

function atMsOf(ts: string): number {
  return Math.floor(Number(ts) * 1000);
}
