import { createHash } from 'node:crypto';
import { Refusal } from '../refusal.js';
import { readEmailList } from '../state/email-list.js';
import { RoomType } from '../state/room.js';
import { inRoom, talkApi, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

export function addEmailImportRoutes(router: OcsRouter): void {
  router.add('POST', `${talkApi}/v4/room/{token}/import-emails`, inRoom(['login', 'accountModerator'], importEmails));
}

/** Invites everybody of a list, or, as a trial, says whom it would. A list with a wrong line invites nobody: 400. */
function importEmails({ talk, room, attendee, input }: RoomCall): Answer {
  if (room.type !== RoomType.group && room.type !== RoomType.public) throw new Refusal(400, { error: 'room' });
  const list = readEmailList(input.file?.toString('utf8') ?? '');
  if (list.kind === 'fault') throw new Refusal(400, { error: list.error });
  const fresh = new Set<string>();
  let duplicates = 0;
  for (const { email } of list.rows) {
    const id = createHash('sha256').update(email).digest('hex');
    if (fresh.has(email) || room.attendees.has(`emails/${id}`)) duplicates += 1;
    else fresh.add(email);
  }
  if (list.invalidLines.length > 0) {
    const message = `Following lines are invalid: ${list.invalidLines.join(', ')}`;
    const invalid = { invalid: list.invalidLines.length, invalidLines: list.invalidLines };
    throw new Refusal(400, { error: message, message, invites: fresh.size, duplicates, ...invalid });
  }
  const wasPublic = room.type === RoomType.public;
  if (!input.flag('testRun')) for (const email of fresh) talk.conversations.addEmail(room, attendee.actor, email);
  const isPublic = (room.type as RoomType) === RoomType.public;
  return ok({ invites: fresh.size, duplicates, ...(isPublic && !wasPublic ? { type: room.type } : {}) });
}
