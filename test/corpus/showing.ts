import { toMatrix, wordless } from '../../src/adapters/matrix/to-matrix.js';
import { pictureOf, picturesElsewhere, withPictures } from '../../src/adapters/matrix/to-matrix-emoji.js';
import { withFile } from '../../src/adapters/matrix/to-matrix-files.js';
import type { JsonObject } from '../../src/adapters/matrix/matrix.payloads.js';
import { pollText } from '../../src/adapters/slack/to-slack-polls.js';
import { reactionName, toSlack } from '../../src/adapters/slack/to-slack.js';
import { asLocation } from '../../src/adapters/matrix/to-matrix-location.js';
import { startContent } from '../../src/adapters/matrix/to-matrix-polls.js';
import { pollFor } from '../../src/adapters/talk/talk.polls.js';
import { mapOf } from '../../src/adapters/talk/talk.locations.js';
import { wordsOfEdit } from '../../src/adapters/talk/talk.changes.js';
import { relayedTexts } from '../../src/adapters/talk/to-talk.js';
import { emojiForMatrix } from '../../src/formatting/emoji.js';
import { fileLine } from '../../src/formatting/named-files.js';
import {
  assertNever,
  type BridgeEvent,
  type MessageEdited,
  type MessageSent,
  type PollStarted,
  targetOf,
} from '../../src/model/bridge-event.js';
import { piecesOf } from '../../src/model/file-parts.js';
import { type FileRef, type MessageRef, userId } from '../../src/model/ids.js';
import type { Location } from '../../src/model/location.js';
import { defaultLinkOptions } from '../../src/model/link-options.js';
import { routeOfCall } from '../../src/pipeline/call-routing.js';
import { addedIn } from '../../src/pipeline/added-files.js';
import { degrade } from '../../src/pipeline/degrade.js';
import { begunPoll } from '../../src/pipeline/poll-deliveries.js';
import { askedOtherwise } from '../../src/pipeline/polls.js';
import { planReaction } from '../../src/pipeline/shared-reactions.js';
import { withTextFile } from '../../src/pipeline/text-files.js';
import { legible } from '../conversions/in-slack.js';
import { withoutDefaults } from '../conversions/talk-rows.js';
import { abilities } from './abilities.js';
import type { Given, Network } from './corpus.types.js';
import { forReaders, networkOf } from './for-readers.js';
import { matrixSelf, rooms, slackSelf, talkServer } from './reading.js';

const hour = 3_600_000;
const labels = { talk: 'Talk', matrix: 'Matrix', slack: 'Slack' } as const;
/** What people in the room of another network see of an event, as the case files write it. */
export async function seenIn(event: BridgeEvent, target: Network, given: Given): Promise<unknown> {
  const source = networkOf(event.room.account);
  if (source === undefined) throw new Error('an event of none of the rooms');
  if (event.actor.standing === 'ours') return { nothing: 'it is our own' };
  const about = targetOf(event);
  if (about !== undefined && given.missing?.includes(about.id) === true) {
    return { nothing: 'what it is about is not in this room' };
  }
  const options = { ...defaultLinkOptions, ...given.options };
  if (event.kind === 'callChanged') {
    const call = routeOfCall(event, undefined, options.calls, labels[source]);
    if (call.then === 'begin') return seenIn(call.notice, target, given);
    if (call.then === 'pass') return { nothing: call.why };
  }
  const { can, capabilities } = abilities[target];
  const replyTo = event.kind === 'messageSent' || event.kind === 'messageEdited' ? event.replyTo : undefined;
  const thread = event.kind === 'messageSent' || event.kind === 'pollStarted' ? event.thread : undefined;
  const able = { ...capabilities, ...given.able };
  const degraded = degrade(asRouted(event, given), able, {
    replyTarget: stateOf(replyTo, given),
    thread: stateOf(thread, given),
    copyAgeMs: (given.copyAgeHours ?? 0) * hour,
    can: (kind) => can.includes(kind),
    options,
    ...(event.kind === 'reactionAdded' && reactionOn(target, event.emoji) === undefined ? { lacksEmoji: true } : {}),
    networkLabel: labels[source],
  });
  if ('skip' in degraded) return { nothing: degraded.skip };
  const told = await forReaders(degraded.event, target, given);
  const said = told.kind === 'messageSent' ? withTextFile(told, able, labels[source]) : told;
  return { ...(degraded.by === 'bridge' ? { by: 'the bridge' } : {}), ...shown(said, degraded.by, target, given) };
}

/** Routing knows what a poll was asked with. */
function asRouted(event: BridgeEvent, { pollOptions }: Given): BridgeEvent {
  if (event.kind !== 'messageEdited' || event.asks === undefined || pollOptions === undefined) return event;
  return { ...event, asks: askedOtherwise(event.asks, pollOptions) };
}

function stateOf(ref: MessageRef | undefined, { missing = [] }: Given): 'found' | 'missing' | 'none' {
  if (ref === undefined) return 'none';
  return missing.includes(ref.id) ? 'missing' : 'found';
}

function shown(event: BridgeEvent, by: 'person' | 'bridge', target: Network, given: Given): object {
  switch (event.kind) {
    case 'messageSent':
      return {
        ...(event.thread === undefined ? {} : { inThread: event.thread.id }),
        ...(event.replyTo === undefined ? {} : { answers: event.replyTo.id }),
        ...(event.title === undefined ? {} : { thread: event.title }),
        ...(event.attention === 'silent' || event.style === 'notice' ? { quietly: true } : {}),
        ...(event.location === undefined
          ? saidIn(event, by, target, given)
          : placeIn(event, event.location, by, target, given)),
      };
    case 'messageEdited':
      return { edits: event.message.id, ...saidIn(event, by, target, given), ...addedTo(event, target, given) };
    case 'messageDeleted':
      return { deletes: event.message.id };
    case 'reactionAdded':
    case 'reactionRemoved':
      return reaction(event, target, given);
    case 'roomChanged':
      return { changes: event.change };
    case 'memberJoined':
      return { joins: event.member.name };
    case 'memberLeft':
      return { leaves: event.member.name, how: event.how };
    case 'roleChanged':
      return { becomes: event.role, who: event.member.name };
    case 'threadChanged':
      return { thread: event.thread.id, isNamed: event.title };
    case 'pinChanged':
      return { [event.state]: event.message.id };
    case 'pollStarted':
      return { ...(event.thread === undefined ? {} : { inThread: event.thread.id }), ...asked(event, target) };
    case 'pollVoted':
      return { votes: event.choices, in: event.message.id };
    case 'pollClosed':
      return { ends: event.message.id };
    case 'pollCounted':
      return { counts: event.counted ?? {}, of: event.message.id };
    case 'callChanged':
      return { kind: event.kind };
    default:
      return assertNever(event);
  }
}

/** What an edit brings besides. */
function addedTo(event: MessageEdited, target: Network, given: Given): object {
  const able = { ...abilities[target].capabilities, ...given.able };
  const added = addedIn(event, [], able).map((message) => saidIn(message.event, 'person', target, given));
  return added.length === 0 ? {} : { adds: added };
}

function asked(event: PollStarted, target: Network): object {
  if (target === 'slack') return { asks: legible(pollText(begunPoll(event)).blocks) };
  if (target === 'matrix') return { asks: startContent(event) };
  const speaker = { person: event.actor, networkLabel: labels.matrix, profile: { name: event.actor.name } };
  return { asks: pollFor(event, speaker, 'relay') };
}

function reaction(
  event: Extract<BridgeEvent, { kind: 'reactionAdded' | 'reactionRemoved' }>,
  target: Network,
  { reacted = [] }: Given,
): object {
  const { account } = event.room;
  const standing = reacted.map((person) => ({ account, person: userId(person), remote: null, told: false }));
  const isShared = abilities[target].capabilities.speakers[0] === 'relay';
  const plan = planReaction(event, standing, isShared && reacted.length > 0 ? 'shared' : 'alone');
  const isRemoved = event.kind === 'reactionRemoved';
  if (reacted.length > 0 && plan.then === 'skip') return { nothing: plan.reason };
  if (reacted.length > 0 && plan.then === 'shown') return { stays: event.emoji };
  const emoji = event.emoji === undefined ? `row ${event.row ?? ''}` : reactionOn(target, event.emoji);
  if (emoji === undefined) return { nothing: 'the workspace has no such emoji' };
  return isRemoved ? { takesBack: emoji, from: event.message.id } : { reacts: emoji, to: event.message.id };
}

function reactionOn(target: Network, emoji: string): string | undefined {
  if (target === 'matrix') return emojiForMatrix(emoji);
  return target === 'slack' ? reactionName(emoji, new Set(['kazoo'])) : emoji;
}

/** A map where the network has such, and else words. */
function placeIn(
  event: MessageSent,
  location: Location,
  by: 'person' | 'bridge',
  target: Network,
  given: Given,
): object {
  const { actor: person, replyTo, thread } = event;
  if (target === 'matrix') {
    const words = toMatrix(event, matrixSelf, { voice: { as: 'ghost' } });
    return { text: words.map((content) => withoutDefaults(asLocation(content, location)))[0] };
  }
  if (target === 'slack' || replyTo !== undefined || thread !== undefined) return saidIn(event, by, target, given);
  const networkLabel = labels[networkOf(event.room.account)!];
  return { map: mapOf(location, { person, networkLabel, profile: { name: person.name }, as: 'relay' }) };
}

/** The words in parts and the files, with what is told in the place of those that the room does not take. */
function saidIn(event: MessageSent | MessageEdited, by: 'person' | 'bridge', target: Network, given: Given): object {
  const { files = [], body } = event;
  const isWordless = body.length === 0 && files.length > 0;
  if (event.kind === 'messageEdited') return inParts(textsIn(wordsOfEdit(event), by, target, given));
  const texts = isWordless ? [] : textsIn({ ...event, files: [] }, by, target, given);
  if (files.length === 0) return inParts(texts);
  const pieces = piecesOf(texts, files).map(({ text, file }) => {
    if (file === undefined) return text;
    if (file.instead !== undefined) {
      return textsIn({ ...event, body: fileLine(file, file.instead), files: [] }, by, target, given)[0];
    }
    return target === 'matrix'
      ? inMatrix(file, text, event)
      : { ...fileIn(file), ...(text === undefined ? {} : { text }) };
  });
  return inParts(pieces);
}

const inParts = (parts: readonly unknown[]): object => (parts.length === 1 ? { text: parts[0] } : { parts });

function fileIn({ name, mime, bytes, size, durationMs, voice, text }: FileRef): object {
  return {
    file: name,
    is: voice === undefined ? mime : `${mime}, spoken`,
    ...(bytes === undefined ? {} : { bytes }),
    ...(size === undefined ? {} : { size: `${String(size.width)} × ${String(size.height)}` }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(text === undefined ? {} : { holds: text }),
  };
}

function inMatrix(file: FileRef, text: unknown, event: MessageSent): object {
  const placing = { voice: { as: 'ghost' } } as const;
  const caption =
    text === undefined
      ? wordless(file, matrixSelf, placing, 0)
      : toMatrix({ ...event, files: [] }, matrixSelf, placing)[0];
  const { name, mime, bytes = 1, size } = file;
  const opened = { name, mime, bytes, ...(size === undefined ? {} : { size }) };
  return withoutDefaults(withFile(caption ?? {}, file, opened, { address: 'mxc://real.test/file' }));
}

/** What of the words is seen in each part. */
function textsIn(
  event: MessageSent | MessageEdited,
  by: 'person' | 'bridge',
  target: Network,
  { maxChars, maxBytes }: Given,
): readonly unknown[] {
  const { actor: person } = event;
  const speaker = { person, networkLabel: labels[networkOf(event.room.account)!], profile: { name: person.name } };
  const as = by === 'bridge' ? 'bridge' : 'relay';
  switch (target) {
    case 'talk': {
      const place = { account: rooms.talk.account, baseUrl: talkServer, maxChars: maxChars ?? 32_000 };
      return relayedTexts(event, { ...speaker, as }, place);
    }
    case 'slack': {
      const place = { self: slackSelf, customEmoji: new Set(['kazoo']), everyone: 'channel', name: 'beside' } as const;
      const limit = maxBytes === undefined ? {} : { maxBlockBytes: maxBytes };
      return toSlack(event, { ...speaker, as }, { ...place, ...limit }).map(({ blocks }) => legible(blocks));
    }
    case 'matrix': {
      const voice = { as: by === 'bridge' ? 'bridge' : 'ghost' } as const;
      const { account } = matrixSelf;
      const brought = picturesElsewhere(event.body, account).map(
        (image) => [pictureOf(image), `mxc://real.test/${image.name}`] as const,
      );
      const body = withPictures(event.body, account, new Map(brought));
      return toMatrix({ ...event, body }, matrixSelf, { voice }).map(contentSeen);
    }
  }
}

/** A text without formatting as a text. */
function contentSeen(content: JsonObject): unknown {
  const seen = withoutDefaults(content);
  const { body, ...others } = seen;
  return Object.keys(others).length === 0 ? body : seen;
}
