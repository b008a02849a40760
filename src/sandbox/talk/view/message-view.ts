import type { Names } from '../state/names.js';
import { isReplyable } from '../state/message-rules.js';
import { emojiOf, rootOf, type Content, type Message, type Pin } from '../state/message.js';
import { actorKey, type Actor, type ActorKey } from '../state/actor.js';
import type { Room } from '../state/room.js';
import { fileParameter } from './file-view.js';
import { actorParameter, nameOf, placeMentions, roomIcon, type RichParameters } from './rich-objects.js';
import { mostNamed, systemText, type SystemReader } from './system-texts.js';

/** A message as one reader is shown it. `parent` comes only where it is asked for, one level deep. */
export function viewMessage(
  names: Names,
  room: Room,
  message: Message,
  reader: ActorKey,
  parents: 'with parents' | 'without parents' = 'with parents',
): Record<string, unknown> {
  const shown = viewContent(names, room, message, reader);
  const view: Record<string, unknown> = {
    id: message.id,
    token: room.token,
    actorType: message.actor.type,
    actorId: message.actor.id,
    actorDisplayName: nameOf(names, room, message.actor),
    timestamp: message.createdSeconds,
    message: shown.text,
    messageParameters: orEmptyList(shown.parameters),
    systemMessage: shown.systemMessage,
    messageType: shown.messageType,
    isReplyable: isReplyable(message),
    referenceId: message.referenceId,
    reactions: reactionCounts(message),
    expirationTimestamp: message.expiresSeconds,
    markdown: shown.systemMessage === '',
    threadId: rootOf(message).id,
  };
  const { thread } = rootOf(message);
  if (thread !== undefined) {
    view['isThread'] = true;
    view['threadTitle'] = thread.title;
    view['threadReplies'] = thread.replies;
  }
  const own = ownReactions(message, reader);
  if (own.length > 0) view['reactionsSelf'] = own;
  if (message.content.kind === 'deleted') view['deleted'] = true;
  if (message.silent) view['silent'] = true;
  if (message.lastEdit !== undefined) {
    view['lastEditActorType'] = message.lastEdit.by.type;
    view['lastEditActorId'] = message.lastEdit.by.id;
    view['lastEditActorDisplayName'] = nameOf(names, room, message.lastEdit.by);
    view['lastEditTimestamp'] = message.lastEdit.atSeconds;
  }
  if (message.pin !== undefined) view['metaData'] = viewPin(names, room, message.pin);
  if (parents === 'with parents' && message.parent !== undefined) {
    view['parent'] = viewMessage(names, room, message.parent, reader, 'without parents');
  }
  return view;
}

function viewPin(names: Names, room: Room, { by, atSeconds, untilSeconds }: Pin): Record<string, unknown> {
  return {
    pinnedActorType: by.type,
    pinnedActorId: by.id,
    pinnedActorDisplayName: nameOf(names, room, by),
    pinnedAt: atSeconds,
    ...(untilSeconds === 0 ? {} : { pinnedUntil: untilSeconds }),
  };
}

interface ShownContent {
  readonly text: string;
  readonly parameters: RichParameters;
  /** Empty for what people say. */
  readonly systemMessage: string;
  readonly messageType: string;
}

function viewContent(names: Names, room: Room, message: Message, reader: ActorKey): ShownContent {
  const { content, actor } = message;
  switch (content.kind) {
    case 'comment':
      return {
        ...placeMentions(names, room, content.text, message.mentionsAll),
        systemMessage: '',
        messageType: 'comment',
      };
    case 'object': {
      const isPoll = content.object['type'] === 'talk-poll';
      const object = isPoll ? content.object : { ...content.object, 'icon-url': roomIcon(names, room) };
      const parameters = { actor: actorParameter(names, room, actor), object };
      return { text: '{object}', parameters, systemMessage: '', messageType: 'comment' };
    }
    case 'file':
      return viewFile(names, room, message, content, reader);
    case 'deleted': {
      const parameters = { actor: actorParameter(names, room, content.by) };
      const by = actorKey(content.by);
      const who = by === reader ? 'you' : by === actorKey(actor) ? 'author' : '{actor}';
      return { text: `Message deleted by ${who}`, parameters, systemMessage: '', messageType: 'comment_deleted' };
    }
    case 'reaction':
      return { text: content.emoji, parameters: {}, systemMessage: 'reaction', messageType: 'system' };
    case 'reaction_deleted':
      return {
        text: 'Reaction deleted by author',
        parameters: {},
        systemMessage: 'reaction_deleted',
        messageType: 'system',
      };
    case 'system': {
      const { type, details } = content;
      const parameters: RichParameters = { ...content.details.objects };
      // Votes have no name.
      if (type !== 'poll_voted') parameters['actor'] = actorParameter(names, room, actor);
      const person = details.user;
      if (person !== undefined) parameters[personKey(person)] = actorParameter(names, room, person);
      for (const [index, one] of (details.people ?? []).slice(0, mostNamed).entries())
        parameters[`user${index + 1}`] = actorParameter(names, room, one);
      const text = ownDoingText(message, reader) ?? systemText(type, details, readerOf(message, reader));
      const named = actor.id === 'system' && actor.type === 'guests' ? text.replace('{actor}', 'System') : text;
      // Who called in vain is told of a call that was tried.
      const isOwnTry = type === 'call_missed' && actorKey(actor) === reader;
      return { text: named, parameters, systemMessage: isOwnTry ? 'call_tried' : type, messageType: 'system' };
    }
  }
}

function viewFile(
  names: Names,
  room: Room,
  message: Message,
  { file, caption, messageType }: Extract<Content, { kind: 'file' }>,
  reader: ActorKey,
): ShownContent {
  const actor = actorParameter(names, room, message.actor);
  if (!names.files.isShared(file, room)) {
    const who = reader === actorKey(message.actor) ? 'You' : '{actor}';
    const words = placeMentions(names, room, caption, message.mentionsAll);
    const text = `*${who} shared a file which is no longer available*${caption === '' ? '' : `\n\n${words.text}`}`;
    return { text, parameters: { actor, ...words.parameters }, systemMessage: '', messageType: 'comment' };
  }
  const placed = placeMentions(names, room, caption === '' ? '{file}' : caption, message.mentionsAll);
  const parameters = { actor, file: fileParameter(names, file, reader), ...placed.parameters };
  return { text: placed.text, parameters, systemMessage: '', messageType };
}

function personKey({ type }: Actor): string {
  return type === 'federated_users' ? 'federated_user' : 'user';
}

/** What somebody did to themselves: they joined or left. */
function ownDoingText(message: Message, reader: ActorKey): string | undefined {
  const { content, actor } = message;
  if (content.kind !== 'system' || content.details.user === undefined) return undefined;
  if (actorKey(content.details.user) !== actorKey(actor)) return undefined;
  const who = reader === actorKey(actor) ? 'You' : '{actor}';
  const invited = reader === actorKey(actor) ? 'You' : '{federated_user}';
  switch (content.type) {
    case 'user_added':
      return `${who} joined the conversation`;
    case 'user_removed':
      return `${who} left the conversation`;
    case 'federated_user_added':
      return `${invited} accepted the invitation`;
    case 'federated_user_removed':
      return `${invited} declined the invitation`;
    default:
      return undefined;
  }
}

function readerOf(message: Message, reader: ActorKey): SystemReader {
  // Guests are never spoken to as the ones who did it.
  const { type } = message.actor;
  if (actorKey(message.actor) === reader && (type === 'users' || type === 'federated_users')) return 'actor';
  const user = message.content.kind === 'system' ? message.content.details.user : undefined;
  return user !== undefined && actorKey(user) === reader ? 'target' : 'other';
}

function reactionCounts(message: Message): Record<string, number> {
  const counts: Record<string, number> = {};
  // A deletion drops the counts; the rows stay, so that a reader still sees their own.
  if (message.content.kind === 'deleted') return counts;
  for (const row of message.reactions) counts[emojiOf(row)] = (counts[emojiOf(row)] ?? 0) + 1;
  return counts;
}

function ownReactions(message: Message, reader: ActorKey): string[] {
  return message.reactions.filter((row) => actorKey(row.actor) === reader).map(emojiOf);
}

/** PHP writes an empty map as an empty list. */
function orEmptyList(parameters: RichParameters): RichParameters | [] {
  return Object.keys(parameters).length === 0 ? [] : parameters;
}

/** Who reacted with what, newest first, as the reaction endpoints answer. */
export function viewReactions(names: Names, room: Room, message: Message, only?: string): Record<string, unknown[]> {
  const byEmoji: Record<string, unknown[]> = {};
  for (const row of [...message.reactions].reverse()) {
    const emoji = emojiOf(row);
    if (only !== undefined && emoji !== only) continue;
    (byEmoji[emoji] ??= []).push({
      actorType: row.actor.type,
      actorId: row.actor.id,
      actorDisplayName: nameOf(names, room, row.actor),
      timestamp: row.createdSeconds,
    });
  }
  return byEmoji;
}
