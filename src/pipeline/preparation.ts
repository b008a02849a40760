import type { Speakers } from '../identities/speakers.js';
import { type BridgeEvent, targetOf } from '../model/bridge-event.js';
import type { Capabilities, SpeakerWish } from '../model/capabilities.js';
import type { Lane, ShownCopy, WaitingDelivery } from '../model/delivery.js';
import { isOfFiles } from '../model/file-parts.js';
import type { MessageRef, UserRef } from '../model/ids.js';
import type { Copy, NetworkAdapter } from '../model/network-adapter.js';
import type { RowId } from '../model/routing.js';
import { copiesAbout, copyOf, type CopyLookup, isOf } from './copies-here.js';
import { degrade } from './degrade.js';
import type { Resolved } from './degraded.js';
import { type Elsewhere, forReaders, type ReaderParts, withPlaces } from './for-readers.js';
import { preparePoll, type PollParts } from './poll-preparation.js';
import { isOfPoll } from './polls.js';
import type { Prepared, Unbound } from './prepared.js';
import { reactionHere, standingReactions } from './reactions-here.js';
import { sendingOf } from './sending.js';
import { shownChange } from './shown-change.js';
import { chosenFor, speaking } from './speaking.js';
import { asBegun, withTextFile } from './text-files.js';

export interface PreparationParts extends ReaderParts, PollParts {
  readonly copies: CopyLookup;
  readonly speakers: Speakers;
  /** Who is to be seen to speak in a lane's room. */
  speakerWish(lane: RowId): SpeakerWish;
  readonly elsewhere: Elsewhere;
  /** Larger files are copied into no room, whatever it takes. */
  readonly maxFileBytes: number;
  /** As `Capabilities` has it, for every room. */
  readonly maxTextMessages?: number | undefined;
}

/** What is to be done for a delivery: what it is about, who speaks, and what the room can show of it. */
export class Preparation {
  constructor(private readonly parts: PreparationParts) {}

  async prepare(
    adapter: NetworkAdapter,
    lane: Lane,
    delivery: WaitingDelivery,
    edits: 'inPlace' | 'asAnswer',
    signal: AbortSignal,
  ): Promise<Prepared> {
    const event = withPlaces(delivery.event, this.parts.elsewhere);
    const able = asBegun(await this.#able(adapter, lane), delivery.made);
    const capabilities = edits === 'inPlace' ? able : { ...able, editWindowMs: 0 };
    // Where the author is one of the room's own people, nobody speaks as them: the correction is whose who made it.
    const isTheirs = edits === 'asAnswer' && delivery.author?.account === lane.account;
    const person = isTheirs ? event.actor : speaking(delivery);
    const chosen = await chosenFor(person, adapter, lane.room, able, this.parts.speakerWish(lane.id));
    const copies = await this.target(lane, delivery);
    if (targetOf(event) !== undefined && copies.length === 0) return { skip: 'what it is about is not in this room' };
    // In the room where a file was deleted nothing is left to do, and the copy is to be forgotten.
    if (isOfFiles(event) && isOf(lane, event.room)) return { gone: copies.filter(({ id }) => id === event.message.id) };
    if (isOfPoll(event)) return preparePoll(this.parts, lane, delivery, event, { capabilities, copies, chosen });
    const change = shownChange(event, delivery, copies, able);
    const { isSame, target, lost, added, outdated } = change;
    const isOfWords = lost === undefined && added.length === 0 && outdated.length === 0;
    if (isSame && isOfWords) return { skip: 'the room shows the same already' };
    const answers = event.kind === 'messageSent' || event.kind === 'messageEdited' ? event.replyTo : undefined;
    const replyTo = await copyOf(this.parts.copies, lane, answers);
    const thread =
      event.kind === 'threadChanged' ? target.at(0) : await copyOf(this.parts.copies, lane, begunIn(event));
    const reacted = await standingReactions(delivery, lane, this.parts.copies);
    const degraded = degrade(event, capabilities, {
      ...(await reactionHere(event, adapter, reacted, signal)),
      ...this.#resolved(adapter, lane, event, target),
      ...(lost === undefined ? {} : { lost }),
      replyTarget: found(answers !== undefined, replyTo),
      thread: found(begunIn(event) !== undefined, thread),
    });
    if ('skip' in degraded) return degraded;
    const { speakers } = this.parts;
    const told = await forReaders(degraded.event, adapter.addresses, lane, this.parts, signal);
    const isByBridge = degraded.by === 'bridge';
    return sendingOf({
      delivery,
      lane,
      event,
      said: told.kind === 'messageSent' ? withTextFile(told, capabilities, speakers.label(event.room.account)) : told,
      inLine: degraded.inLine,
      speaker: isByBridge ? speakers.bridge(event.actor) : await speakers.choose(person, chosen),
      capabilities,
      change,
      replyTo,
      thread,
      reacted,
    });
  }

  /** What there is to look for where nothing would be sent any more. */
  async asItCame(adapter: NetworkAdapter, lane: Lane, delivery: WaitingDelivery): Promise<Unbound> {
    const person = speaking(delivery);
    const able = await this.#able(adapter, lane);
    const chosen = await chosenFor(person, adapter, lane.room, able, this.parts.speakerWish(lane.id));
    return {
      delivery: delivery.uuid,
      room: lane.room,
      event: delivery.event,
      speaker: await this.parts.speakers.choose(person, chosen),
      target: await this.target(lane, delivery),
      firstPart: 0,
      maxFileBytes: able.maxFileBytes,
    };
  }

  /** What the event is about, as it stands in the lane's room. */
  async target(lane: Lane, delivery: WaitingDelivery): Promise<readonly ShownCopy[]> {
    return copiesAbout(delivery, lane, this.parts.copies, this.parts.clock.now());
  }

  async #able(adapter: NetworkAdapter, lane: Lane): Promise<Capabilities> {
    const able = await adapter.capabilities(lane.room);
    const { maxFileBytes, maxTextMessages } = this.parts;
    const most = maxTextMessages === undefined ? {} : { maxTextMessages };
    return { ...able, maxFileBytes: Math.min(able.maxFileBytes, maxFileBytes), ...most };
  }

  #resolved(
    adapter: NetworkAdapter,
    lane: Lane,
    event: BridgeEvent,
    target: readonly ShownCopy[],
  ): Omit<Resolved, 'replyTarget' | 'thread'> {
    const oldest = target.at(0);
    const here = this.#memberHere(lane, event);
    return {
      ...(here === undefined ? {} : { here }),
      ...(oldest === undefined ? {} : { copyAgeMs: this.parts.clock.now().getTime() - oldest.madeAt.getTime() }),
      can: (kind) => adapter.deliver[kind] !== undefined,
      options: lane.options,
      networkLabel: this.parts.speakers.label(event.room.account),
    };
  }

  #memberHere({ account }: Lane, event: BridgeEvent): UserRef | undefined {
    if (event.kind !== 'memberJoined' && event.kind !== 'memberLeft' && event.kind !== 'roleChanged') return undefined;
    const { member } = event;
    const id = member.account === account ? member.id : this.parts.personOn(account, member);
    return id === undefined ? undefined : { ...member, account, id };
  }
}

/** The first message of the thread that a new message is said in. */
function begunIn(event: BridgeEvent): MessageRef | undefined {
  return event.kind === 'messageSent' || event.kind === 'pollStarted' ? event.thread : undefined;
}

function found(isWanted: boolean, copy: Copy | undefined): 'found' | 'missing' | 'none' {
  if (!isWanted) return 'none';
  return copy === undefined ? 'missing' : 'found';
}
