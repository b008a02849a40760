import type { BridgeEvent, MessageEdited, MessageSent, ThreadChanged } from '../../model/bridge-event.js';
import { accountId, roomId, userId } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import type { RichText } from '../../model/rich-text.js';
import { changeInlines } from '../../formatting/change-inlines.js';
import { cleanText } from '../../formatting/clean.js';
import { toPlain } from '../../formatting/plain.js';
import { asBroadcast } from './from-talk-breakouts.js';
import { pollStarted } from './from-talk-polls.js';
import { happened, nameOf, one, onParent, refTo, standingOf, type TalkReader } from './from-talk-row.js';
import { bodyOf, captionOfGone, filesOf, locationIn, textOf } from './from-talk-text.js';
import { actorOf, editOrder } from './talk.ids.js';
import { isDeletedRow, type ChatRow, type ParentRow, type StoredRow } from './talk.payloads.js';

/** What was said with it stays; where nothing was, nothing stays. */
export function fileGone(
  stored: StoredRow,
  { version: number }: NonNullable<StoredRow['fileGone']>,
  reader: TalkReader,
): ReadResult {
  const { row } = stored;
  const base = { ...happened(stored, reader), message: refTo(stored, reader, row.id), version: String(number) };
  const caption = captionOfGone(row.message);
  if (caption === '') return one({ ...base, kind: 'messageDeleted' });
  const body = bodyIn({ ...row, message: caption }, stored, reader, 'apart');
  return one({ ...base, kind: 'messageEdited', body, filesGone: [0], style: 'text' });
}

export function messageSent(stored: StoredRow, reader: TalkReader): BridgeEvent {
  const { row, poll } = stored;
  const thread = threadOf(row);
  const inThread = thread === undefined ? {} : { thread: refTo(stored, reader, thread) };
  if (poll !== undefined) {
    const asked = pollStarted(poll, happened(stored, reader), refTo(stored, reader, row.id));
    return { ...asked, ...inThread, ...expiryOf(row) };
  }
  const base = happened(stored, reader);
  const location = base.actor.standing === 'ours' ? undefined : locationIn(row);
  return {
    ...base,
    kind: 'messageSent',
    message: refTo(stored, reader, row.id),
    // Our own words are bridged to nobody, and half of what a busy room shows is ours.
    body: base.actor.standing === 'ours' ? [] : saidIn(stored, reader),
    files: base.actor.standing === 'ours' ? [] : filesOf(row, row.messageType, reader.account),
    style: 'text',
    ...(location === undefined ? {} : { location }),
    ...answeredIn(row, row.parent, stored, reader),
    ...inThread,
    ...titleOf(row),
    ...(row.silent === true ? { attention: 'silent' } : {}),
    ...expiryOf(row),
  };
}

function expiryOf({ expirationTimestamp = 0 }: ChatRow): { readonly expiresAt?: string } {
  return expirationTimestamp === 0 ? {} : { expiresAt: new Date(expirationTimestamp * 1000).toISOString() };
}

/** Of the message that a thread began with. */
function titleOf(row: Pick<ParentRow, 'id' | 'isThread' | 'threadId' | 'threadTitle'>): { title?: string } {
  const isFirst = row.isThread === true && row.threadId === row.id;
  const title = isFirst ? cleanTitle(row.threadTitle) : '';
  return title === '' ? {} : { title };
}

function cleanTitle(title = ''): string {
  return cleanText(title).replaceAll(/\s+/g, ' ').trim();
}

function saidIn(stored: StoredRow, reader: TalkReader): MessageSent['body'] {
  const body = bodyIn(stored.row, stored, reader, 'apart');
  return stored.isBroadcast === true ? asBroadcast(body) : body;
}

/** A quote carries a thread's id too; only `isThread` means one. */
function threadOf({ id, isThread, threadId }: Pick<ParentRow, 'id' | 'isThread' | 'threadId'>): number | undefined {
  return isThread === true && threadId !== id ? threadId : undefined;
}

/** A message in a thread has the thread's first message as its parent, whether it quotes that or not. */
function answeredIn(
  row: Pick<ParentRow, 'id' | 'isThread' | 'threadId'>,
  parent: ParentRow | undefined,
  stored: StoredRow,
  reader: TalkReader,
): Pick<MessageSent, 'replyTo' | 'quoted'> {
  if (parent === undefined || parent.deleted === true || parent.id === threadOf(row)) return {};
  return { replyTo: refTo(stored, reader, parent.id), ...quotedIn(parent, stored, reader) };
}

/** The beginning of what is answered, where the row says so. */
function quotedIn(parent: ParentRow, stored: StoredRow, reader: TalkReader): Pick<MessageSent, 'quoted'> {
  if (parent.message === undefined || parent.actorDisplayName === undefined) return {};
  const { actorType: type = '', actorId: id = '', actorDisplayName: name } = parent;
  const text = toPlain(bodyIn(textIn(parent), stored, reader));
  return { quoted: { name: nameOf({ type, id, name }), text } };
}

/** A guest of ours is mentioned as whoever it speaks for, and our account, which is nobody elsewhere, by its name. */
function bodyIn(
  text: Parameters<typeof bodyOf>[0],
  stored: StoredRow,
  { account }: TalkReader,
  files?: Parameters<typeof bodyOf>[3],
): RichText {
  const body = bodyOf(text, account, roomId(stored.token), files);
  const { guests = {}, self } = stored;
  return changeInlines(body, (inline) => {
    if (inline.type !== 'mention' || inline.of.kind !== 'person' || inline.of.user.account !== account) return [inline];
    const { type, id } = actorOf(inline.of.user.id);
    if (type === 'users' && id === self) return [{ type: 'text', text: `@${inline.label}` }];
    const owner = type === 'guests' && Object.hasOwn(guests, id) ? guests[id] : undefined;
    if (owner === undefined) return [inline];
    return [{ ...inline, of: { kind: 'person', user: { account: accountId(owner.account), id: userId(owner.id) } } }];
  });
}

function textIn({ message = '', messageParameters = {}, markdown }: ParentRow): Parameters<typeof bodyOf>[0] {
  return { message, messageParameters, markdown };
}

/** The text that an edit made is the parent's text at the time of reading. */
export function edited(stored: StoredRow, reader: TalkReader): ReadResult {
  const { parent } = stored.row;
  if (parent?.message === undefined) return { ignored: 'message_edited without its message' };
  if (parent.deleted === true || isDeletedRow(parent)) {
    return { ignored: 'message_edited of a deleted message' };
  }
  return onParent(stored, reader, (message) => ({
    kind: 'messageEdited',
    message,
    ...wordsOf(parent, stored, reader),
    ...answeredIn(parent, stored.answered, stored, reader),
    ...titleOf(parent),
    version: String(editOrder({ id: stored.row.id, seconds: stored.row.timestamp })),
  }));
}

/** What a row says by now, with the files that the words are about. */
function wordsOf(
  row: ParentRow,
  stored: StoredRow,
  reader: TalkReader,
): Pick<MessageEdited, 'body' | 'files' | 'style'> {
  const text = textIn(row);
  const body = bodyIn(text, stored, reader, 'apart');
  const files = filesOf(text, row.messageType, reader.account);
  return { body, ...(files.length === 0 ? {} : { files }), style: 'text' };
}

/** The row of a thread's first message may be read before the server has made its thread: `thread_created` tells of it in either case. */
export function threadNamed(stored: StoredRow, reader: TalkReader): ReadResult {
  const { row } = stored;
  // Read late, the first message says what the thread is called by now.
  const title = cleanTitle(row.parent?.threadTitle ?? textOf(row.messageParameters['title'], 'name'));
  if (title === '') return { ignored: `${row.systemMessage} without a title` };
  return onParent(stored, reader, (thread) => ({ kind: 'threadChanged', thread, title, ...firstIn(stored, reader) }));
}

/** What the first message says, where that is not what we said for somebody of another network. */
function firstIn(stored: StoredRow, reader: TalkReader): Pick<ThreadChanged, 'first'> {
  const { parent } = stored.row;
  if (parent?.message === undefined || parent.deleted === true || isDeletedRow(parent)) return {};
  const { actorType: type = '', actorId: id = '', actorDisplayName: name = '' } = parent;
  if (standingOf({ type, id, name }, stored) === 'ours') return {};
  return { first: wordsOf(parent, stored, reader) };
}
