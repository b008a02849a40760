import { cleanText } from '../../formatting/clean.js';
import { type RoomRef, roomId, userId, type UserRef } from '../../model/ids.js';
import type { Inline, RichText } from '../../model/rich-text.js';
import { localpartOf, type MatrixSelf, parsePill } from './matrix.ids.js';
import { changeInlines } from '../../formatting/change-inlines.js';

/** What links of a message are read with. */
export interface Pills extends MatrixSelf {
  /** The ids of rooms that are named by aliases, as far as they are known. */
  readonly rooms: Readonly<Record<string, string>>;
}

/** A link to a user or a room as a mention; undefined where it is another link. `label`: the text of the link. */
export function mentionOf(href: string, label: string, pills: Pills): Inline | undefined {
  const pill = parsePill(href);
  if (pill === undefined) return undefined;
  if ('user' in pill) {
    const isUnnamed = label === '' || label === href || label === pill.user;
    const called = isUnnamed ? localpartOf(pill.user) : label.replace(/^@/, '');
    return { type: 'mention', of: { kind: 'person', user: personOf(pill.user, pills) }, label: oneLine(called) };
  }
  const called = label === '' || label === href ? pill.room : label;
  const room = roomOf(pill.room, pills);
  return { type: 'mention', of: { kind: 'room', room }, label: oneLine(called.replace(/^[#!]/, '')), url: href };
}

/** The same text, with every `@room` in it a mention of everybody: for writers who may and mean to call them. */
export function withEveryone(body: RichText): RichText {
  return changeInlines(body, (inline, isInLink) => {
    if (inline.type !== 'text' || isInLink) return [inline];
    const pieces = inline.text.split(/(?<![\p{L}\p{N}_@/.-])@room(?![\p{L}\p{N}_:-])/u);
    return pieces.flatMap((text, index): Inline[] => [
      ...(index === 0 ? [] : [everyone]),
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ]);
  });
}

const everyone: Inline = { type: 'mention', of: { kind: 'everyone' }, label: 'room' };

/** A ghost of ours stands for the person whose it is. */
function personOf(user: string, { account, users }: MatrixSelf): Pick<UserRef, 'account' | 'id'> {
  return users.personOf(user) ?? { account, id: userId(user) };
}

function roomOf(room: string, { account, rooms }: Pills): RoomRef {
  const known = Object.hasOwn(rooms, room) ? rooms[room] : undefined;
  return { account, id: roomId(known ?? room) };
}

function oneLine(label: string): string {
  return cleanText(label).replaceAll(/\s+/g, ' ').trim();
}
