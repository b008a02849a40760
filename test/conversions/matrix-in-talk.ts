import { fromMatrix } from '../../src/adapters/matrix/from-matrix.js';
import { readRelation, type StoredEvent } from '../../src/adapters/matrix/matrix.payloads.js';
import { pollFor } from '../../src/adapters/talk/talk.polls.js';
import { relayedTexts } from '../../src/adapters/talk/to-talk.js';
import { type BridgeEvent, type MessageEdited, type MessageSent, targetOf } from '../../src/model/bridge-event.js';
import type { Capabilities } from '../../src/model/capabilities.js';
import { accountId, type MessageRef, roomId, userId } from '../../src/model/ids.js';
import { defaultLinkOptions, type LinkOptions } from '../../src/model/link-options.js';
import type { Speaker } from '../../src/model/network-adapter.js';
import { degrade } from '../../src/pipeline/degrade.js';
import type { Degraded } from '../../src/pipeline/degraded.js';
import { translated } from '../../src/pipeline/mentions.js';
import { captured, nameOf, self } from './matrix-captured.js';

const account = accountId('cloud');
const maxChars = 32_000;

/** What Talk 22 can show. */
const capabilities: Capabilities = {
  speakers: ['relay'],
  maxTextChars: maxChars,
  maxFileBytes: 0,
  replies: 'quote',
  threads: 'titled',
  editWindowMs: 24 * 60 * 60_000,
  reactions: 'emoji',
  maxReactionsPerSpeaker: Number.MAX_SAFE_INTEGER,
  polls: { are: 'native', minOptions: 2, maxOptions: Number.MAX_SAFE_INTEGER, votes: 'secret' },
};
const entries = new Set<BridgeEvent['kind']>([
  'messageSent',
  'messageEdited',
  'messageDeleted',
  'reactionAdded',
  'reactionRemoved',
  'roomChanged',
  'pollStarted',
  'pollVoted',
  'pollClosed',
]);

/** The name of a captured event, and what becomes of it in Talk, as `inTalk` says it. */
export type Row = readonly [name: string, inTalk: unknown];

/** What differs from a link that maps nobody. */
export interface Setting {
  /** Ids of people in Talk, by their ids in Matrix. */
  readonly people?: Readonly<Record<string, string>>;
  /** Tokens of rooms in Talk, by the ids of those that they are linked with. */
  readonly rooms?: Readonly<Record<string, string>>;
  /** How old the copy of an edited message is. */
  readonly copyAgeMs?: number;
  /** Names of messages that are not in Talk. */
  readonly missing?: readonly string[];
  readonly options?: Partial<LinkOptions>;
  /** The longest text of a part. */
  readonly maxChars?: number;
}

/**
 * What becomes of an event in Talk: the Markdown that our account posts, as a list where there are several parts, with
 * what else there is to say of it; the words and what else is done; or why nothing is.
 */
export async function inTalk(stored: StoredEvent, setting: Setting = {}): Promise<unknown> {
  const all = await delivered(stored, setting);
  const [shownOf, ...others] = all.map((done) => ('event' in done ? shown(done, setting) : done));
  return others.length === 0 ? shownOf : [shownOf, ...others];
}

/** The texts that our account posts for an event; none where it posts nothing. */
export async function textsInTalk(stored: StoredEvent, setting: Setting = {}): Promise<readonly string[]> {
  return (await delivered(stored, setting)).flatMap((done) => {
    if (!('event' in done)) return [];
    const { event, by } = done;
    return event.kind === 'messageSent' || event.kind === 'messageEdited' ? textsOf(event, by, setting) : [];
  });
}

type Done = Said | { readonly ignored: string } | { readonly skipped: string };

async function delivered(stored: StoredEvent, setting: Setting): Promise<readonly Done[]> {
  const result = fromMatrix(stored, self);
  if ('ignored' in result) return [{ ignored: result.ignored }];
  return Promise.all(result.events.map((event) => deliveredAs(event, setting)));
}

async function deliveredAs(event: BridgeEvent, setting: Setting): Promise<Done> {
  if (!isKnown(targetOf(event))) return { skipped: 'what it is about is not in this room' };
  const degraded = degrade(event, capabilities, {
    replyTarget: stateOf(event.kind === 'messageSent' ? event.replyTo : undefined, setting),
    thread: stateOf(event.kind === 'messageSent' ? event.thread : undefined, setting),
    ...(setting.copyAgeMs === undefined ? {} : { copyAgeMs: setting.copyAgeMs }),
    can: (kind) => entries.has(kind),
    options: { ...defaultLinkOptions, ...setting.options },
    networkLabel: 'Matrix',
  });
  if ('skip' in degraded) return { skipped: degraded.skip };
  return withPeople(degraded, setting);
}

const starts = ['m.poll.start', 'org.matrix.msc3381.poll.start', 'org.matrix.msc3672.beacon_info'];
/** What other events can be about: messages, and reactions that are taken back. An edit is neither. */
const known = new Set(
  captured
    .filter(({ event }) => ['m.room.message', 'm.sticker', 'm.reaction', ...starts].includes(event.type))
    .filter(({ event }) => readRelation(event.content).rel_type !== 'm.replace')
    .map(({ event }) => event.event_id),
);

function isKnown(ref: MessageRef | undefined): boolean {
  return ref === undefined || known.has(ref.id);
}

function stateOf(ref: MessageRef | undefined, { missing = [] }: Setting): 'found' | 'missing' | 'none' {
  if (ref === undefined) return 'none';
  return known.has(ref.id) && !missing.includes(nameOf(ref.id)) ? 'found' : 'missing';
}

type Said = Extract<Degraded, { event: BridgeEvent }>;

async function withPeople({ event, by }: Said, { people = {}, rooms = {} }: Setting): Promise<Said> {
  const lookup = {
    personOn: (_: unknown, { id }: { readonly id: string }) =>
      people[id] === undefined ? undefined : userId(people[id]),
    linkedRoom: ({ id }: { readonly id: string }) =>
      Promise.resolve(rooms[id] === undefined ? undefined : roomId(rooms[id])),
  };
  return { event: await translated(event, account, lookup), by };
}

function shown({ event, by }: Said, setting: Setting): unknown {
  switch (event.kind) {
    case 'messageSent':
      return messageShown(event, by, setting);
    case 'messageEdited':
      return { edits: nameOf(event.message.id), text: textOf(event, by, setting) };
    case 'messageDeleted':
      return { deletes: nameOf(event.message.id) };
    case 'reactionAdded':
      return { reacts: event.emoji, to: nameOf(event.message.id) };
    case 'roomChanged':
      return { changes: event.change };
    case 'pollStarted':
      return { asks: pollFor(event, speakerOf(event), 'relay') };
    case 'pollVoted':
      return { votes: event.choices, in: nameOf(event.message.id) };
    case 'pollClosed':
      return { ends: nameOf(event.message.id) };
    default:
      throw new Error(`nothing in Talk becomes of ${event.kind}`);
  }
}

function messageShown(event: MessageSent, by: Said['by'], setting: Setting): unknown {
  const { replyTo, thread, style, attention } = event;
  const text = textOf(event, by, setting);
  // As Talk's deliveries do.
  const isSilent = attention === 'silent' || style === 'notice';
  if (replyTo === undefined && thread === undefined && !isSilent) return text;
  return {
    ...(thread === undefined ? {} : { inThread: nameOf(thread.id) }),
    ...(replyTo === undefined ? {} : { answers: nameOf(replyTo.id) }),
    ...(isSilent ? { silent: true } : {}),
    text,
  };
}

function textOf(event: MessageSent | MessageEdited, by: Said['by'], setting: Setting): string | readonly string[] {
  const texts = textsOf(event, by, setting);
  const [text, ...others] = texts;
  return text === undefined || others.length > 0 ? texts : text;
}

function textsOf(event: MessageSent | MessageEdited, by: Said['by'], setting: Setting): readonly string[] {
  const place = { account, baseUrl: 'https://cloud.example.org', maxChars: setting.maxChars ?? maxChars };
  return relayedTexts(event, { ...speakerOf(event), as: by === 'bridge' ? 'bridge' : 'relay' }, place);
}

function speakerOf({ actor }: BridgeEvent): Pick<Speaker, 'person' | 'networkLabel' | 'profile'> {
  return { person: actor, networkLabel: 'Matrix', profile: { name: actor.name } };
}
