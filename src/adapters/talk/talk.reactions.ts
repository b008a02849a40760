import { oneEmoji } from '../../formatting/emoji.js';
import type { BridgeEvent, ReactionAdded, ReactionRemoved } from '../../model/bridge-event.js';
import { MessageRefused, TargetGone } from '../../model/errors.js';
import type { Copy, Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import { notOneEmoji, reactorGone, targetDeleted } from './talk.errors.js';
import type { GuestStore } from './talk.guest-store.js';
import { actorOf, reactionOf, rowIdOf, talkReactionId, talkUserId } from './talk.ids.js';
import { isDeletedRow } from './talk.payloads.js';
import { reasoned, type Writing } from './talk.posting.js';
import type { Voice, VoiceKind } from './talk.voices.js';

const beyondChat = 'react';

/** Reacts to the first part: people as themselves where they can, else our own account for all of them, once for each emoji. */
export class ReactionDelivery implements Deliver<'reactionAdded'> {
  readonly repeat = 'harmless';

  constructor(
    private readonly writing: Pick<Writing, 'client' | 'voices'>,
    /** Whose guest it is, if one of ours. */
    private readonly ownerOf: GuestStore['ownerOf'],
  ) {}

  async send(request: DeliveryRequest<ReactionAdded>, signal: AbortSignal): Promise<void> {
    const { room: token, speaker } = request;
    const { client, voices } = this.writing;
    const emoji = oneEmoji(request.event.emoji);
    if (emoji === undefined) throw notOneEmoji();
    const id = firstRow(request);
    const made = request.mayBeDone === true ? await this.#madeBefore(request, id, emoji, signal) : undefined;
    if (made !== undefined) return request.onMade(made);
    const add = async (voice: Voice): Promise<Voice> => {
      await reasoned(voice, { client, token, signal, beyondChat }, () =>
        voice.reactions.add(token, id, emoji, () => request.beforeSend(), signal),
      );
      return voice;
    };
    try {
      const voice = await voices.speak(token, speaker, signal, add);
      request.onMade({ part: 0, id: talkReactionId(emoji, actorIdOf(voice)) });
    } catch (error) {
      throw error instanceof MessageRefused ? await this.#reasonOf(error, token, id, signal) : error;
    }
  }

  /** A guest who is gone comes back as another, who would react a second time. Everybody else is who they were. */
  async #madeBefore(
    { room: token, speaker }: DeliveryRequest<ReactionAdded>,
    messageId: number,
    emoji: string,
    signal: AbortSignal,
  ): Promise<Copy | undefined> {
    if (speaker.as !== 'guest') return undefined;
    const { data } = await this.writing.client.api.reactions.list({ token, messageId, reaction: emoji }, signal);
    for (const { actorType: type, actorId } of Object.values(data).flat()) {
      const owner = type === actorTypes.guest ? await this.ownerOf(actorId) : undefined;
      const isTheirs = owner?.account === speaker.person.account && owner.id === speaker.person.id;
      if (isTheirs) return { part: 0, id: talkReactionId(emoji, talkUserId(type, actorId)) };
    }
    return undefined;
  }

  /** The answer is the same for what is no emoji and for a message that was deleted. */
  async #reasonOf(refusal: MessageRefused, token: string, id: number, signal: AbortSignal): Promise<Error> {
    const row = await this.writing.client.chat.get(token, id, signal);
    return row === undefined || isDeletedRow(row) ? targetDeleted(refusal) : refusal;
  }
}

/** Takes a reaction back, as whoever of ours it was. What is gone already is as it should be. */
export class ReactionRemoval implements Deliver<'reactionRemoved'> {
  readonly repeat = 'harmless';

  constructor(private readonly writing: Pick<Writing, 'client' | 'voices'>) {}

  /** Throws TargetGone where nobody can take it back any more. */
  async send(request: DeliveryRequest<ReactionRemoved>, signal: AbortSignal): Promise<void> {
    const { room: token, event, reaction } = request;
    const { client, voices } = this.writing;
    const made = reaction === undefined ? { emoji: event.emoji && oneEmoji(event.emoji) } : reactionOf(reaction.id);
    const { emoji } = made;
    if (emoji === undefined) throw notOneEmoji();
    const id = firstRow(request);
    const remove = async (voice: Voice): Promise<void> => {
      try {
        await reasoned(voice, { client, token, signal, beyondChat }, () =>
          voice.reactions.remove(token, id, emoji, () => request.beforeSend(), signal),
        );
      } catch (error) {
        if (!(error instanceof TargetGone)) throw error;
      }
    };
    if (!('by' in made) || made.by === undefined) return remove(voices.relay);
    const { type, id: actor } = actorOf(made.by);
    return voices.speakAs(token, reactors[type] ?? 'relay', actor, signal, (voice) => {
      // Our account would take back its own.
      if (voice.as === 'relay') throw reactorGone();
      return remove(voice);
    });
  }
}

const actorTypes: Readonly<Record<Exclude<VoiceKind, 'relay'>, string>> = {
  own: 'users',
  guest: 'guests',
  bridged: 'bridged',
};
const reactors: Readonly<Record<string, VoiceKind>> = { users: 'own', guests: 'guest', bridged: 'bridged' };

/** As whom a reaction is written down; undefined for our own account. */
function actorIdOf({ as, actor }: Voice): ReturnType<typeof talkUserId> | undefined {
  return actor === undefined || as === 'relay' ? undefined : talkUserId(actorTypes[as], actor);
}

function firstRow({ target }: Pick<DeliveryRequest<BridgeEvent>, 'target'>): number {
  const [first] = target;
  const id = first === undefined ? undefined : rowIdOf(first.id);
  if (id === undefined) throw new TargetGone('not a message of Talk');
  return id;
}
