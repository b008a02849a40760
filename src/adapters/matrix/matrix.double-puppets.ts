import type { ReadElsewhere } from '../../model/network-adapter.js';
import type { RoomsApi } from './api/rooms.api.js';
import { path } from './api/path.js';
import type { MatrixClient } from './matrix.client.js';
import { refusalError } from './matrix.errors.js';
import type { OurUsers } from './matrix.ids.js';

export interface DoublePuppetParts {
  /** Its token is that of the second registration. */
  readonly client: Pick<MatrixClient, 'call'>;
  /** As our own user, who is in the rooms. */
  readonly rooms: Pick<RoomsApi, 'membership'>;
  readonly users: Pick<OurUsers, 'bot' | 'isOurs'>;
  readonly serverName: string;
}

/**
 * Acts as the homeserver's own people, by a second registration that lets it: to whoever lends a login elsewhere it marks here as read what
 * they have read there. It does nothing else as them.
 */
export class DoublePuppets {
  constructor(private readonly parts: DoublePuppetParts) {}

  /** Why the homeserver does not let us, and what helps; undefined: it does. Our own user is one of those whom the registration names. */
  async fault(signal: AbortSignal): Promise<string | undefined> {
    const { client, users, serverName } = this.parts;
    const call = { method: 'GET', path: '/_matrix/client/v3/account/whoami', act: 'read', signal } as const;
    const answer = await client.call({ ...call, user: users.bot });
    if (!('refusal' in answer)) return undefined;
    const { status, errcode } = answer.refusal;
    if (status === 401) {
      return `what people have read elsewhere is not marked here: the homeserver does not know the token of doublePuppetToken (${errcode}); give it the file that \`crosstalk puppet-registration\` prints, and restart it`;
    }
    if (status === 403) {
      return `what people have read elsewhere is not marked here: the registration of doublePuppetToken does not let us act as people of ${serverName} (${errcode}); take the file that \`crosstalk puppet-registration\` prints, and restart the homeserver`;
    }
    throw refusalError(answer.refusal, 'login', 'read');
  }

  /** Nothing where they are of another homeserver, or not in the room: then there is nothing that they could have read. */
  async showRead({ room, person, message, how }: ReadElsewhere, signal: AbortSignal): Promise<void> {
    const { client, rooms, users, serverName } = this.parts;
    if (!person.endsWith(`:${serverName}`) || users.isOurs(person)) return;
    // A homeserver may take a mark of somebody who is not there.
    if ((await rooms.membership(room, person, signal)) !== 'join') return;
    const receipt = how === 'seen' ? 'm.read' : 'm.read.private';
    const answer = await client.call({
      method: 'POST',
      path: path`/_matrix/client/v3/rooms/${room}/read_markers`,
      body: { 'm.fully_read': message, [receipt]: message },
      user: person,
      act: 'repeatable',
      signal,
    });
    if ('refusal' in answer) throw refusalError(answer.refusal, 'room', 'repeatable');
  }
}
