import type { BridgeEvent } from '../../model/bridge-event.js';
import type { UserRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { happened, one, personRef } from './from-matrix-happenings.js';
import { isModerator, mayWrite } from './from-matrix-power.js';
import { shownName } from './from-matrix-text.js';
import type { MatrixSelf } from './matrix.ids.js';
import { isObject, type JsonObject, readMember, type StoredEvent } from './matrix.payloads.js';

export function fromMember(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { event } = stored;
  const id = event.state_key ?? '';
  const { membership = '', displayname } = readMember(event.content);
  const before = readMember(event.unsigned?.prev_content ?? {});
  const wasIn = before.membership === 'join';
  if (self.users.isOurs(id)) return fromGhost(stored, self, membership, wasIn);
  const named = membership === 'join' ? displayname : before.displayname;
  const member = personRef(self, id, named);
  const base = { ...happened(stored, self), member };
  switch (membership) {
    case 'join':
      return wasIn ? { ignored: 'm.room.member: a changed profile' } : one({ ...base, kind: 'memberJoined' });
    case 'leave':
      if (!wasIn) return { ignored: 'm.room.member: leave of nobody who was in' };
      return one({ ...base, kind: 'memberLeft', how: event.sender === id ? 'left' : 'removed' });
    case 'ban':
      return wasIn ? one({ ...base, kind: 'memberLeft', how: 'banned' }) : { ignored: 'm.room.member: ban' };
    default:
      return { ignored: `m.room.member: ${membership}` };
  }
}

/** Somebody sees a ghost out: that is done to the person whom it stands for. */
function fromGhost(stored: StoredEvent, self: MatrixSelf, membership: string, wasIn: boolean): ReadResult {
  const { event } = stored;
  const person = self.users.personOf(event.state_key ?? '');
  const how = membership === 'ban' ? 'banned' : 'removed';
  const isSeenOut = wasIn && (membership === 'leave' || membership === 'ban') && event.sender !== event.state_key;
  if (person === undefined || !isSeenOut) return { ignored: `m.room.member: ${membership} of one of our own` };
  const { displayname } = readMember(event.unsigned?.prev_content ?? {});
  const member: UserRef = { ...person, name: shownName(displayname, person.id), standing: 'person' };
  return one({ ...happened(stored, self), kind: 'memberLeft', member, how });
}

/** Who became a moderator, or is one no longer, and whether people without any power may write. */
export function fromPowerLevels(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { event } = stored;
  const before = event.unsigned?.prev_content;
  if (event.state_key !== '' || before === undefined) return { ignored: 'm.room.power_levels that are the first' };
  const base = happened(stored, self);
  const roles = usersIn(before, event.content).flatMap((id): BridgeEvent[] => {
    const role = isModerator(event.content, id) ? 'moderator' : 'member';
    if ((role === 'moderator') === isModerator(before, id)) return [];
    const member = personSeen(self, id);
    return member === undefined ? [] : [{ ...base, kind: 'roleChanged', member, role }];
  });
  const isOpen = mayWrite(event.content);
  const writing: BridgeEvent[] =
    isOpen === mayWrite(before)
      ? []
      : [
          {
            ...base,
            kind: 'roomChanged',
            change: { of: 'writing', state: isOpen ? 'resumed' : 'stopped', why: 'readOnly' },
          },
        ];
  const events = [...roles, ...writing];
  return events.length === 0 ? { ignored: 'm.room.power_levels: nobody’s part changed' } : { events };
}

function usersIn(...levels: readonly JsonObject[]): string[] {
  return [...new Set(levels.flatMap(({ users }) => (isObject(users) ? Object.keys(users) : [])))];
}

/** A person of Matrix, or whom a ghost stands for. */
function personSeen(self: MatrixSelf, id: string): UserRef | undefined {
  if (!self.users.isOurs(id)) return personRef(self, id, undefined);
  const person = self.users.personOf(id);
  return person === undefined ? undefined : { ...person, name: person.id, standing: 'person' };
}
