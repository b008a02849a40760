import { saying } from '../../../test/contract/matrix-deliveries.js';
import { MatrixBench } from '../../../test/contract/matrix-bench.js';
import { matrixTeam } from '../../../test/contract/matrix-team.js';
import type { RoomClosed } from '../../model/errors.js';
import type { MatrixAdapter } from './matrix.adapter.js';

const hourMs = 3_600_000;

describe('matrix look', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let alice: string;
  let room: string;

  beforeEach(async () => {
    ({ bench, adapter, alice, room } = await matrixTeam());
  });

  afterEach(async () => {
    await bench.close();
  });

  const send = async (name: string): Promise<ReturnType<typeof saying>> => {
    const sent = saying(name, room, name);
    await adapter.deliver.messageSent?.send(sent.request, bench.signal);
    return sent;
  };

  it('finds what was sent behind much that came later, with one look for all', async () => {
    const since = new Date();
    const first = await send('first');
    for (let count = 0; count < 250; count += 1) bench.sandbox.post(room, alice, `noise ${count}`);
    const second = await send('second');
    const never = saying('never', room, 'never');
    const outcomes = await adapter.wasDone([first.uncertain, second.uncertain, never.uncertain], since, bench.signal);
    expect(outcomes).toEqual([
      { delivery: 'first', done: first.made },
      { delivery: 'second', done: second.made },
      { delivery: 'never', done: 'notFound' },
    ]);
  });

  it('reads no further back than the attempt', async () => {
    const old = await send('old');
    for (let count = 0; count < 150; count += 1) bench.sandbox.post(room, alice, `noise ${count}`);
    const later = new Date(Date.now() + hourMs);
    expect(await adapter.wasDone([old.uncertain], later, bench.signal)).toEqual([
      { delivery: 'old', done: 'notFound' },
    ]);
  });

  it.each([-hourMs, hourMs])('a clock of ours that is %i ms ahead hides nothing', async (aheadMs) => {
    const sent = await send('sent');
    for (let count = 0; count < 120; count += 1) bench.sandbox.post(room, alice, `noise ${count}`);
    const since = new Date(Date.now() + aheadMs);
    const other = bench.make({}, aheadMs);
    expect(await other.wasDone([sent.uncertain], since, bench.signal)).toEqual([{ delivery: 'sent', done: sent.made }]);
  });

  it('a key that somebody else copied proves nothing', async () => {
    const never = saying('never', room, 'never');
    bench.sandbox.sendEvent(room, alice, 'm.room.message', {
      msgtype: 'm.text',
      body: 'x',
      'org.crosstalk.delivery': never.request.key(0),
    });
    expect(await adapter.wasDone([never.uncertain], new Date(0), bench.signal)).toEqual([
      { delivery: 'never', done: 'notFound' },
    ]);
  });

  it('from outside the room nothing can be told', async () => {
    const sent = await send('sent');
    bench.sandbox.leave(room, '@crosstalk:sandbox.test');
    const failure = await adapter.wasDone([sent.uncertain], new Date(), bench.signal).catch((error: unknown) => error);
    expect((failure as RoomClosed).reason).toBe('notJoined');
  });
});
