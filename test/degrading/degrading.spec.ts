import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { fromPlain, toPlain } from '../../src/formatting/plain.js';
import { fileLine } from '../../src/formatting/named-files.js';
import type { BridgeEvent } from '../../src/model/bridge-event.js';
import { accountId, type FileRef, remoteId, roomId, userId } from '../../src/model/ids.js';
import { defaultLinkOptions, type LinkOptions } from '../../src/model/link-options.js';
import { degrade } from '../../src/pipeline/degrade.js';
import type { Degraded, Resolved } from '../../src/pipeline/degraded.js';
import { pollStep } from '../../src/pipeline/poll-deliveries.js';
import { isOfPoll } from '../../src/pipeline/polls.js';
import { abilities } from '../corpus/abilities.js';
import { type Network, networks } from '../corpus/corpus.types.js';

/** An event in which texts and names stand for what they are short for. */
interface Short {
  readonly kind: BridgeEvent['kind'];
  readonly body?: string;
  readonly first?: { readonly body: string };
  readonly replyTo?: string;
  readonly thread?: string;
  readonly files?: readonly Omit<FileRef, 'account' | 'id'>[];
  readonly member?: string;
}

interface Row {
  readonly what: string;
  readonly event: Short;
  readonly given?: Partial<Pick<Resolved, 'replyTarget' | 'thread' | 'lacksEmoji' | 'told'>> & {
    readonly copyAgeHours?: number;
    readonly options?: Partial<LinkOptions>;
    /** The target room knows the person. */
    readonly here?: boolean;
  };
  readonly talk: string;
  readonly matrix: string;
  readonly slack: string;
}

const rows = parse(readFileSync(resolve('test/degrading/becomes.yaml'), 'utf8')) as readonly Row[];

const room = { account: accountId('elsewhere'), id: roomId('fair') };
const person = (name: string) => ({ account: room.account, id: userId(name), name, standing: 'person' }) as const;
const message = (id: string) => ({ room, id: remoteId(id) });

/** A row's event with what all have. */
function eventOf({ event }: Row): BridgeEvent {
  const { body, first, replyTo, thread, files = [], member } = event;
  const full = {
    room,
    actor: person('Anna'),
    at: '2026-01-02T03:04:05.000Z',
    message: message('said'),
    version: '1',
    style: 'text',
    ...event,
    ...(body === undefined ? {} : { body: fromPlain(body), files: files.map(fileOf) }),
    ...(first === undefined ? {} : { first: { ...first, body: fromPlain(first.body) } }),
    ...(replyTo === undefined ? {} : { replyTo: message(replyTo) }),
    ...(thread === undefined ? {} : { thread: message(thread) }),
    ...(member === undefined ? {} : { member: person(member) }),
  };
  return full as BridgeEvent;
}

function fileOf(file: Omit<FileRef, 'account' | 'id'>): FileRef {
  return { ...file, account: room.account, id: 'f' };
}

function degradedIn(event: BridgeEvent, { given = {} }: Row, network: Network): Degraded {
  const { can, capabilities } = abilities[network];
  const { replyTarget = 'none', thread = 'none', copyAgeHours = 0, options = {}, here, lacksEmoji, told } = given;
  return degrade(event, capabilities, {
    replyTarget,
    thread,
    copyAgeMs: copyAgeHours * 3_600_000,
    can: (kind) => can.includes(kind),
    options: { ...defaultLinkOptions, ...options },
    networkLabel: 'Elsewhere',
    ...(lacksEmoji === true ? { lacksEmoji } : {}),
    ...(told === true ? { told } : {}),
    ...(here === true ? { here: { ...person('Mia'), account: accountId(network) } } : {}),
  });
}

/** What becomes of it under a poll in which Anna voted. */
function ofPoll(
  event: Extract<BridgeEvent, { kind: 'pollVoted' | 'pollCounted' | 'pollClosed' }>,
  network: Network,
): string {
  const { capabilities } = abilities[network];
  const terms = { question: 'Cake?', options: ['apple', 'plum'], results: 'shown', maxVotes: 1 } as const;
  const state = event.kind === 'pollClosed' ? 'closed' : 'open';
  const vote = { account: room.account, person: event.actor.id, portal: 'elsewhere', choices: [0] };
  const copies = [{ part: 0, id: remoteId('copy'), hash: null, madeAt: new Date(0) }];
  const [as = 'relay'] = capabilities.speakers;
  const place = { lane: { id: 'here' }, capabilities, copies, now: new Date(0), as, networkLabel: 'Elsewhere' };
  const step = pollStep(event, { poll: { ...terms, state }, votes: [vote], counts: [], casts: [] }, place);
  switch (step.then) {
    case 'skip':
      return `nothing: ${step.reason}`;
    case 'do':
      return becomes(event, {
        event: step.event,
        by: 'person',
        ...(step.inLine === undefined ? {} : { inLine: step.inLine }),
      });
    case 'show':
      return 'the poll shows it';
    case 'tell':
      return `under the poll: ${quoted(step.event)}`;
  }
}

/** In words for people who run a bridge. */
function becomes(event: BridgeEvent, degraded: Degraded): string {
  if ('skip' in degraded) return `nothing: ${degraded.skip}`;
  const { event: shown, by, inLine } = degraded;
  const refused = inLine === undefined ? '' : `; where the room refuses that, a line: ${quoted(inLine)}`;
  if (JSON.stringify(shown) === JSON.stringify(event))
    return `as it is${by === 'bridge' ? ', by the bridge' : ''}${refused}`;
  if (shown.kind === 'messageEdited' && event.kind === 'messageEdited') return quoted(shown);
  if (shown.kind === 'messageEdited') return `its first message says it: ${quoted(shown)}`;
  if (shown.kind === 'messageDeleted') return 'the line is deleted';
  if (shown.kind !== 'messageSent') return `done to the person there${refused}`;
  if (event.kind === 'messageEdited') return `an answer to the old words: ${quoted(shown)}`;
  if (event.kind !== 'messageSent')
    return `a line${shown.thread === undefined ? '' : ' in the thread'}: ${quoted(shown)}`;
  const answers = shown.replyTo !== undefined && event.replyTo === undefined ? 'an answer to its first message: ' : '';
  return `${answers}${quoted(shown)}`;
}

function quoted({ body, files = [] }: Extract<BridgeEvent, { kind: 'messageSent' | 'messageEdited' }>): string {
  const lines = files.map((file) => toPlain(file.instead === undefined ? [] : fileLine(file, file.instead)));
  return `“${[toPlain(body), ...lines]
    .filter((text) => text !== '')
    .join('\n')
    .replaceAll(/\n+/g, ' ⏎ ')}”`;
}

describe.each(rows)('$what', (row) => {
  it.each(networks)('in %s', (network) => {
    const event = eventOf(row);
    const shown = isOfPoll(event) ? ofPoll(event, network) : becomes(event, degradedIn(event, row, network));
    expect(shown).toBe(row[network]);
  });
});

it('docs/degrading.md is the page of this table: `npm run generate` writes it', () => {
  const page = execFileSync(process.execPath, [resolve('scripts/degrading-page.mjs')], { encoding: 'utf8' });
  expect(readFileSync(resolve('docs/degrading.md'), 'utf8')).toBe(page);
});

it('every kind of event is in the table', () => {
  const kinds = new Set(rows.map(({ event }) => event.kind));
  expect([...kinds].sort()).toEqual(
    [
      ...new Set([
        ...Object.values(abilities).flatMap(({ can }) => can),
        'pollStarted',
        'pollVoted',
        'pollClosed',
        'callChanged',
        'pinChanged',
        'threadChanged',
      ]),
    ].sort(),
  );
});
