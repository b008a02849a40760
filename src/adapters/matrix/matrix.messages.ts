import type { MessageDeleted, MessageSent } from '../../model/bridge-event.js';
import { type RemoteId, remoteId, type RoomId } from '../../model/ids.js';
import type { DeliveryRequest } from '../../model/network-adapter.js';
import type { TimelineApi } from './api/timeline.api.js';
import type { MatrixSelf } from './matrix.ids.js';
import { type MatrixWriter, writingOf } from './matrix.writer.js';
import { toMatrix } from './to-matrix.js';

/** Says and unsays things. */
export class MatrixMessages {
  constructor(
    private readonly self: MatrixSelf,
    private readonly timeline: TimelineApi,
    private readonly writer: MatrixWriter,
  ) {}

  async say(request: DeliveryRequest<MessageSent>, signal: AbortSignal): Promise<void> {
    const { event, made, replyTo, room, thread } = request;
    await this.writer.assertWanted(room);
    const writing = writingOf(request, signal);
    const { user, voice } = await this.writer.speaking(request, writing);
    const contents = toMatrix(event, this.self, {
      voice,
      ...(replyTo === undefined ? {} : { replyTo: replyTo.id }),
      ...(thread === undefined ? {} : { thread: thread.id }),
    });
    for (const [part, content] of contents.entries()) {
      if (made.some((copy) => copy.part === part)) continue;
      const key = request.key(part);
      request.onMade({ part, id: await this.writer.say(room, user, content, key, writing), key });
    }
  }

  /**
   * With all that its edits said, which stays readable else; the message itself comes last, since a look goes by it.
   * What is deleted already is left as it is. Throws MessageRefused where the room does not let us.
   */
  async unsay(request: DeliveryRequest<MessageDeleted>, signal: AbortSignal): Promise<void> {
    const { room, target } = request;
    await this.writer.assertWanted(room);
    const writing = writingOf(request, signal);
    for (const { id, part } of target) {
      for (const edit of await this.#ourEditsOf(room, id, signal)) {
        await this.writer.redact(room, edit, request.key(part), writing);
      }
      await this.writer.redact(room, id, request.key(part), writing);
    }
  }

  async #ourEditsOf(room: RoomId, message: RemoteId, signal: AbortSignal): Promise<readonly RemoteId[]> {
    const related = { to: message, by: 'm.replace', type: 'm.room.message' } as const;
    const found: RemoteId[] = [];
    let from: string | undefined;
    do {
      const page = await this.timeline.relations(room, { ...related, from }, signal);
      const ours = page.events.filter(({ sender }) => this.self.users.isOurs(sender));
      found.push(...ours.map(({ event_id: id }) => remoteId(id)));
      from = page.end;
    } while (from !== undefined);
    return found;
  }
}
