import type { BridgeEvent, PollClosed, PollStarted, PollVoted } from '../../model/bridge-event.js';
import { BridgeError, MessageRefused, RoomClosed, TargetGone, VoteNotCast } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import { orInLine } from '../../model/in-line.js';
import type { Copy, Deliver, DeliveryRequest, Speaker } from '../../model/network-adapter.js';
import { cleanName } from '../../formatting/names.js';
import { pollEndpoints } from './api/polls.endpoints.js';
import type { NewPoll } from './api/polls.js';
import { refusalOf } from './api/refused.js';
import { reasoned, type Writing } from './talk.posting.js';
import { pollHidden } from './talk.errors.js';
import { rowIdOf, talkMessageId } from './talk.ids.js';
import { pollNamedIn } from './talk.poll-payloads.js';
import type { PollStore } from './talk.poll-store.js';
import type { Voice, VoiceKind } from './talk.voices.js';

/** So many rows may have been stored since a poll of ours was, before its answer came. */
const justMade = 100;

export interface PollParts {
  readonly writing: Writing;
  readonly polls: PollStore;
  /** How what is told in words is said. */
  readonly lines: Deliver<'messageSent'>;
}

/** Asks in Talk what was asked elsewhere; what the room does not take as a poll is told in words. */
export class PollDelivery implements Deliver<'pollStarted'> {
  readonly repeat = 'look';

  constructor(private readonly parts: PollParts) {}

  async send(request: DeliveryRequest<PollStarted>, signal: AbortSignal): Promise<void> {
    const { room: token, speaker, event, made } = request;
    if (made.length > 0) return;
    const { client, voices, authors } = this.parts.writing;
    const key = request.key(0);
    const inThread = await this.#threadOf(request, signal);
    const make = async (voice: Voice): Promise<{ id: number; voice: Voice }> => {
      const asked = { ...pollFor(event, speaker, voice.as), ...inThread };
      await this.parts.polls.making(token, asked, key, voice.as === 'own' ? voice.actor : undefined);
      const id = await reasoned(voice, { client, token, signal, beyondChat: 'ask something in a poll' }, () =>
        voice.polls.create(token, asked, () => request.beforeSend(), signal),
      );
      return { id, voice };
    };
    await orInLine(request, this.parts.lines, signal, async () => {
      const { id, voice } = await voices.speak(token, speaker, signal, make);
      const copy = { part: 0, id: talkMessageId(await this.#rowOf(token, id, signal)), key };
      authors.note(token, copy, voice);
      request.onMade(copy);
    });
  }

  /** Talk opens a thread with words alone: where there is none yet, the poll stands in the room. */
  async #threadOf(
    { room, thread }: DeliveryRequest<PollStarted>,
    signal: AbortSignal,
  ): Promise<Pick<NewPoll, 'threadId'>> {
    const place = thread === undefined ? undefined : await this.parts.writing.threads.placeOf(room, thread, signal);
    return place !== undefined && 'threadId' in place ? place : {};
  }

  /** The answer names the poll, and not the message that shows it. */
  async #rowOf(room: RoomId, poll: number, signal: AbortSignal): Promise<number> {
    const { rows } = await this.parts.writing.client.chat.readBack(room, { limit: justMade }, signal).catch(
      // It was made: what became of it is to be looked for.
      (error: unknown) => {
        throw pollHidden(error);
      },
    );
    const row = rows.find((each) => {
      const named = pollNamedIn(each);
      return named?.isShown === true && named.id === poll;
    });
    if (row === undefined) throw pollHidden();
    await this.parts.polls.learn(room, poll, row.id);
    return row.id;
  }
}

/** Pure: a poll as it is asked for somebody. Our account has the name in the question: it asks for many. */
export function pollFor(
  { question, options, results, maxVotes }: PollStarted,
  { profile, person, networkLabel }: Pick<Speaker, 'profile' | 'person' | 'networkLabel'>,
  as: VoiceKind,
): NewPoll {
  const isNamed = as === 'own' || as === 'guest';
  const name = cleanName(profile.name || person.name);
  return {
    question: (isNamed ? question : `${name} (${networkLabel}): ${question}`).trim(),
    options: options.map((option) => option.trim()),
    resultMode: results === 'hidden' ? 1 : 0,
    maxVotes: maxVotes >= options.length ? 0 : maxVotes,
  };
}

/** Votes as the person, where the person is there by themselves: our account has one vote for all. */
export class VoteDelivery implements Deliver<'pollVoted'> {
  readonly repeat = 'harmless';

  constructor(private readonly parts: Omit<PollParts, 'lines'>) {}

  async send(request: DeliveryRequest<PollVoted>, signal: AbortSignal): Promise<void> {
    const { room: token, speaker, event } = request;
    const poll = await pollOf(this.parts.writing, request, signal);
    await this.parts.writing.voices.speak(token, speaker, signal, (voice) =>
      this.#vote(voice, poll, request, event.choices, signal),
    );
  }

  async #vote(
    { as, actor, polls }: Voice,
    poll: number,
    request: DeliveryRequest<PollVoted>,
    choices: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    const { room, speaker } = request;
    const { polls: store } = this.parts;
    const { person } = speaker;
    if ((as !== 'own' && as !== 'guest') || actor === undefined) throw new VoteNotCast('our account votes for nobody');
    const voter = { type: as === 'own' ? 'users' : 'guests', id: actor };
    const before = await store.voterOf(room, poll, person);
    // What another actor chose stands, and would be counted beside.
    if (before !== undefined && (before.type !== voter.type || before.id !== voter.id)) {
      throw new VoteNotCast('the person voted as somebody else before, who is gone');
    }
    if (before === undefined) await store.votes(room, poll, person, voter);
    try {
      await polls.vote(room, poll, choices, () => request.beforeSend(), signal);
    } catch (error) {
      const isCertain = error instanceof BridgeError && error.failure.certainty === 'notSent';
      if (before === undefined && isCertain) await store.votesNot(room, poll, person);
      throw error;
    }
  }
}

/** Ends a poll: as whoever asked, or as a moderator. What our account may not, a line tells. */
export class PollEnd implements Deliver<'pollClosed'> {
  readonly repeat = 'look';

  constructor(private readonly parts: PollParts) {}

  async send(request: DeliveryRequest<PollClosed>, signal: AbortSignal): Promise<void> {
    const { writing, lines } = this.parts;
    const { room: token, target } = request;
    const poll = await pollOf(writing, request, signal);
    const close = async (voice: Voice): Promise<void> => {
      try {
        await reasoned(voice, { client: writing.client, token, signal, beyondChat: 'end polls' }, () =>
          voice.polls.close(token, poll, () => request.beforeSend(), signal),
        );
      } catch (error) {
        if (!isOverAlready(error)) throw error;
      }
    };
    const end = async (): Promise<void> => {
      if (!(await this.#asAuthor(token, target[0], signal, close))) await close(writing.voices.relay);
    };
    const isRefusal = (error: unknown): boolean => error instanceof MessageRefused || error instanceof RoomClosed;
    await orInLine(request, lines, signal, end, isRefusal);
  }

  /** False where our account, as a moderator, is to try. */
  async #asAuthor(
    token: RoomId,
    copy: Copy | undefined,
    signal: AbortSignal,
    close: (voice: Voice) => Promise<void>,
  ): Promise<boolean> {
    const { authors, voices } = this.parts.writing;
    const { as, actor } = copy === undefined ? { as: 'relay' as const } : await authors.of(token, copy, signal);
    if ((as !== 'own' && as !== 'guest') || actor === undefined) return false;
    try {
      await voices.speakAs(token, as, actor, signal, close);
      return true;
    } catch (error) {
      if (error instanceof TargetGone || error instanceof MessageRefused) return false;
      throw error;
    }
  }
}

function isOverAlready(error: unknown): boolean {
  const refused = refusalOf(pollEndpoints.close, error);
  return refused?.status === 400;
}

/** The poll that a message shows. Throws TargetGone where it shows none. */
async function pollOf(
  { client }: Pick<Writing, 'client'>,
  { room, target }: Pick<DeliveryRequest<BridgeEvent>, 'room' | 'target'>,
  signal: AbortSignal,
): Promise<number> {
  const [copy] = target;
  const id = copy === undefined ? undefined : rowIdOf(copy.id);
  const row = id === undefined ? undefined : await client.chat.get(room, id, signal);
  const named = row === undefined ? undefined : pollNamedIn(row);
  if (named === undefined) throw new TargetGone('the poll is gone, or was told in words');
  return named.id;
}
