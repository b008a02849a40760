import { readFileSync } from 'node:fs';
import { fromTalk } from '../../src/adapters/talk/from-talk.js';
import { parseStoredRow } from '../../src/adapters/talk/talk.payloads.js';
import { OurUsers } from '../../src/adapters/matrix/matrix.ids.js';
import type { JsonObject } from '../../src/adapters/matrix/matrix.payloads.js';
import { type Placing, toMatrix } from '../../src/adapters/matrix/to-matrix.js';
import { emojiForMatrix } from '../../src/formatting/emoji.js';
import { targetOf, type BridgeEvent } from '../../src/model/bridge-event.js';
import type { Capabilities } from '../../src/model/capabilities.js';
import { accountId, type MessageRef, userId } from '../../src/model/ids.js';
import { defaultLinkOptions } from '../../src/model/link-options.js';
import type { ReadResult } from '../../src/model/network-adapter.js';
import { degrade } from '../../src/pipeline/degrade.js';
import type { Degraded } from '../../src/pipeline/degraded.js';
import { type MentionLookup, translated } from '../../src/pipeline/mentions.js';

/** A message as Talk answered it to the member `crosstalk`. */
export interface CapturedRow {
  readonly name: string;
  readonly row: { readonly id: number; readonly token: string };
}

export const capturedRows = JSON.parse(
  readFileSync(new URL('../fixtures/talk/conversation.json', import.meta.url), 'utf8'),
) as readonly CapturedRow[];

/** What the rows are about, as their names begin; whatever is nowhere here is part of the conversation. */
const beginnings = {
  text: 'plain bold italic strike underscores asterisks emphasis code headings hashtags rule'.split(' '),
  links: 'list quote table link html escape lookalike emoji script'.split(' '),
  rooms: 'room member call'.split(' '),
};

export type Theme = keyof typeof beginnings | 'conversation';

/** The names of the rows of a theme, in the order in which they were captured. */
export function namesOf(theme: Theme): readonly string[] {
  return capturedRows.map(({ name }) => name).filter((name) => themeOf(name) === theme);
}

function themeOf(name: string): Theme {
  const [begin = ''] = /^\w+/.exec(name) ?? [];
  const themes = Object.keys(beginnings) as (keyof typeof beginnings)[];
  return themes.find((theme) => beginnings[theme].includes(begin)) ?? 'conversation';
}

/** The account that reads Talk, and the one that writes Matrix. */
export const talk = accountId('talk');
export const matrix = {
  account: accountId('matrix'),
  users: new OurUsers({ serverName: 'town.example', bot: 'crosstalk', ghostPrefix: 'crosstalk_' }),
};

/** Carol has a Matrix account of her own; everybody else of Talk has a ghost alone. */
export const people: MentionLookup = {
  personOn: (account, { id }) =>
    account === matrix.account && id === 'users/carol' ? userId('@carol:town.example') : undefined,
  linkedRoom: () => Promise.resolve(undefined),
};

/** A Matrix room that lets ghosts in. */
const capabilities: Capabilities = {
  speakers: ['ghost', 'relay'],
  maxTextChars: 59_000,
  maxTextBytes: 59_000,
  maxFileBytes: 0,
  replies: 'quote',
  threads: 'plain',
  reactions: 'any',
  maxReactionsPerSpeaker: Number.MAX_SAFE_INTEGER,
};

/** What Matrix has an entry for. */
const shown: ReadonlySet<BridgeEvent['kind']> = new Set([
  'messageSent',
  'messageEdited',
  'messageDeleted',
  'reactionAdded',
  'reactionRemoved',
  'memberJoined',
  'memberLeft',
  'roleChanged',
  'roomChanged',
]);

/** What a row tells. `found`: what its source finds out beside it. */
export function read(row: CapturedRow['row'], found: object = {}): ReadResult {
  const stored = parseStoredRow({ token: row.token, self: 'crosstalk', row, ...found });
  return fromTalk(stored, { account: talk, baseUrl: 'https://cloud.example.org' });
}

export function rowNamed(name: string): CapturedRow['row'] {
  const row = capturedRows.find((each) => each.name === name)?.row;
  if (row === undefined) throw new Error(`no captured row ${name}`);
  return row;
}

/** The one event that a captured row tells. */
export function eventOf(name: string): BridgeEvent {
  return onlyEvent(read(rowNamed(name)));
}

/**
 * What Matrix is shown of a captured row: of a message the content of the event that says it; of anything else what
 * tells it, and by whom. All that is answered or changed stands in the room: Talk's message 7 as `$7`.
 */
export async function shownOf(name: string, found: object = {}): Promise<object> {
  const result = read(rowNamed(name), found);
  if ('ignored' in result) return result;
  const event = onlyEvent(result);
  if (event.kind !== 'messageSent' || event.actor.standing === 'ours') return told(event);
  const [content, ...others] = await contentsOf(event);
  if (content === undefined || others.length > 0) throw new Error(`not one message from ${name}`);
  return withoutDefaults(content);
}

export function onlyEvent(result: ReadResult): BridgeEvent {
  const [event, ...others] = 'events' in result ? result.events : [];
  if (event === undefined || others.length > 0) throw new Error(`not one event: ${JSON.stringify(result)}`);
  return event;
}

/** The contents with which a ghost says an event, in order; none where it says nothing. */
export async function contentsOf(event: BridgeEvent, voice: Placing['voice'] = { as: 'ghost' }): Promise<JsonObject[]> {
  const degraded = shownAs(event);
  if ('skip' in degraded) return [];
  const said = await translated(degraded.event, matrix.account, people);
  if (said.kind !== 'messageSent' && said.kind !== 'messageEdited') return [];
  const { replyTo, thread } = said.kind === 'messageSent' ? said : {};
  return toMatrix(said, matrix, {
    voice: degraded.by === 'bridge' ? { as: 'bridge' } : voice,
    ...(replyTo === undefined ? {} : { replyTo: copyOf(replyTo) }),
    ...(thread === undefined ? {} : { thread: copyOf(thread) }),
  });
}

/**
 * A content without what goes without saying: that it is an `m.text`, that a `formatted_body` is Matrix's HTML, that nobody
 * is mentioned.
 */
export function withoutDefaults({ msgtype, format, 'm.mentions': mentions, ...content }: JsonObject): JsonObject {
  const isUsual = format === ('formatted_body' in content ? 'org.matrix.custom.html' : undefined);
  return {
    ...(msgtype === 'm.text' ? {} : { msgtype }),
    ...content,
    ...(isUsual ? {} : { format }),
    ...(JSON.stringify(mentions) === '{}' ? {} : { 'm.mentions': mentions }),
  };
}

function shownAs(event: BridgeEvent): Degraded {
  const { replyTo, thread } = event.kind === 'messageSent' ? event : {};
  return degrade(event, capabilities, {
    replyTarget: replyTo === undefined ? 'none' : 'found',
    thread: thread === undefined ? 'none' : 'found',
    can: (kind) => shown.has(kind),
    options: defaultLinkOptions,
    networkLabel: 'Talk',
  });
}

async function told(event: BridgeEvent): Promise<object> {
  const { kind, actor } = event;
  const target = targetOf(event);
  const base = { kind, ...(target === undefined ? {} : { of: copyOf(target) }) };
  // The pipeline takes it for our own act and goes on.
  if (actor.standing === 'ours') return { ...base, ours: actor.id };
  const degraded = shownAs(event);
  if ('skip' in degraded) return { ...base, skip: degraded.skip };
  const by = degraded.by === 'bridge' ? 'the bridge' : actor.id;
  const says = (await contentsOf(event)).map(withoutDefaults);
  return { ...base, by, ...particularsOf(event), ...(says.length === 0 ? {} : { says }) };
}

function particularsOf(event: BridgeEvent): object {
  switch (event.kind) {
    case 'reactionAdded':
      return { key: emojiForMatrix(event.emoji), row: event.row };
    case 'reactionRemoved':
      return { row: event.row };
    case 'memberJoined':
      return { member: event.member.id };
    case 'memberLeft':
      return { member: event.member.id, how: event.how };
    case 'roleChanged':
      return { member: event.member.id, role: event.role };
    case 'roomChanged':
      return { change: event.change };
    default:
      return {};
  }
}

const copyOf = ({ id }: MessageRef): string => `$${id}`;
