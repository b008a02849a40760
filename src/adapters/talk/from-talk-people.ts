import type { BridgeEvent } from '../../model/bridge-event.js';
import { roomId, type AccountId } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { cleanName } from '../../formatting/names.js';
import { talkUserId } from './talk.ids.js';
import type { StoredPerson } from './talk.payloads.js';

/** Turns what one look at the people of a room found of one of them into what happened. Nobody else is known to have done it. */
export function fromPerson({ token, person }: StoredPerson, account: AccountId): ReadResult {
  const { type, id, name, is, at } = person;
  const member = { account, id: talkUserId(type, id), name: cleanName(name), standing: 'person' } as const;
  const base = {
    room: { account, id: roomId(token) },
    actor: member,
    at: new Date(at * 1000).toISOString(),
    member,
    found: 'later',
  } as const;
  return { events: [eventOf(is, base)] };
}

function eventOf(
  is: StoredPerson['person']['is'],
  base: Omit<Extract<BridgeEvent, { kind: 'memberJoined' }>, 'kind'>,
): BridgeEvent {
  switch (is) {
    case 'there':
      return { ...base, kind: 'memberJoined' };
    case 'gone':
      return { ...base, kind: 'memberLeft', how: 'left' };
    case 'moderator':
    case 'member':
      return { ...base, kind: 'roleChanged', role: is };
  }
}
