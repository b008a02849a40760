import { editing, reacting, saying, unsaying } from '../../../test/contract/matrix-deliveries.js';
import { MatrixBench, until } from '../../../test/contract/matrix-bench.js';
import { deliverBy } from '../../../test/contract/matrix-team.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import type { BridgeError } from '../../model/errors.js';
import { roomId } from '../../model/ids.js';
import type { RawPayload } from '../../model/network-adapter.js';
import type { MatrixAdapter } from './matrix.adapter.js';

const bot = '@crosstalk:sandbox.test';

describe('matrix: what happened meanwhile', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let alice: string;
  let room: string;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = Date.now() - 3_600_000;
    bench = await MatrixBench.open({ sandbox: { nowMs: () => nowMs } });
    alice = bench.sandbox.addUser('alice', 'Alice');
    room = bench.sandbox.createRoom({ creator: alice, name: 'Team', public: true });
    bench.linked.add(room);
    adapter = bench.make();
    await bench.begin(adapter);
    await adapter.resolveRoom({ room }, 'team', bench.signal);
  });

  afterEach(async () => {
    await bench.close();
  });

  const read = async (since: Date): Promise<RawPayload[]> => {
    const payloads: RawPayload[] = [];
    for await (const batch of adapter.catchUp(roomId(room), since, bench.signal)) payloads.push(...batch);
    return payloads;
  };
  const eventsIn = (payloads: readonly RawPayload[]): BridgeEvent[] =>
    payloads.flatMap(({ body }) => {
      const result = adapter.read(JSON.parse(Buffer.from(body).toString('utf8')));
      return 'events' in result ? [...result.events] : [];
    });
  /** What people did, shortly. */
  const told = (payloads: readonly RawPayload[]): unknown[] =>
    eventsIn(payloads)
      .filter(({ actor }) => actor.standing === 'person')
      .map((event) => {
        switch (event.kind) {
          case 'messageSent':
          case 'messageEdited':
            return [event.kind, event.message.id, JSON.stringify(event.body).replace(/.*"text":"([^"]*)".*/, '$1')];
          case 'messageDeleted':
            return [event.kind, event.message.id];
          case 'reactionAdded':
            return [event.kind, event.message.id, event.emoji, event.row];
          default:
            return [event.kind];
        }
      });
  const muchLater = (): Date => {
    nowMs += 600_000;
    return new Date(nowMs);
  };

  it('edits, deletions, reactions and their removal are told as they were pushed, in order', async () => {
    const first = bench.sandbox.post(room, alice, 'first');
    const second = bench.sandbox.post(room, alice, 'second');
    const old = bench.sandbox.react(room, alice, second, '👍️');
    const since = muchLater();
    bench.sandbox.edit(room, alice, first, 'first, edited');
    bench.sandbox.redact(room, alice, second);
    bench.sandbox.redact(room, alice, old);
    const heart = bench.sandbox.react(room, alice, first, '❤️');
    const third = bench.sandbox.post(room, alice, 'third');
    const gone = bench.sandbox.post(room, alice, 'never to be read');
    bench.sandbox.redact(room, alice, gone);
    bench.sandbox.sendState(room, alice, 'm.room.topic', '', { topic: 'All of us' });
    await until(() => bench.sandbox.isPushed);

    const payloads = await read(since);
    expect(told(payloads)).toEqual([
      ['messageEdited', first, 'first, edited'],
      ['messageDeleted', second],
      ['messageDeleted', old],
      ['reactionAdded', first, '❤️', heart],
      ['messageSent', third, 'third'],
      ['messageDeleted', gone],
      ['roomChanged'],
    ]);
    const pushed = [...bench.ingest.payloads.keys()];
    expect(payloads.every(({ key }) => pushed.includes(key))).toBe(true);
    // What is pushed is news; what is read again may be older than what came since.
    expect([...bench.ingest.payloads.values()].map(({ isNews }) => isNews)).toEqual(pushed.map(() => true));
    expect(payloads.map(({ isNews }) => isNews)).toEqual(payloads.map(() => undefined));
    expect(Buffer.concat(payloads.map(({ body }) => body)).toString()).not.toContain('never to be read');
  });

  it('what came since stays the newer', async () => {
    const id = bench.sandbox.post(room, alice, 'one');
    const since = muchLater();
    bench.sandbox.edit(room, alice, id, 'two');
    bench.sandbox.edit(room, alice, id, 'three');
    const versionOf = (event: BridgeEvent | undefined): bigint =>
      event?.kind === 'messageEdited' ? BigInt(event.version) : -1n;
    await until(() => bench.sandbox.isPushed);
    const [two, three] = eventsIn(await read(since)).map(versionOf);
    bench.sandbox.edit(room, alice, id, 'four');
    await until(() => bench.sandbox.isPushed);
    const pushed = versionOf(eventsIn([...bench.ingest.payloads.values()]).at(-1));
    expect(two).toBeGreaterThan(0n);
    expect(three).toBeGreaterThan(two ?? 0n);
    expect(pushed).toBeGreaterThan(three ?? 0n);
  });

  it('our own acts come as ours', async () => {
    const since = muchLater();
    const deliver = async (asked: { request: { event: BridgeEvent } }): Promise<void> => {
      await deliverBy(adapter, asked, bench);
    };
    const sent = saying('one', room, 'hello');
    await deliver(sent);
    await deliver(editing('two', room, sent.made, 'hello, all'));
    await deliver(reacting('three', room, sent.made, '👍'));
    await deliver(unsaying('four', room, sent.made));
    const events = eventsIn(await read(since));
    expect(events.map(({ actor }) => actor.standing)).not.toContain('person');
    expect(events.map(({ kind }) => kind)).toContain('messageDeleted');
  });

  it('much of it is read page by page, all of it once and nothing from before', async () => {
    for (let count = 0; count < 150; count += 1) bench.sandbox.post(room, alice, `old ${count}`);
    const since = muchLater();
    const ids = Array.from({ length: 350 }, (_, count) => bench.sandbox.post(room, alice, `new ${count}`));
    const sizes: number[] = [];
    const keys: string[] = [];
    for await (const batch of adapter.catchUp(roomId(room), since, bench.signal)) {
      sizes.push(batch.length);
      keys.push(...batch.map(({ key }) => key));
    }
    expect(keys).toEqual(ids);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
  });

  it('a room that is younger is read from its beginning', async () => {
    const id = bench.sandbox.post(room, alice, 'hello');
    expect(told(await read(new Date(nowMs - 86_400_000)))).toContainEqual(['messageSent', id, 'hello']);
  });

  it('a quiet room has nothing to tell', async () => {
    bench.sandbox.post(room, alice, 'hello');
    expect(await read(muchLater())).toEqual([]);
  });

  it('from outside nothing can be told', async () => {
    await bench.act(alice, 'POST', `/rooms/${encodeURIComponent(room)}/kick`, { user_id: bot });
    const failure = await read(new Date(nowMs)).then(
      () => undefined,
      (error: unknown) => error as BridgeError,
    );
    expect(failure?.code).toBe('roomClosed');
  });
});
