import { cleanText } from '../../formatting/clean.js';
import { mapLink } from '../../formatting/location.js';
import { cleanName } from '../../formatting/names.js';
import type { MessageEdited, MessageSent } from '../../model/bridge-event.js';
import type { FileRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import type { RichText } from '../../model/rich-text.js';
import { happened, one, refTo } from './from-matrix-happenings.js';
import { locationOf } from './from-matrix-location.js';
import { asksNow, isPollStart } from './from-matrix-polls.js';
import { answeredBy, bodyOf, editedContent, fileIn, readableText, withoutReplyFallback } from './from-matrix-text.js';
import type { MatrixSelf } from './matrix.ids.js';
import {
  isObject,
  type JsonObject,
  readMessage,
  readRedaction,
  readRelation,
  type StoredEvent,
} from './matrix.payloads.js';

type Added = Pick<MessageEdited, 'filesAdded' | 'filesBefore'>;

export function fromMessage(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { content, event_id: id } = stored.event;
  const relation = readRelation(content);
  if (relation.rel_type === 'm.replace') return fromEdit(stored, self);
  const message = readMessage(content);
  if (message.msgtype === 'm.key.verification.request') return { ignored: `${message.msgtype}: for one person alone` };
  const inThread = relation.rel_type === 'm.thread' ? relation.event_id : undefined;
  const isAnswer = relation['m.in_reply_to'] !== undefined;
  const location = locationOf(content);
  const body: RichText =
    location === undefined
      ? bodyOf(message, isAnswer, pillsOf(stored, self), stored.mayCallAll === true)
      : [{ type: 'paragraph', content: [mapLink(location)] }];
  const file = fileIn(stored.event.type, content, self.account);
  if (body.length === 0 && file === undefined) return { ignored: `${stored.event.type} without a text` };
  const answered = answeredBy(content);
  const quoted = answered === undefined ? undefined : quotedIn(stored);
  return one({
    ...happened(stored, self),
    kind: 'messageSent',
    message: refTo(stored, self, id),
    body: stored.event.type === 'm.sticker' ? [] : body,
    files: file === undefined ? [] : [file],
    style: styleOf(message.msgtype),
    ...(location === undefined ? {} : { location }),
    ...(answered === undefined ? {} : { replyTo: refTo(stored, self, answered) }),
    ...(quoted === undefined ? {} : { quoted }),
    ...(inThread === undefined ? {} : { thread: refTo(stored, self, inThread) }),
  });
}

/** From the text itself, as older clients write it, or as the source found it. */
function quotedIn({ event, quoted }: StoredEvent): MessageSent['quoted'] {
  const inText = withoutReplyFallback(readableText(readMessage(event.content))).quoted ?? quoted;
  return inText === undefined ? undefined : { name: cleanName(inText.name), text: cleanText(inText.text) };
}

function pillsOf({ rooms = {} }: StoredEvent, self: MatrixSelf): Parameters<typeof bodyOf>[2] {
  return { ...self, rooms };
}

function styleOf(msgtype: string | undefined): MessageSent['style'] {
  if (msgtype === 'm.emote') return 'emote';
  return msgtype === 'm.notice' ? 'notice' : 'text';
}

/** Servers pass on an edit of anybody's message: only its author's counts. */
function fromEdit(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { content, sender } = stored.event;
  const target = readRelation(content).event_id;
  if (target === undefined) return { ignored: 'm.replace of nothing' };
  if (!self.users.isOurs(sender) && stored.editedSender !== sender) {
    return { ignored: 'm.replace by somebody else than the author' };
  }
  return saysNow(stored, target, self);
}

/** What a message says from now on: by an edit, or by itself again. */
function saysNow(stored: StoredEvent, target: string, self: MatrixSelf): ReadResult {
  const { content, type } = stored.event;
  const { rel_type: relation, 'm.in_reply_to': answers } = readRelation(content);
  const isEdit = relation === 'm.replace';
  const edited = isEdit ? editedContent(content) : readMessage(content);
  const body = bodyOf(edited, !isEdit && answers !== undefined, pillsOf(stored, self), stored.mayCallAll === true);
  const file = fileIn(type, isEdit ? editedFile(content) : content, self.account);
  if (body.length === 0 && file === undefined) return { ignored: 'm.replace without a text' };
  return one({
    ...happened(stored, self),
    kind: 'messageEdited',
    message: refTo(stored, self, target),
    body,
    ...(file === undefined ? {} : { files: [file] }),
    ...addedIn(stored, file),
    ...answeredIn(stored, self),
    style: styleOf(edited.msgtype),
    version: stored.order,
  });
}

function addedIn({ addedFile, editedFile }: StoredEvent, file: FileRef | undefined): Added {
  const isAdded = file !== undefined && editedFile === false;
  return {
    ...(isAdded ? { filesAdded: [{ place: addedFile ?? 0, file }] } : {}),
    ...(addedFile === undefined ? {} : { filesBefore: 'gone' }),
  };
}

function answeredIn(stored: StoredEvent, self: MatrixSelf): Pick<MessageSent, 'replyTo' | 'quoted'> {
  const { answered } = stored;
  if (answered === undefined) return {};
  const { event, name, text } = answered;
  return { replyTo: refTo(stored, self, event), quoted: { name: cleanName(name), text: cleanText(text) } };
}

function editedFile(content: JsonObject): JsonObject {
  const { 'm.new_content': replacement } = content;
  return isObject(replacement) ? replacement : content;
}

/** A redaction does not say what it redacts: where that was a reaction or a vote, the core knows it by its id. */
export function fromRedaction(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const target = readRedaction(stored.event.content).redacts ?? stored.event.redacts;
  if (target === undefined) return { ignored: 'm.room.redaction of nothing' };
  const { restored } = stored;
  if (restored === null) return { ignored: 'm.room.redaction of an edit, whose message is gone' };
  if (restored !== undefined) {
    // Whoever took the edit back: the words are their author's.
    const { event: message, senderName, ...standing } = restored;
    if (isPollStart(standing.type)) {
      return asksNow(standing, happened(stored, self), refTo(stored, self, message), stored.order);
    }
    return saysNow({ ...stored, senderName, event: { ...stored.event, ...standing } }, message, self);
  }
  return one({
    ...happened(stored, self),
    kind: 'messageDeleted',
    message: refTo(stored, self, target),
    version: stored.order,
  });
}
