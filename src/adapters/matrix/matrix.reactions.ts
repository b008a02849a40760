import { emojiForMatrix } from '../../formatting/emoji.js';
import type { ReactionAdded, ReactionRemoved } from '../../model/bridge-event.js';
import { type RemoteId, remoteId, type RoomId, type UserId } from '../../model/ids.js';
import type { DeliveryRequest } from '../../model/network-adapter.js';
import type { EventsApi } from './api/events.api.js';
import type { TimelineApi } from './api/timeline.api.js';
import { reactionLost, reactionRefused, targetRedacted } from './matrix.errors.js';
import { deliveryKeyIn, type OurUsers } from './matrix.ids.js';
import type { MatrixLookups } from './matrix.lookups.js';
import { type MatrixEvent, readRelation } from './matrix.payloads.js';
import { type MatrixWriter, withKey, writingOf } from './matrix.writer.js';

const type = 'm.reaction';

/** Puts reactions on messages and takes them back. */
export class MatrixReactions {
  constructor(
    private readonly users: OurUsers,
    private readonly events: EventsApi,
    private readonly timeline: TimelineApi,
    private readonly lookups: MatrixLookups,
    private readonly writer: MatrixWriter,
  ) {}

  /** One that is there already is told as made. Throws MessageRefused where the room does not let us react. */
  async add(request: DeliveryRequest<ReactionAdded>, signal: AbortSignal): Promise<void> {
    const { event, room } = request;
    const [target] = request.target;
    if (target === undefined) throw targetRedacted();
    await this.writer.assertWanted(room);
    const writing = writingOf(request, signal);
    const { user } = await this.writer.speaking(request, writing);
    const emoji = emojiForMatrix(event.emoji);
    const key = request.key(0);
    const content = withKey({ 'm.relates_to': { rel_type: 'm.annotation', event_id: target.id, key: emoji } }, key);
    const outcome = await this.writer.insist(room, user, type, writing, () =>
      this.events.annotate(room, content, { user, key, ...writing }),
    );
    if (outcome === 'refused') throw reactionRefused();
    if (outcome === 'duplicate') {
      const there = await this.#find(room, target.id, user, emoji, signal);
      if (there === undefined) throw reactionLost();
      const itsKey = deliveryKeyIn(there.content);
      request.onMade({ part: 0, id: remoteId(there.event_id), ...(itsKey === undefined ? {} : { key: itsKey }) });
      return;
    }
    this.lookups.noteSender(outcome.id, user);
    request.onMade({ part: 0, id: remoteId(outcome.id), key });
  }

  /** One that is not there is fine. */
  async remove(request: DeliveryRequest<ReactionRemoved>, signal: AbortSignal): Promise<void> {
    const { room } = request;
    await this.writer.assertWanted(room);
    const id = request.reaction?.id ?? (await this.#own(request, signal));
    if (id === undefined) {
      await this.writer.assertInRoom(room, signal);
      return;
    }
    await this.writer.redact(room, id, request.key(0), writingOf(request, signal));
  }

  async #own(request: DeliveryRequest<ReactionRemoved>, signal: AbortSignal): Promise<RemoteId | undefined> {
    const { event, room, speaker } = request;
    const [target] = request.target;
    if (event.emoji === undefined || target === undefined) return undefined;
    const user = speaker.as === 'ghost' ? this.users.ghostOf(speaker.person) : this.users.bot;
    const found = await this.#find(room, target.id, user, emojiForMatrix(event.emoji), signal);
    return found === undefined ? undefined : remoteId(found.event_id);
  }

  async #find(
    room: RoomId,
    target: RemoteId,
    user: UserId,
    emoji: string,
    signal: AbortSignal,
  ): Promise<MatrixEvent | undefined> {
    const related = { to: target, by: 'm.annotation', type } as const;
    let from: string | undefined;
    for (;;) {
      const page = await this.timeline.relations(room, { ...related, from }, signal);
      const found = page.events.find(({ content, sender }) => sender === user && readRelation(content).key === emoji);
      if (found !== undefined || page.end === undefined) return found;
      from = page.end;
    }
  }
}
