import { fileLine } from '../../formatting/named-files.js';
import type { MessageDeleted, MessageSent } from '../../model/bridge-event.js';
import { piecesOf, sayInPieces } from '../../model/file-parts.js';
import type { DeliveryRequest } from '../../model/network-adapter.js';
import type { MediaApi } from './api/media.api.js';
import type { MatrixSelf } from './matrix.ids.js';
import type { MatrixEmoji } from './matrix.emoji.js';
import type { MatrixLookups } from './matrix.lookups.js';
import type { JsonObject } from './matrix.payloads.js';
import type { FilePreviews } from './matrix.previews.js';
import type { MatrixRedactions } from './matrix.redactions.js';
import { type MatrixWriter, writingOf } from './matrix.writer.js';
import { type Placing, toMatrix, wordless } from './to-matrix.js';
import { asLocation } from './to-matrix-location.js';
import { withFile } from './to-matrix-files.js';

/** Says and unsays things. */
export class MatrixMessages {
  constructor(
    private readonly self: MatrixSelf,
    private readonly media: MediaApi,
    private readonly previews: FilePreviews,
    private readonly writer: MatrixWriter,
    private readonly lookups: Pick<MatrixLookups, 'threadOf'>,
    private readonly emoji: Pick<MatrixEmoji, 'shownIn'>,
    private readonly redactions: MatrixRedactions,
  ) {}

  async say(request: DeliveryRequest<MessageSent>, signal: AbortSignal): Promise<void> {
    const { event, made, replyTo, room } = request;
    await this.writer.assertWanted(room);
    const writing = writingOf(request, signal);
    const { user, voice } = await this.writer.speaking(request, writing);
    const thread = await this.#threadFor(request, signal);
    const placing: Placing = {
      voice,
      ...(replyTo === undefined ? {} : { replyTo: replyTo.id }),
      ...(thread === undefined ? {} : { thread }),
    };
    const say = async (part: number, content: JsonObject): Promise<void> => {
      const key = request.key(part);
      request.onMade({ part, id: await this.writer.say(room, user, content, key, writing), key });
    };
    const isWordless = event.body.length === 0 && event.files.length > 0;
    const { location } = event;
    const body = await this.emoji.shownIn(event.body, request, writing);
    const words = isWordless ? [] : toMatrix({ ...event, body, files: [] }, this.self, placing);
    const texts = location === undefined ? words : words.map((content) => asLocation(content, location));
    await sayInPieces(piecesOf(texts, event.files), new Set(made.map(({ part }) => part)), {
      text: say,
      file: async (part, file, caption = wordless(file, this.self, placing, part)) => {
        // First, so that the file's own connection does not wait for it.
        const preview = await this.previews.bring(
          file,
          (each, opening, mostBytes) => request.openFile(each, opening, mostBytes),
          user,
          writing,
        );
        const opened = await request.openFile(file, signal);
        const address = await this.media.uploadFile(opened, user, writing);
        await say(part, withFile(caption, file, opened, { address, preview }));
      },
      instead: async (part, file, line) => {
        const [content = {}] = toMatrix({ ...event, body: fileLine(file, line), files: [] }, this.self, placing);
        await say(part, content);
      },
    });
  }

  /** What is added to a message stands in the thread of that one, if it is in one. */
  async #threadFor(
    { room, thread, target }: Pick<DeliveryRequest<MessageSent>, 'room' | 'thread' | 'target'>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (thread !== undefined) return this.lookups.threadOf(room, thread.id, signal);
    const [addedTo] = target;
    if (addedTo === undefined) return undefined;
    const first = await this.lookups.threadOf(room, addedTo.id, signal);
    return first === addedTo.id ? undefined : first;
  }

  /** What is deleted already is left as it is. Throws MessageRefused where the room does not let us. */
  async unsay(request: DeliveryRequest<MessageDeleted>, signal: AbortSignal): Promise<void> {
    const { room, target } = request;
    await this.writer.assertWanted(room);
    const writing = writingOf(request, signal);
    for (const copy of target) await this.redactions.take(request, copy, writing);
  }
}
