import type { UserRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { happened, one, personIn, personRef, type TalkReader } from './from-talk-row.js';
import type { StoredRow } from './talk.payloads.js';

export function memberChanged(stored: StoredRow, reader: TalkReader, kind: 'memberJoined' | 'memberLeft'): ReadResult {
  const { row } = stored;
  const { federated_user: federated, user, phone } = row.messageParameters;
  const parameter = federated ?? user ?? phone;
  if (parameter === undefined) return { ignored: `${row.systemMessage} without its person` };
  const member = personRef(stored, reader, personIn(parameter));
  // Whoever is in the room by our account is shown for themselves.
  if (member.standing === 'ours') return { ignored: `${row.systemMessage} of one of our own` };
  const base = { ...happened(stored, reader), member };
  // The same row tells of who declines and of who leaves.
  if (stored.neverCame === true) return { ignored: `${row.systemMessage}: an invitation that was not accepted` };
  if (kind === 'memberLeft') {
    const removed = stored.banned?.includes(member.id) === true ? 'banned' : 'removed';
    return one({ ...base, kind, how: base.actor.id === member.id ? 'left' : removed });
  }
  if (row.systemMessage === 'federated_user_added' && base.actor.id !== member.id) {
    return { ignored: 'federated_user_added: an invitation, of which its own row tells that it is accepted' };
  }
  return one({ ...base, kind });
}

export function roleChanged(stored: StoredRow, reader: TalkReader, role: 'moderator' | 'member'): ReadResult {
  const { row } = stored;
  const parameter = row.messageParameters['user'];
  if (parameter === undefined) return { ignored: `${row.systemMessage} without its person` };
  const member = personRef(stored, reader, personIn(parameter));
  if (member.standing === 'ours') return { ignored: `${row.systemMessage} of one of our own` };
  return one({ ...happened(stored, reader), kind: 'roleChanged', member, role });
}

/** Five at most are named where a call ends. */
export function peopleIn(stored: StoredRow, reader: TalkReader): UserRef[] {
  return Object.entries(stored.row.messageParameters)
    .filter(([name]) => /^user\d+$/.test(name))
    .map(([, parameter]) => personRef(stored, reader, personIn(parameter)));
}
