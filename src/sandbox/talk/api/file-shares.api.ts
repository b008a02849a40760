import { Refusal } from '../refusal.js';
import type { FileMessageType } from '../state/message.js';
import { mayChat } from '../state/room.js';
import { viewPublicShare, viewShare } from '../view/file-view.js';
import { asUser, type OcsRouter, type UserCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const publicShare = 3;
const roomShare = 10;
const voiceTypes = ['audio/mpeg', 'audio/wav', 'audio/x-wav'];

export function addFileShareRoutes(router: OcsRouter): void {
  router.add('POST', '/apps/files_sharing/api/v1/shares', asUser(share));
}

/** Shares a file by a link, or with a room, which is told by a message. A second time is refused, but the message is there all the same. */
function share(call: UserCall): Answer {
  const { talk, input, user } = call;
  const type = input.number('shareType');
  if (type !== roomShare && type !== publicShare) throw new Refusal(400, [], 'Unknown share type');
  const file = talk.files.entry(user.id, input.text('path'));
  if (file === undefined) throw new Refusal(404, [], 'Wrong path, file/folder does not exist');
  if (type === publicShare) return ok(viewPublicShare(call.names, talk.files.sharePublicly(file)));
  const room = talk.rooms.get(input.text('shareWith'));
  const attendee = room?.attendees.get(`users/${user.id}`);
  if (room === undefined || attendee === undefined) throw new Refusal(404, [], 'Conversation not found');
  if (room.readOnly === 1 || !mayChat(room, attendee)) throw new Refusal(403, [], 'Conversation not found');
  const meta = readMeta(input.text('talkMetaData'));
  const shared = talk.files.share(file, room);
  const messageType = typeOf(meta, file.mimetype);
  const content = { kind: 'file', file, caption: textOf(meta, 'caption').trim(), messageType } as const;
  talk.chat.say(room, attendee.actor, content, {
    referenceId: input.text('referenceId').slice(0, 64),
    replyTo: numberOf(meta, 'replyTo'),
    threadId: numberOf(meta, 'threadId'),
    threadTitle: textOf(meta, 'threadTitle'),
    silent: meta['silent'] === true,
    reservedSeconds: call.beganSeconds,
  });
  if (shared === undefined) throw new Refusal(403, [], 'Path is already shared with this conversation');
  return ok(viewShare(call.names, shared));
}

function readMeta(text: string): Record<string, unknown> {
  if (text === '') return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch (cause) {
    if (cause instanceof SyntaxError) return {};
    throw cause;
  }
}

/** Only sound is a voice message. */
function typeOf(meta: Record<string, unknown>, mimetype: string): FileMessageType {
  return meta['messageType'] === 'voice-message' && voiceTypes.includes(mimetype) ? 'voice-message' : 'comment';
}

function textOf(meta: Record<string, unknown>, name: string): string {
  const value = meta[name];
  return typeof value === 'string' ? value : '';
}

function numberOf(meta: Record<string, unknown>, name: string): number {
  const value = Number(meta[name] ?? 0);
  return Number.isInteger(value) ? value : 0;
}
