import type { PollClosed, PollStarted, PollVoted } from '../../model/bridge-event.js';
import { VoteNotCast } from '../../model/errors.js';
import { remoteId, type RoomId, type UserId, userId } from '../../model/ids.js';
import { asLine } from '../../model/in-line.js';
import type { DeliveryRequest } from '../../model/network-adapter.js';
import type { EventsApi } from './api/events.api.js';
import type { Writing } from './api/account.api.js';
import { pollRefused, targetRedacted } from './matrix.errors.js';
import type { OurUsers } from './matrix.ids.js';
import type { MatrixLookups } from './matrix.lookups.js';
import type { MatrixMessages } from './matrix.messages.js';
import type { JsonObject } from './matrix.payloads.js';
import { type PollForm, pollTypes, standingForm } from './from-matrix-polls.js';
import { relationOf } from './to-matrix.js';
import { endContent, responseContent, startContent } from './to-matrix-polls.js';
import { type MatrixWriter, withKey, writingOf } from './matrix.writer.js';

/** Asks in Matrix what was asked elsewhere, votes, and ends polls. */
export class MatrixPolls {
  constructor(
    private readonly users: OurUsers,
    private readonly events: EventsApi,
    private readonly lookups: MatrixLookups,
    private readonly messages: MatrixMessages,
    private readonly writer: MatrixWriter,
  ) {}

  async start(request: DeliveryRequest<PollStarted>, signal: AbortSignal): Promise<void> {
    const { event, inLine, made, room, thread } = request;
    if (made.length > 0) return;
    await this.writer.assertWanted(room);
    const writing = writingOf(request, signal);
    const { user, voice } = await this.writer.speaking(request, writing);
    const question = voice.as === 'relay' ? `${voice.name} (${voice.networkLabel}): ${event.question}` : event.question;
    const placing = thread === undefined ? {} : { thread: await this.lookups.threadOf(room, thread.id, signal) };
    const content = { ...startContent({ ...event, question }), ...relationOf(placing, 0) };
    const id = await this.#send(request, user, pollTypes.unstable.start, content, writing);
    if (id !== 'refused') request.onMade({ part: 0, id: remoteId(id), key: request.key(0) });
    else if (inLine === undefined) throw pollRefused();
    else await this.messages.say(asLine(request, inLine), signal);
  }

  /** As the person's ghost. Throws VoteNotCast where there is none in the room: our own user has one vote for all. */
  async vote(request: DeliveryRequest<PollVoted>, signal: AbortSignal): Promise<void> {
    const { event, room } = request;
    await this.writer.assertWanted(room);
    const { form, id } = await this.#poll(request, signal);
    const writing = writingOf(request, signal);
    const { user, voice } = await this.writer.speaking(request, writing);
    if (voice.as !== 'ghost') throw new VoteNotCast('the room lets no ghost in');
    const content = responseContent(id, form, event.choices);
    const sent = await this.#send(request, user, pollTypes[form.dialect].response, content, writing);
    if (sent === 'refused') throw new VoteNotCast(`the room does not let ${user} vote in ${room}`);
  }

  /** As whoever asked, where that is one of ours; else our own user, where it moderates the room. Nobody else's word counts. */
  async end(request: DeliveryRequest<PollClosed>, signal: AbortSignal): Promise<void> {
    const { inLine, room } = request;
    await this.writer.assertWanted(room);
    const { form, id, sender } = await this.#poll(request, signal);
    const writing = writingOf(request, signal);
    const user = this.users.isOurs(sender) ? userId(sender) : this.users.bot;
    const mayEnd = user === sender || (await this.lookups.mayRedact(room, user, signal));
    const content = endContent(id, form.dialect);
    const ended = mayEnd ? await this.#send(request, user, pollTypes[form.dialect].end, content, writing) : 'refused';
    if (ended === 'refused' && inLine !== undefined) {
      await this.messages.say(asLine(request, inLine), signal);
    }
  }

  /** Throws TargetGone where it is gone, or was told in words. */
  async #poll(
    { room, target }: Pick<DeliveryRequest<PollVoted | PollClosed>, 'room' | 'target'>,
    signal: AbortSignal,
  ): Promise<{ readonly form: PollForm; readonly id: string; readonly sender: string }> {
    const [copy] = target;
    const event = copy === undefined ? undefined : await this.lookups.pollOf(room, copy.id, signal);
    const form = event === undefined ? undefined : standingForm(event);
    if (copy === undefined || event === undefined || form === undefined) throw targetRedacted();
    return { form, id: copy.id, sender: event.sender };
  }

  async #send(
    request: Pick<DeliveryRequest<PollStarted | PollVoted | PollClosed>, 'room' | 'key'>,
    user: UserId,
    type: string,
    content: JsonObject,
    writing: Writing,
  ): Promise<string> {
    const { room } = request;
    const key = request.key(0);
    const sent = await this.#insist(room, user, type, withKey(content, key), { ...writing, key });
    if (sent === 'refused') return sent;
    this.lookups.noteSender(sent.id, user);
    return sent.id;
  }

  #insist(
    room: RoomId,
    user: UserId,
    type: string,
    content: JsonObject,
    { key, ...writing }: Writing & { readonly key: string },
  ): Promise<{ readonly id: string } | 'refused'> {
    return this.writer.insist(room, user, type, writing, () =>
      this.events.send(room, type, content, { user, key, ...writing }),
    );
  }
}
