import { readFileSync } from 'node:fs';
import { fromSlack } from '../../src/adapters/slack/from-slack.js';
import type { SlackSelf } from '../../src/adapters/slack/slack.ids.js';
import { parseStored, type StoredEvent } from '../../src/adapters/slack/slack.payloads.js';
import type { BridgeEvent } from '../../src/model/bridge-event.js';
import type { Capabilities } from '../../src/model/capabilities.js';
import { accountId } from '../../src/model/ids.js';
import { defaultLinkOptions } from '../../src/model/link-options.js';
import type { ReadResult } from '../../src/model/network-adapter.js';
import { degrade } from '../../src/pipeline/degrade.js';
import type { Degraded } from '../../src/pipeline/degraded.js';
import { type MentionLookup, translated } from '../../src/pipeline/mentions.js';

interface Captured {
  readonly name: string;
  readonly event: StoredEvent['event'];
}

const file = new URL('../fixtures/slack/conversation.json', import.meta.url);
export const captured = JSON.parse(readFileSync(file, 'utf8')) as readonly Captured[];

/** As whom events are read. */
export const self: SlackSelf = {
  account: accountId('town'),
  team: 'T0TOWN0001',
  user: 'U0CRSSTALK',
  bot: 'B0CRSSTALK',
  app: 'A0CRSSTALK',
  url: 'https://town.slack.com/',
};

/** What is called how. */
export const names = {
  users: {
    U0ANNA0001: { name: 'Anna' },
    U0BEN00002: { name: 'Ben' },
    U0CLEO0003: { name: 'Cleo' },
    W0PARTNER4: { name: 'Dora' },
    U0C1BOT001: { name: 'Build', isBot: true },
    USLACKBOT: { name: 'Slackbot', isBot: true },
  },
  channels: { C0FA1R0001: 'summer-fair', C0STAGE001: 'stage' },
  groups: { S0CH01R001: 'choir' },
};

/** What an event tells, with all its names known. */
export function read(event: StoredEvent['event']): ReadResult {
  return fromSlack(parseStored({ event, names }), self);
}

export function eventNamed(name: string): StoredEvent['event'] {
  const found = captured.find((each) => each.name === name);
  if (found === undefined) throw new Error(`nothing captured is named ${name}`);
  return found.event;
}

/** The names of what was captured whose beginnings are these. */
export function namesOf(...beginnings: readonly string[]): readonly string[] {
  return captured.map(({ name }) => name).filter((name) => beginnings.includes(name.split(':')[0] ?? ''));
}

/** What of an event another room is shown, and by whom. */
export interface Elsewhere {
  readonly capabilities: Capabilities;
  readonly entries: ReadonlySet<BridgeEvent['kind']>;
  readonly people: MentionLookup;
}

/** An event as another room can show it; all that it is about stands there. */
export async function shownElsewhere(
  event: BridgeEvent,
  account: string,
  { capabilities, entries, people }: Elsewhere,
  networkLabel = 'Slack',
): Promise<Degraded> {
  const { replyTo, thread } = event.kind === 'messageSent' ? event : {};
  const degraded = degrade(event, capabilities, {
    replyTarget: replyTo === undefined ? 'none' : 'found',
    thread: thread === undefined ? 'none' : 'found',
    can: (kind) => entries.has(kind),
    options: defaultLinkOptions,
    networkLabel,
  });
  if ('skip' in degraded) return degraded;
  return { ...degraded, event: await translated(degraded.event, accountId(account), people) };
}

/** The one event that a payload tells; undefined where it tells none. */
export function onlyEvent(result: ReadResult): BridgeEvent | undefined {
  if ('ignored' in result) return undefined;
  const [event, ...others] = result.events;
  if (event === undefined || others.length > 0) throw new Error('one event is one event');
  return event;
}

/** How a message of the channel is called in the tables: by the name that it was captured by. */
export function nameOf(ts: string): string {
  return captured.find(({ event }) => event['ts'] === ts)?.name ?? ts;
}
