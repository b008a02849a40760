import { MatrixBench, until } from '../../../test/contract/matrix-bench.js';
import { matrixTeam } from '../../../test/contract/matrix-team.js';
import { toPlain } from '../../formatting/plain.js';
import type { MatrixAdapter } from './matrix.adapter.js';

const hour = 3_600_000;

describe('live locations of a room', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let alice: string;
  let bob: string;
  let room: string;

  beforeEach(async () => {
    ({ bench, adapter, alice, room } = await matrixTeam({ settings: { liveLocationMs: 60_000 } }));
    bob = bench.sandbox.addUser('bob', 'Bob');
    bench.sandbox.join(room, bob);
  });

  afterEach(async () => {
    await bench.close();
  });

  /** In place of the one before; soon it looks who has moved. */
  const later = async (aheadMs = 0, liveLocationMs = 20): Promise<void> => {
    adapter = bench.make({ liveLocationMs }, aheadMs);
    await bench.begin(adapter);
  };
  const share = (live: boolean, more: object = {}): string =>
    bench.sandbox.sendState(room, alice, 'org.matrix.msc3672.beacon_info', alice, {
      live,
      timeout: hour,
      'org.matrix.msc3488.ts': Date.now(),
      ...more,
    });
  const move = (sharing: string, latitude: number, by = alice): string =>
    bench.sandbox.sendEvent(room, by, 'org.matrix.msc3672.beacon', {
      'm.relates_to': { rel_type: 'm.reference', event_id: sharing },
      'org.matrix.msc3488.location': { uri: `geo:${String(latitude)},13` },
    });
  /** What each told event says, by what it is about. */
  const told = async (): Promise<string[]> => {
    await until(() => bench.sandbox.isPushed);
    return bench.arrived(adapter).flatMap(({ result }) =>
      'events' in result
        ? result.events.flatMap((event) => {
            if (event.kind !== 'messageSent' && event.kind !== 'messageEdited') return [];
            const place = /📍 ([\d.]+),/.exec(toPlain(event.body))?.[1] ?? 'nowhere';
            const state = toPlain(event.body).includes('has ended') ? ', over' : '';
            return [`${event.kind === 'messageSent' ? 'sent' : 'edited'} ${event.message.id}: ${place}${state}`];
          })
        : [],
    );
  };

  it('are a message, edited by the first place at once and by the last at the end', async () => {
    const sharing = share(true);
    for (const latitude of [50, 51, 52]) move(sharing, latitude);
    share(false);
    expect(await told()).toEqual([`sent ${sharing}: nowhere`, `edited ${sharing}: 50`, `edited ${sharing}: 52, over`]);
  });

  it('go on with the newest place after a while, also after a restart', async () => {
    const sharing = share(true);
    for (const latitude of [50, 51, 52]) move(sharing, latitude);
    await until(() => bench.sandbox.isPushed);
    await later();
    await until(async () => (await told()).at(-1) === `edited ${sharing}: 52`);
    const { length } = await told();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await told()).toHaveLength(length);
    move(sharing, 53);
    await until(async () => (await told()).at(-1) === `edited ${sharing}: 53`);
    expect(await told()).toHaveLength(4);
  });

  it('end when their time is over, though nobody says so', async () => {
    const sharing = share(true);
    move(sharing, 50);
    await until(() => bench.sandbox.isPushed);
    await later(2 * hour);
    await until(async () => (await told()).at(-1) === `edited ${sharing}: 50, over`);
    move(sharing, 51);
    share(false);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await told()).slice(2)).toEqual([`edited ${sharing}: 50, over`]);
  });

  it('are edited for no longer than messages can be elsewhere', async () => {
    const sharing = share(true, { timeout: 72 * hour });
    for (const latitude of [50, 51]) move(sharing, latitude);
    await until(() => bench.sandbox.isPushed);
    await later(24 * hour);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await told()).toHaveLength(2);
    await later(73 * hour);
    await until(async () => (await told()).at(-1) === `edited ${sharing}: 51, over`);
  });

  it('are those of whoever shares: nobody else moves them', async () => {
    const sharing = share(true);
    move(sharing, 50, bob);
    bench.sandbox.sendEvent(room, alice, 'org.matrix.msc3672.beacon', {
      'm.relates_to': { rel_type: 'm.reference', event_id: sharing },
      'org.matrix.msc3488.location': { uri: 'geo:nowhere' },
    });
    expect(await told()).toEqual([`sent ${sharing}: nowhere`]);
  });

  it('are told once though their transaction comes again', async () => {
    const sharing = share(true);
    await until(() => bench.sandbox.isPushed);
    const repeated = async (act: () => unknown): Promise<void> => {
      bench.log.length = 0;
      bench.ingest.fail = new Error('the database is away');
      act();
      await until(() => bench.log.some(({ event }) => event.includes('could not be stored')));
      bench.ingest.fail = undefined;
      await until(() => bench.sandbox.isPushed);
    };
    await repeated(() => move(sharing, 50));
    await repeated(() => share(false));
    expect(await told()).toEqual([`sent ${sharing}: nowhere`, `edited ${sharing}: 50`, `edited ${sharing}: 50, over`]);
  });

  it('are forgotten a day after', async () => {
    const kept = (): number => [...bench.store.keys()].filter((key) => key.startsWith('live/')).length;
    share(true);
    share(false);
    await until(() => bench.sandbox.isPushed);
    expect(kept()).toBe(1);
    await later(25 * hour);
    await until(() => kept() === 0);
  });
});
