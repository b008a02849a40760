import type { Note, PageFile, PageNote, PagePerson, PagePoll, PageReaction } from './page.types.js';
import type { SideMessage } from './side.js';
import { filled, shownMarkdown, type Fill } from './shown-markdown.js';
import { plainText } from './shown-text.js';
import type { ShownNode, ShownText } from './shown-text.types.js';
import { actorKey } from './talk/state/actor.js';
import { emojiOf, type Content, type Message, type SystemType } from './talk/state/message.js';
import type { Names } from './talk/state/names.js';
import { PollStatus, type Poll } from './talk/state/polls.js';
import type { Room } from './talk/state/room.js';
import { viewMessage } from './talk/view/message-view.js';
import { nameOf } from './talk/view/rich-objects.js';

/** What the service's own user writes of a person: who it was stands in front. */
const spokenFor = /^\*\*.+?\*\* \([^)\n]+\)/;

/** The rows that tell of a change to another one: clients show the change there. */
const shownElsewhere: ReadonlySet<SystemType> = new Set<SystemType>([
  'message_edited',
  'message_deleted',
  'reaction_revoked',
  'poll_voted',
  'thread_created',
  'thread_renamed',
]);

export interface TalkReading {
  readonly names: Names;
  readonly room: Room;
  /** The service's own user. */
  readonly bridge: string;
  /** The poll that a row shows. */
  pollOf(row: Message): Poll | undefined;
}

/** Pure: the row whose look changed with this one: itself, or the one that it is about. */
export function changedRow(row: Message): Message {
  const { content, parent } = row;
  const isAboutOther = content.kind === 'reaction' || content.kind === 'reaction_deleted' || isHidden(content);
  return isAboutOther && parent !== undefined ? parent : row;
}

/** Pure: a row as Talk's clients show it; undefined where they show none. */
export function talkEntry(reading: TalkReading, row: Message): SideMessage | PageNote | undefined {
  const { content } = row;
  const atMs = row.createdSeconds * 1000;
  switch (content.kind) {
    case 'reaction':
    case 'reaction_deleted':
      return undefined;
    case 'system':
      return isHidden(content)
        ? undefined
        : { kind: 'note', id: String(row.id), atMs, note: noteOf(reading, row, content) };
    case 'comment':
    case 'object':
    case 'file':
    case 'deleted':
      return messageOf(reading, row);
  }
}

function isHidden(content: Content): boolean {
  return content.kind === 'system' && shownElsewhere.has(content.type);
}

function messageOf(reading: TalkReading, row: Message): SideMessage {
  const { names, room, bridge } = reading;
  const { content, actor, parent, lastEdit, root } = row;
  const poll = reading.pollOf(row);
  const isGuest = actor.type === 'guests';
  const isBridged = isGuest || actor.id === bridge;
  const typed = content.kind === 'comment' ? content.text : undefined;
  return {
    kind: 'message',
    id: String(row.id),
    author: { id: actor.id, name: nameOf(names, room, actor) },
    origin: isBridged ? 'bridged' : 'here',
    atMs: row.createdSeconds * 1000,
    text: content.kind === 'deleted' ? null : textOf(reading, row),
    style: 'usual',
    isEdited: lastEdit !== undefined,
    reactions: reactionsTo(names, room, row),
    ...(content.kind === 'file' ? { files: [fileOf(content)] } : {}),
    ...(poll === undefined ? {} : { poll: shownPoll(reading, poll) }),
    ...(root?.thread === undefined ? {} : { thread: { first: String(root.id), title: root.thread.title } }),
    ...(typed === undefined || isBridged ? {} : { typed }),
    ...(parent === undefined ? {} : { answers: String(parent.id) }),
    ...(isBridged ? { isCopy: isGuest || typed === undefined || spokenFor.test(typed) } : {}),
    ...(row.referenceId === '' ? {} : { key: row.referenceId }),
  };
}

function fileOf({ file, messageType }: Extract<Content, { kind: 'file' }>): PageFile {
  const { id, name, mimetype: mime, data, picture: size } = file;
  return {
    id: String(id),
    name,
    mime,
    bytes: data.length,
    ...(messageType === 'voice-message' ? { isVoice: true } : {}),
    ...(size === undefined ? {} : { size }),
  };
}

function shownPoll({ names, room }: TalkReading, { text, status, votes }: Poll): PagePoll {
  const { question, options, resultMode, maxVotes } = text;
  return {
    question,
    options,
    maxVotes,
    results: resultMode === 0 ? 'shown' : 'hidden',
    state: status === PollStatus.closed ? 'over' : 'open',
    votes: [...votes.values()].map(({ actor, options: choices }) => ({
      person: { id: actor.id, name: nameOf(names, room, actor) },
      choices,
    })),
  };
}

function textOf({ names, room, pollOf }: TalkReading, row: Message): ShownText {
  const poll = pollOf(row);
  if (poll !== undefined) return [{ is: 'paragraph', of: [poll.text.question] }];
  const { text, parameters } = viewed(names, room, row);
  // Without words a file stands there itself.
  const isWordless = row.content.kind === 'file' && row.content.caption === '';
  const said = isWordless ? [] : shownMarkdown(text, fillFrom(parameters));
  // Whoever began a thread, it has its name above.
  return row.thread === undefined ? said : [{ is: 'heading', of: [`🧵 ${row.thread.title}`] }, ...said];
}

type Parameters = Readonly<Record<string, Readonly<Record<string, string>>>>;

function viewed(names: Names, room: Room, row: Message): { readonly text: string; readonly parameters: Parameters } {
  const { message, messageParameters } = viewMessage(names, room, row, 'users/', 'without parents');
  return {
    text: String(message),
    parameters: Array.isArray(messageParameters) ? {} : (messageParameters as Parameters),
  };
}

function fillFrom(parameters: Parameters): Fill {
  return (name): ShownNode | undefined => {
    const parameter = parameters[name];
    if (parameter === undefined) return undefined;
    const label = parameter['name'] ?? '';
    return name === 'file' || name === 'object' ? `📎 ${label}` : { is: 'mention', of: [`@${label}`] };
  };
}

function reactionsTo(names: Names, room: Room, row: Message): PageReaction[] {
  const byEmoji = new Map<string, PagePerson[]>();
  if (row.content.kind === 'deleted') return [];
  for (const reaction of row.reactions) {
    const { actor } = reaction;
    const people = byEmoji.get(emojiOf(reaction)) ?? [];
    people.push({ id: actor.id, name: nameOf(names, room, actor) });
    byEmoji.set(emojiOf(reaction), people);
  }
  return [...byEmoji].map(([emoji, by]) => ({ emoji, by }));
}

function noteOf({ names, room }: TalkReading, row: Message, content: Extract<Content, { kind: 'system' }>): Note {
  const actor = nameOf(names, room, row.actor);
  const { type, details } = content;
  const target = details.user === undefined ? '' : nameOf(names, room, details.user);
  const isSelf = details.user !== undefined && actorKey(details.user) === actorKey(row.actor);
  switch (type) {
    case 'conversation_created':
      return { what: 'created', actor };
    case 'conversation_renamed':
      return { what: 'renamed', actor, to: details.newName ?? '' };
    case 'description_set':
      return { what: 'described', actor, to: room.description };
    case 'avatar_set':
      return { what: 'pictured', actor };
    case 'history_cleared':
      return { what: 'cleared', actor };
    case 'user_added':
      return isSelf ? { what: 'joined', actor } : { what: 'added', actor, target };
    case 'user_removed':
      return isSelf ? { what: 'left', actor } : { what: 'removed', actor, target };
    case 'moderator_promoted':
      return { what: 'promoted', actor, target };
    default: {
      const { text, parameters } = viewed(names, room, row);
      const name = (key: string): string => parameters[key]?.['name'] ?? '';
      return { what: 'other', words: plainText(filled(text, (key) => name(key))) };
    }
  }
}
