import type { BridgeEvent } from '../../model/bridge-event.js';
import { type RemoteId, remoteId, type RoomId } from '../../model/ids.js';
import type { Copy, DeliveryRequest } from '../../model/network-adapter.js';
import type { Writing } from './api/account.api.js';
import type { TimelineApi } from './api/timeline.api.js';
import type { OurUsers } from './matrix.ids.js';
import type { MatrixWriter } from './matrix.writer.js';

type Request = Pick<DeliveryRequest<BridgeEvent>, 'room' | 'key'>;

/** Takes back what we said, with what edits made of it: each stays readable else. */
export class MatrixRedactions {
  constructor(
    private readonly timeline: TimelineApi,
    private readonly users: OurUsers,
    private readonly writer: MatrixWriter,
  ) {}

  /** The message itself comes last, since a look goes by it. */
  async take(request: Request, copy: Copy, writing: Writing): Promise<void> {
    await this.takeEdits(request, copy, writing);
    await this.writer.redact(request.room, copy.id, request.key(copy.part), writing);
  }

  /** Of what stands there no more. */
  async takeEdits({ room, key }: Request, { id, part }: Copy, writing: Writing): Promise<void> {
    for (const edit of await this.#ourEditsOf(room, id, writing.signal)) {
      await this.writer.redact(room, edit, key(part), writing);
    }
  }

  async #ourEditsOf(room: RoomId, message: RemoteId, signal: AbortSignal): Promise<readonly RemoteId[]> {
    const related = { to: message, by: 'm.replace', type: 'm.room.message' } as const;
    const found: RemoteId[] = [];
    let from: string | undefined;
    do {
      const page = await this.timeline.relations(room, { ...related, from }, signal);
      const ours = page.events.filter(({ sender }) => this.users.isOurs(sender));
      found.push(...ours.map(({ event_id: id }) => remoteId(id)));
      from = page.end;
    } while (from !== undefined);
    return found;
  }
}
