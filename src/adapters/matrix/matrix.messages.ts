import type { MessageDeleted, MessageSent } from '../../model/bridge-event.js';
import type { DeliveryRequest } from '../../model/network-adapter.js';
import type { MatrixSelf } from './matrix.ids.js';
import { type MatrixWriter, writingOf } from './matrix.writer.js';
import { toMatrix } from './to-matrix.js';

/** Says and unsays things. */
export class MatrixMessages {
  constructor(
    private readonly self: MatrixSelf,
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

  /** What is deleted already is left as it is. Throws MessageRefused where the room does not let us. */
  async unsay(request: DeliveryRequest<MessageDeleted>, signal: AbortSignal): Promise<void> {
    await this.writer.assertWanted(request.room);
    const writing = writingOf(request, signal);
    for (const { id, part } of request.target) await this.writer.redact(request.room, id, request.key(part), writing);
  }
}
