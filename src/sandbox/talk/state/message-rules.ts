import { Refusal } from '../refusal.js';
import { findMentions, type Mention } from './mentions.js';
import { countsAsUnread, emojiOf, type Message } from './message.js';
import { actorKey, type Actor, type ActorKey } from './actor.js';
import { isModerator, type Attendee, type Room } from './room.js';

const maxMessageLength = 32_000;

/** Whether it can be quoted. What bridges post in others' names cannot. */
export function isReplyable(message: Message): boolean {
  return countsAsUnread(message) && message.actor.type !== 'bridged';
}

/** Where mention permissions are 1, `@all` of anybody but a moderator stays text. */
export function mayMentionAll(room: Room, speaker: Attendee | undefined): boolean {
  return room.mentionPermissions === 0 || (speaker !== undefined && isModerator(speaker));
}

export function findReaction(message: Message, by: Actor, emoji: string): Message | undefined {
  return message.reactions.find((row) => emojiOf(row) === emoji && actorKey(row.actor) === actorKey(by));
}

/** Without blanks around it; its length counts characters, not bytes. Throws a Refusal: 400 `message` for blank, 413 for too long. */
export function checkedText(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') throw new Refusal(400, { error: 'message' });
  const isTooLong = trimmed.length > maxMessageLength && [...trimmed].length > maxMessageLength;
  if (isTooLong) throw new Refusal(413, { error: 'message' });
  return trimmed;
}

/** Remembers for whom the text is a mention. */
export function markMentions(room: Room, message: Message, text: string): void {
  for (const mention of findMentions(text)) {
    if (mention.kind === 'all' && message.mentionsAll) markAll(room, message);
    const attendee = room.attendees.get(mentionedKey(mention));
    if (attendee === undefined) continue;
    attendee.lastMention = message.id;
    attendee.lastDirectMention = message.id;
  }
}

function mentionedKey({ kind, id }: Mention): ActorKey {
  const written = id.slice(id.indexOf('/') + 1);
  switch (kind) {
    case 'user':
      return `users/${id}`;
    case 'federated_user':
      return `federated_users/${written}`;
    case 'guest':
      return `guests/${written}`;
    case 'email':
      return `emails/${written}`;
    case 'group':
    case 'team':
    case 'all':
      // Nobody is called so.
      return '';
  }
}

function markAll(room: Room, message: Message): void {
  for (const attendee of room.attendees.values())
    if (attendee.actor.type === 'users') attendee.lastMention = message.id;
}
