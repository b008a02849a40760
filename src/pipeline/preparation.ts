import { assertNever, type BridgeEvent, type EventOf, targetOf } from '../model/bridge-event.js';
import type { Clock } from '../model/clock.js';
import { firstCorrection } from '../model/corrections.js';
import { firstFilePart, isOfFiles, isTextFile, textFilePart } from '../model/file-parts.js';
import type { FileElsewhere, FileRef, MessageRef, RoomRef, UserRef } from '../model/ids.js';
import type {
  Copy,
  DeliveryRequest,
  FileStream,
  LostFiles,
  NetworkAdapter,
  Speaker,
} from '../model/network-adapter.js';
import type { PollBoard } from '../model/poll.js';
import type { RowId } from '../model/routing.js';
import { firstLine } from '../model/in-line.js';
import { firstTold } from '../model/told-reactions.js';
import { type Speakers, speakersIn } from '../identities/speakers.js';
import type { Capabilities, SpeakerKind, SpeakerWish } from '../model/capabilities.js';
import { withContacts } from '../media/contacts.js';
import type { Lane, ReactionCopy, ShownCopy, WaitingDelivery } from '../model/delivery.js';
import { addedIn } from './added-files.js';
import { degrade, type Resolved } from './degrade.js';
import { type MentionLookup, translated } from './mentions.js';
import { type PermalinkLookup, withPermalinks } from './permalinks.js';
import { begunPoll, pollStep } from './poll-deliveries.js';
import { firstTally, isOfPoll } from './polls.js';
import { hashOf, isOfNoWords } from './shown-hash.js';
import { withTextFile } from './text-files.js';
import { isTold, planReaction, type Reacting, type ReactionPlan } from './shared-reactions.js';

/** The reads that a delivery needs before it can be sent. */
export interface CopyLookup {
  copiesOf(message: RowId, lane: RowId): Promise<readonly ShownCopy[]>;
  copiesOfRef(ref: MessageRef, lane: RowId): Promise<readonly ShownCopy[]>;
  reactionCopies(message: RowId, lane: RowId, emoji: string): Promise<readonly ReactionCopy[]>;
  /** The message as it stands in a room of the account of `target`, in that room where it is there. */
  copyOn(ref: MessageRef, target: RoomRef): Promise<MessageRef | undefined>;
}

export interface PreparationParts extends MentionLookup, Pick<PermalinkLookup, 'placesIn'> {
  readonly copies: CopyLookup;
  readonly speakers: Speakers;
  readonly polls: { board(message: RowId): Promise<PollBoard | undefined> };
  readonly clock: Clock;
  /** Who is to be seen to speak in a lane's room. */
  speakerWish(lane: RowId): SpeakerWish;
  readonly openFile: (file: FileRef, signal: AbortSignal) => Promise<FileStream>;
  /** Where people find a file who do not find it in the room that it goes to. */
  elsewhere(file: FileRef, message: MessageRef): FileElsewhere;
  /** Larger files are copied into no room, whatever it takes. */
  readonly maxFileBytes: number;
  /** As `Capabilities` has it, for every room. */
  readonly maxTextMessages?: number | undefined;
}

export type Prepared =
  | { readonly skip: string }
  /** The room shows it already, by what another person did. */
  | { readonly shown: Copy | undefined }
  /** It is done, and these copies stand in the room no more. */
  | { readonly gone: readonly Copy[] }
  | {
      readonly send: Unbound;
      readonly hash: Buffer | null;
      readonly shownPart?: number;
      /** Files of the words as they were before an edit, which are to go. */
      readonly outdated?: readonly Copy[];
      /** Files that an edit adds, each as a message of its own. */
      readonly added?: readonly Unbound[];
    };

/** A request before it is bound to one attempt. */
export type Unbound = Omit<
  DeliveryRequest<BridgeEvent>,
  'mayBeDone' | 'made' | 'key' | 'onMade' | 'onGone' | 'beforeSend' | 'openFile'
> & {
  readonly firstPart: number;
  readonly maxFileBytes: number;
};

/** What of a lane's room decides how a poll's votes are shown in it. */
interface PollRoom {
  readonly capabilities: Capabilities;
  readonly copies: readonly ShownCopy[];
  readonly chosen: Pick<Speaker, 'as' | 'otherwise'>;
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
    const event = this.#withPlaces(delivery.event);
    const able = await this.#able(adapter, lane);
    const capabilities = edits === 'inPlace' ? able : { ...able, editWindowMs: 0 };
    // Where the author is one of the room's own people, nobody speaks as them: the correction is whose who made it.
    const isTheirs = edits === 'asAnswer' && delivery.author?.account === lane.account;
    const person = isTheirs ? event.actor : this.#speaking(delivery);
    const chosen = await this.#chosenFor(person, adapter, lane, able);
    const copies = await this.target(lane, delivery);
    if (targetOf(event) !== undefined && copies.length === 0) return { skip: 'what it is about is not in this room' };
    // In the room where a file was deleted nothing is left to do, and the copy is to be forgotten.
    if (isOfFiles(event) && isOf(lane, event.room)) return { gone: copies.filter(({ id }) => id === event.message.id) };
    if (isOfPoll(event)) return this.#preparePoll(lane, delivery, event, { capabilities, copies, chosen });
    const hash = hashOf(event);
    const isEdit = event.kind === 'messageEdited' || event.kind === 'threadChanged';
    const isSame =
      isOfFiles(event) || (isEdit && hash !== null && copies.every((copy) => copy.hash?.equals(hash) === true));
    const lost = lostIn(event, copies, isSame ? 'same' : 'new');
    const added = addedIn(event, copies, able);
    if (isSame && lost === undefined && added.length === 0) {
      return { skip: 'the room shows the same already' };
    }
    // What stands under a poll is no part of its words.
    const isAsked = event.kind === 'messageEdited' && event.asks !== undefined;
    const isPart = ({ part }: Copy): boolean => part < (isAsked ? firstTally : firstFilePart);
    const target = isEdit ? copies.filter(isPart) : copies;
    const answers = event.kind === 'messageSent' || event.kind === 'messageEdited' ? event.replyTo : undefined;
    const replyTo = await this.#copyOf(lane, answers);
    const thread = event.kind === 'threadChanged' ? target.at(0) : await this.#copyOf(lane, begunIn(event));
    const reacted = await this.#reactionCopies(lane, delivery);
    const degraded = degrade(event, capabilities, {
      ...(await this.#reactionHere(adapter, event, reacted, signal)),
      ...this.#resolved(adapter, lane, event, target),
      ...(lost === undefined ? {} : { lost }),
      replyTarget: found(answers !== undefined, replyTo),
      thread: found(begunIn(event) !== undefined, thread),
    });
    if ('skip' in degraded) return degraded;
    const told = await this.#forReaders(degraded.event, adapter, lane, signal);
    const networkLabel = this.parts.speakers.label(event.room.account);
    const said = told.kind === 'messageSent' ? withTextFile(told, capabilities, networkLabel) : told;
    const speaker =
      degraded.by === 'bridge'
        ? this.parts.speakers.bridge(event.actor)
        : await this.parts.speakers.choose(person, chosen);
    const isCorrection = event.kind === 'messageEdited' && said.kind === 'messageSent';
    const isToldReaction = event.kind === 'reactionAdded' && said.kind === 'messageSent';
    const words = said.kind === 'pollStarted' ? degraded.inLine : said;
    const answered =
      isCorrection || isToldReaction || event.kind === 'pinChanged'
        ? target.at(0)
        : words?.kind === 'messageSent' && words.replyTo !== undefined
          ? (replyTo ?? thread)
          : undefined;
    const isShared = speaker.as === 'relay' || speaker.as === 'bridged';
    const reaction = reactionPlan(event, reacted, isToldReaction ? 'told' : isShared ? 'shared' : 'alone');
    if (reaction.then === 'skip') return { skip: reaction.reason };
    if (reaction.then === 'shown') return { shown: reaction.made };
    return {
      send: {
        delivery: delivery.uuid,
        room: lane.room,
        event: said,
        speaker,
        target: targetFor(said, event, target, reaction.made),
        firstPart: firstPartOf(said, event),
        maxFileBytes: able.maxFileBytes,
        ...(lost === undefined ? {} : { lost }),
        ...(degraded.inLine === undefined ? {} : { inLine: degraded.inLine }),
        ...(said.kind === 'pollStarted' ? { poll: begunPoll(said) } : {}),
        ...(reaction.made === undefined || said.kind !== event.kind ? {} : { reaction: reaction.made }),
        ...(answered === undefined ? {} : { replyTo: answered }),
        ...(thread === undefined || capabilities.threads === 'none' ? {} : { thread }),
      },
      // A line that tells of it changes nothing of what is shown.
      hash: isEdit && said.kind === 'messageSent' && !isCorrection ? null : hash,
      outdated: event.kind === 'messageEdited' && !isSame ? outdatedIn(copies, delivery) : [],
      added: added.map((message) => ({
        ...message,
        delivery: delivery.uuid,
        room: lane.room,
        speaker,
        target: [],
        maxFileBytes: able.maxFileBytes,
        ...(target[0] === undefined ? {} : { replyTo: target[0] }),
      })),
    };
  }

  /** The event with the people, rooms and messages that it names as they are known in the lane's room, and who is on its contact cards. */
  async #forReaders(
    event: BridgeEvent,
    adapter: NetworkAdapter,
    lane: Lane,
    signal: AbortSignal,
  ): Promise<BridgeEvent> {
    const told = await withContacts(event, this.parts.openFile, signal);
    const said = await translated(told, lane.account, this.parts);
    const target = { account: lane.account, id: lane.room };
    const { placesIn, linkedRoom, copies } = this.parts;
    const lookup: PermalinkLookup = {
      placesIn,
      linkedRoom,
      copyOn: (message, room) => copies.copyOn(message, room),
    };
    return withPermalinks(said, target, adapter.addresses, lookup, signal);
  }

  async #able(adapter: NetworkAdapter, lane: Lane): Promise<Capabilities> {
    const able = await adapter.capabilities(lane.room);
    const { maxFileBytes, maxTextMessages } = this.parts;
    const most = maxTextMessages === undefined ? {} : { maxTextMessages };
    return { ...able, maxFileBytes: Math.min(able.maxFileBytes, maxFileBytes), ...most };
  }

  #withPlaces(event: BridgeEvent): BridgeEvent {
    if (event.kind !== 'messageSent' && event.kind !== 'messageEdited') return event;
    const { message } = event;
    const placed = (file: FileRef): FileRef => ({ ...file, elsewhere: this.parts.elsewhere(file, message) });
    if (event.kind === 'messageSent') return { ...event, files: event.files.map(placed) };
    const { filesAdded = [] } = event;
    if (filesAdded.length === 0) return event;
    return { ...event, filesAdded: filesAdded.map(({ place, file }) => ({ place, file: placed(file) })) };
  }

  async #preparePoll(
    lane: Lane,
    delivery: WaitingDelivery,
    event: EventOf<'pollVoted' | 'pollCounted' | 'pollClosed'>,
    { capabilities, copies, chosen }: PollRoom,
  ): Promise<Prepared> {
    const board = delivery.message === null ? undefined : await this.parts.polls.board(delivery.message);
    if (board === undefined) return { skip: 'the poll is gone' };
    const networkLabel = this.parts.speakers.label(event.room.account);
    const now = this.parts.clock.now();
    const step = pollStep(event, board, {
      lane,
      capabilities,
      copies,
      now,
      as: chosen.as as SpeakerKind,
      networkLabel,
    });
    if (step.then === 'skip') return { skip: step.reason };
    const bridge = this.parts.speakers.bridge(event.actor);
    const target = copies.filter(({ part }) => part === 0);
    const [poll] = target;
    const { maxFileBytes } = capabilities;
    const thread = capabilities.threads === 'none' ? undefined : await this.#copyOf(lane, board.thread);
    const inThread = thread === undefined ? {} : { thread };
    const request = { delivery: delivery.uuid, room: lane.room, target, firstPart: 0, maxFileBytes, ...inThread };
    switch (step.then) {
      case 'do': {
        const speaker = await this.parts.speakers.choose(event.actor, chosen);
        const answered = thread === undefined || poll === undefined ? {} : { replyTo: poll };
        const inLine = step.inLine === undefined ? {} : { inLine: step.inLine, ...answered };
        return { send: { ...request, event: step.event, speaker, ...inLine }, hash: null };
      }
      case 'show':
        return {
          send: { ...request, event: step.event, speaker: bridge, poll: step.poll },
          hash: step.hash,
          shownPart: 0,
        };
      case 'tell': {
        const { part, hash } = step;
        const isNew = step.event.kind === 'messageSent';
        const edited = copies.flatMap((copy) => (copy.part === part && !isNew ? [{ ...copy, part: 0 }] : []));
        const answered = isNew && poll !== undefined ? { replyTo: poll } : {};
        const told = { ...request, event: step.event, speaker: bridge, target: edited, firstPart: part, ...answered };
        return { send: told, hash, shownPart: part };
      }
    }
  }

  /** Who is to be seen to speak in the lane's room for a person. */
  async #chosenFor(
    person: UserRef,
    adapter: NetworkAdapter,
    lane: Lane,
    capabilities: Capabilities,
  ): Promise<Pick<Speaker, 'as' | 'otherwise'>> {
    const [first, second] = speakersIn(capabilities, this.parts.speakerWish(lane.id));
    if (first !== 'own') return { as: first };
    const isOwn = (await adapter.lending?.speaksIn(lane.room, person)) === true;
    return isOwn ? { as: first, otherwise: second } : { as: second };
  }

  /** What the event is about, as it stands in the lane's room. */
  async target(lane: Lane, { event, message }: WaitingDelivery): Promise<readonly ShownCopy[]> {
    const reference = targetOf(event);
    if (reference === undefined) return [];
    // A second copy of our own message is deleted by its id: it never became a copy.
    if (message === null) return [{ part: 0, id: reference.id, hash: null, madeAt: this.parts.clock.now() }];
    const copies = await this.parts.copies.copiesOf(message, lane.id);
    if (event.kind !== 'messageDeleted') return copies.filter(({ part }) => part < firstTold);
    // One part was deleted by somebody in the lane's own room: the others go with it.
    return isOf(lane, event.room) ? copies.filter(({ id }) => id !== event.message.id) : copies;
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

  async #copyOf(lane: Lane, ref: MessageRef | undefined): Promise<Copy | undefined> {
    return ref === undefined ? undefined : (await this.parts.copies.copiesOfRef(ref, lane.id)).at(0);
  }

  /** An edit is the author's words, whoever made it. */
  #speaking({ event, author }: WaitingDelivery): UserRef {
    const isWords = event.kind === 'messageEdited' || event.kind === 'threadChanged';
    const isOthers = isWords && author !== null && author.id !== event.actor.id;
    return isOthers ? { ...author, name: '', standing: 'person' } : event.actor;
  }

  /** For whom the same reaction stands in the lane's room; undefined where that is not to be known. */
  async #reactionCopies(lane: Lane, { event, message }: WaitingDelivery): Promise<readonly ReactionCopy[] | undefined> {
    const isReaction = event.kind === 'reactionAdded' || event.kind === 'reactionRemoved';
    if (!isReaction || message === null || event.emoji === undefined) return undefined;
    return this.parts.copies.reactionCopies(message, lane.id, event.emoji);
  }

  /** Whether the lane's room can show a reaction, or shows one in words that is taken back. */
  async #reactionHere(
    adapter: NetworkAdapter,
    event: BridgeEvent,
    reacted: readonly ReactionCopy[] = [],
    signal: AbortSignal,
  ): Promise<Pick<Resolved, 'lacksEmoji' | 'told'>> {
    if (event.kind === 'reactionRemoved') return isTold(event, reacted) ? { told: true } : {};
    if (event.kind !== 'reactionAdded' || adapter.hasReaction === undefined) return {};
    return (await adapter.hasReaction(event.emoji, signal)) ? {} : { lacksEmoji: true };
  }

  /** What there is to look for where nothing would be sent any more. */
  async asItCame(adapter: NetworkAdapter, lane: Lane, delivery: WaitingDelivery): Promise<Unbound> {
    const person = this.#speaking(delivery);
    const able = await this.#able(adapter, lane);
    const chosen = await this.#chosenFor(person, adapter, lane, able);
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
}

function reactionPlan(
  event: BridgeEvent,
  reacted: readonly ReactionCopy[] | undefined,
  reacting: Reacting,
): ReactionPlan {
  const isReaction = event.kind === 'reactionAdded' || event.kind === 'reactionRemoved';
  return isReaction && reacted !== undefined ? planReaction(event, reacted, reacting) : { then: 'send' };
}

/** What is to be changed in the room: a reaction that is said in words is a message of its own. */
function targetFor(
  said: BridgeEvent,
  event: BridgeEvent,
  target: readonly Copy[],
  told: Copy | undefined,
): readonly Copy[] {
  if (said.kind === 'messageSent') return [];
  const isOfReaction = said.kind === 'messageDeleted' && event.kind === 'reactionRemoved';
  return isOfReaction && told !== undefined ? [told] : target;
}

/** A message that stands for what is no message has part numbers of its own. */
function firstPartOf(said: BridgeEvent, event: BridgeEvent): number {
  if (said.kind !== 'messageSent') return 0;
  switch (event.kind) {
    case 'messageSent':
    case 'pollStarted':
      return 0;
    case 'messageEdited':
      return firstCorrection;
    case 'reactionAdded':
      return firstTold;
    case 'messageDeleted':
    case 'reactionRemoved':
    case 'threadChanged':
    case 'pinChanged':
    case 'pollVoted':
    case 'pollCounted':
    case 'pollClosed':
    case 'memberJoined':
    case 'memberLeft':
    case 'roleChanged':
    case 'roomChanged':
    case 'callChanged':
      return firstLine;
    default:
      return assertNever(event);
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

/** What an edit takes away of the files that stand in the room. */
function lostIn(event: BridgeEvent, copies: readonly ShownCopy[], words: LostFiles['words']): LostFiles | undefined {
  if (event.kind !== 'messageEdited' || event.filesGone === undefined) return undefined;
  const hash = copies.find(({ part }) => part === 0)?.hash ?? null;
  return {
    places: event.filesGone,
    apart: copies.filter(({ part }) => part >= firstFilePart && part < textFilePart),
    words,
    hasWords: isOfFiles(event) ? !isOfNoWords(hash) : event.body.length > 0,
  };
}

/** The files of what the message said before; not those that an earlier attempt of the same edit made. */
function outdatedIn(copies: readonly ShownCopy[], { made }: WaitingDelivery): readonly Copy[] {
  return copies.filter((copy) => isTextFile(copy) && !made.some(({ id }) => id === copy.id));
}

function isOf({ account, room }: Lane, { account: other, id }: RoomRef): boolean {
  return account === other && room === id;
}
