import { readFileSync } from 'node:fs';
import { CallMembers } from '../../src/adapters/matrix/matrix.call-members.js';
import { EditedMessages } from '../../src/adapters/matrix/matrix.edited-messages.js';
import { LivePlaces } from '../../src/adapters/matrix/matrix.live-places.js';
import { MatrixLookups, type LookupParts } from '../../src/adapters/matrix/matrix.lookups.js';
import { MatrixSource, type SourceParts } from '../../src/adapters/matrix/matrix.source.js';
import { OurUsers } from '../../src/adapters/matrix/matrix.ids.js';
import { type MatrixEvent, parseStored, type StoredEvent } from '../../src/adapters/matrix/matrix.payloads.js';
import type { MatrixSelf } from '../../src/adapters/matrix/matrix.ids.js';
import { accountId } from '../../src/model/ids.js';
import { memoryStore } from '../contract/matrix-bench.js';

/** A captured event and the name that the table knows it by. */
interface Captured {
  readonly name: string;
  readonly event: MatrixEvent;
}

const file = new URL('../fixtures/matrix/conversation.json', import.meta.url);

/** The conversation as Synapse sent it, in order. */
export const captured = JSON.parse(readFileSync(file, 'utf8')) as readonly Captured[];

/** As whom events are read: the homeserver of the conversation, and names that none of its people have. */
export const self: MatrixSelf = {
  account: accountId('home'),
  users: new OurUsers({ serverName: 'real.test', bot: 'crosstalk', ghostPrefix: 'crosstalk_' }),
};

const names = new Map(captured.map(({ name, event }) => [event.event_id, name]));

/** The name of a captured event; the id of one that was not captured. */
export function nameOf(eventId: string): string {
  return names.get(eventId) ?? eventId;
}

/** The rooms that aliases of the conversation lead to. */
const aliases: Readonly<Record<string, string>> = { '#stage-crew:real.test': '!stage-crew' };

/** The conversation as the source stores it, with what it finds out about each event; by name. */
export async function storedConversation(): Promise<ReadonlyMap<string, StoredEvent>> {
  const source = sourceOf(captured.map(({ event }) => event));
  const stored = new Map<string, StoredEvent>();
  const { signal } = new AbortController();
  for (const { name, event } of captured) {
    const [payload] = await source.payloadsOf([event], 'now', signal);
    stored.set(name, parseStored(JSON.parse(Buffer.from(payload!.body).toString('utf8'))));
  }
  return stored;
}

const noSleep = (): Promise<void> => Promise.resolve();

/** The source, at a homeserver that knows these events. */
function sourceOf(events: readonly MatrixEvent[]): MatrixSource {
  const stateOf = (room: string, type: string, key: string): MatrixEvent | undefined =>
    events.find((event) => event.room_id === room && event.type === type && event.state_key === key);
  const rooms = {
    state: (room: string, type: string, key: string) => Promise.resolve(stateOf(room, type, key) ?? 'absent'),
    stateEvent: (room: string, type: string) => Promise.resolve(stateOf(room, type, '')),
    roomOfAlias: (alias: string) =>
      Promise.resolve(aliases[alias] === undefined ? undefined : { room: aliases[alias], via: [] }),
  };
  const parts = {
    rooms,
    account: { profile: () => Promise.resolve(undefined) },
    timeline: { event: (_: string, id: string) => Promise.resolve(events.find((event) => event.event_id === id)) },
    clock: { monotonicMs: () => 0, now: () => new Date(0) },
    log: { warn: (fields: object) => Promise.reject(new Error(JSON.stringify(fields))) },
    timeoutMs: 1000,
  };
  return new MatrixSource({
    users: self.users,
    lookups: new MatrixLookups(parts as unknown as LookupParts),
    edited: new EditedMessages(memoryStore(), { now: () => new Date(0), sleep: noSleep }),
    live: new LivePlaces({ store: memoryStore(), clock: { now: () => new Date(0), sleep: noSleep }, everyMs: 1 }),
    calls: new CallMembers(memoryStore()),
    clock: parts.clock,
    log: parts.log,
    hsToken: '',
    isLinked: () => true,
    loginRefused: () => undefined,
    command: () => Promise.resolve({ says: '', to: 'room' }),
    lendingChanged: () => Promise.resolve(),
    isOurKey: () => true,
    typing: () => undefined,
    presence: () => undefined,
    wasRead: () => undefined,
    showsRead: () => false,
    wake: () => Promise.resolve(),
    pushed: () => Promise.resolve(),
    picturePath: () => '/picture',
  } as unknown as SourceParts);
}
