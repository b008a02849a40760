import type { Hub } from './hub.js';
import { isMap, textOf, type Json } from './nextcloud-backend.js';

/** What a Nextcloud tells its signaling server of one room. */
export function applyRoomRequest(hub: Hub, token: string, request: Json): void {
  const type = textOf(request, 'type');
  const told = request[type];
  const map = isMap(told) ? told : {};
  switch (type) {
    case 'message':
      tellRoom(hub, token, {
        type: 'event',
        event: { target: 'room', type: 'message', message: { roomid: token, data: map['data'] } },
      });
      return;
    case 'invite':
    case 'disinvite':
      for (const user of textsIn(map['userids'])) {
        for (const session of hub.ofUser(user)) {
          hub.tell(session, { type: 'event', event: { target: 'roomlist', type, [type]: { roomid: token } } });
        }
      }
      return;
    case 'update': {
      const update = { roomid: token, properties: map['properties'] };
      for (const session of textsIn(map['userids']).flatMap((user) => hub.ofUser(user))) {
        hub.tell(session, { type: 'event', event: { target: 'roomlist', type, update } });
      }
      if (hub.describe(token, map['properties'])) tellRoom(hub, token, { type: 'room', room: update });
      return;
    }
    case 'delete':
      for (const session of hub.inRoom(token)) {
        hub.leave(session, 'by the word of Nextcloud');
        hub.tell(session, { type: 'room', room: { roomid: '' } });
      }
      return;
    case 'participants':
      tellRoom(hub, token, {
        type: 'event',
        event: { target: 'participants', type: 'update', update: { roomid: token, users: usersIn(hub, token, map) } },
      });
      return;
  }
}

/** With the sessions' ids on this server in place of Nextcloud's; those that are not here are left out. */
function usersIn(hub: Hub, token: string, { users }: Json): readonly Json[] {
  const sessions = new Map(hub.inRoom(token).map(({ roomSession, id }) => [roomSession, id]));
  return (Array.isArray(users) ? (users as unknown[]) : []).flatMap((user) => {
    const sessionId = sessions.get(textOf(user, 'sessionId'));
    return isMap(user) && sessionId !== undefined ? [{ ...user, sessionId }] : [];
  });
}

function tellRoom(hub: Hub, token: string, message: Json): void {
  for (const session of hub.inRoom(token)) hub.tell(session, message);
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
