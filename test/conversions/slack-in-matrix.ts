import { OurUsers } from '../../src/adapters/matrix/matrix.ids.js';
import type { JsonObject } from '../../src/adapters/matrix/matrix.payloads.js';
import { toMatrix } from '../../src/adapters/matrix/to-matrix.js';
import { emojiForMatrix } from '../../src/formatting/emoji.js';
import type { StoredEvent } from '../../src/adapters/slack/slack.payloads.js';
import type { BridgeEvent } from '../../src/model/bridge-event.js';
import { accountId, type MessageRef, userId } from '../../src/model/ids.js';
import { type Elsewhere, nameOf, onlyEvent, read, shownElsewhere } from './slack-captured.js';
import { withoutDefaults } from './talk-rows.js';

const account = 'home';
export const matrix = {
  account: accountId(account),
  users: new OurUsers({ serverName: 'town.example', bot: 'crosstalk', ghostPrefix: 'crosstalk_' }),
};

/** A Matrix room that lets ghosts in. Ben has an account of his own there. */
const room: Elsewhere = {
  capabilities: {
    speakers: ['ghost', 'relay'],
    maxTextChars: 59_000,
    maxTextBytes: 59_000,
    maxFileBytes: 0,
    replies: 'quote',
    threads: 'plain',
    reactions: 'any',
    maxReactionsPerSpeaker: Number.MAX_SAFE_INTEGER,
  },
  entries: new Set([
    'messageSent',
    'messageEdited',
    'messageDeleted',
    'reactionAdded',
    'reactionRemoved',
    'memberJoined',
    'memberLeft',
    'roomChanged',
  ]),
  people: {
    personOn: (to, { id }) => (to === account && id === 'U0BEN00002' ? userId('@ben:town.example') : undefined),
    linkedRoom: () => Promise.resolve(undefined),
  },
};

const copyOf = ({ id }: MessageRef): string => `$${nameOf(id)}`;

/** The contents with which a ghost says an event, in order; none where it says nothing. */
export async function contentsInMatrix(event: StoredEvent['event']): Promise<readonly JsonObject[]> {
  const found = onlyEvent(read(event));
  const shown = found === undefined ? undefined : await shownElsewhere(found, account, room);
  return shown === undefined || 'skip' in shown ? [] : contentsOf(shown.event, shown.by);
}

function contentsOf(event: BridgeEvent, by: 'person' | 'bridge'): readonly JsonObject[] {
  if (event.kind !== 'messageSent' && event.kind !== 'messageEdited') return [];
  const { replyTo, thread } = event.kind === 'messageSent' ? event : {};
  return toMatrix(event, matrix, {
    voice: { as: by === 'bridge' ? 'bridge' : 'ghost' },
    ...(replyTo === undefined ? {} : { replyTo: copyOf(replyTo) }),
    ...(thread === undefined ? {} : { thread: copyOf(thread) }),
  });
}

/** What becomes of an event in Matrix: the content of the event that says it, or what else is done. */
export async function inMatrix(event: StoredEvent['event']): Promise<unknown> {
  const result = read(event);
  const found = onlyEvent(result);
  if (found === undefined) return result;
  if (found.actor.standing === 'ours') return { ours: found.kind };
  const shown = await shownElsewhere(found, account, room);
  if ('skip' in shown) return { skipped: shown.skip };
  return told(shown.event, contentsOf(shown.event, shown.by).map(withoutDefaults));
}

function told(event: BridgeEvent, contents: readonly JsonObject[]): unknown {
  const [content, ...others] = contents;
  const says = others.length > 0 ? contents : content;
  switch (event.kind) {
    case 'messageSent':
      return says;
    case 'messageEdited':
      return { edits: copyOf(event.message), says };
    case 'messageDeleted':
      return { deletes: copyOf(event.message) };
    case 'reactionAdded':
      return { reacts: emojiForMatrix(event.emoji), to: copyOf(event.message) };
    case 'reactionRemoved':
      return { takesBack: emojiForMatrix(event.emoji ?? ''), from: copyOf(event.message) };
    case 'roomChanged':
      return { changes: event.change };
    case 'memberJoined':
      return { joins: event.member.id, by: event.actor.id };
    case 'memberLeft':
      return { leaves: event.member.id, how: event.how };
    default:
      return { kind: event.kind };
  }
}
