import type { MessageEvent } from '@nestjs/common';
import { accountId, deliveryId, roomId } from '../model/ids.js';
import { silentLog } from '../observability/log.js';
import type { DeliverySight } from '../persistence/activity.repository.js';
import { LiveFeed } from './live-feed.js';

const sight = (id: number, state: DeliverySight['state'] = 'delivered'): DeliverySight => ({
  id: String(id),
  delivery: deliveryId(`delivery ${String(id)}`),
  kind: 'messageSent',
  state,
  reason: null,
  link: 'team',
  from: null,
  to: { account: accountId('right'), room: roomId('b') },
  storedAt: new Date(0),
  finishedAt: null,
});

/** A feed that looks when it is told to. */
class Bench {
  rows: () => DeliverySight[] = () => [];
  readonly asked: (readonly string[])[] = [];
  #next: (() => void) | undefined;
  readonly feed = new LiveFeed(
    {
      sights: (_, also) => {
        this.asked.push(also);
        return Promise.resolve().then(() => this.rows());
      },
    },
    { sleep: () => new Promise((done) => (this.#next = done)) },
    silentLog,
  );

  follow(): { readonly told: string[]; end(): void; ended: boolean } {
    const follower = { told: [] as string[], ended: false, end: () => subscription.unsubscribe() };
    const subscription = this.feed.follow().subscribe({
      next: ({ type, data }: MessageEvent) =>
        follower.told.push(type === 'beat' ? 'beat' : `${(data as DeliverySight).id} ${(data as DeliverySight).state}`),
      complete: () => (follower.ended = true),
    });
    return follower;
  }

  async look(rows: DeliverySight[]): Promise<void> {
    this.rows = () => rows;
    this.#next?.();
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }
}

describe('the live feed', () => {
  it('asks for nothing while nobody follows', async () => {
    const bench = new Bench();
    await bench.look([sight(1)]);
    expect(bench.asked).toEqual([]);
    const follower = bench.follow();
    await bench.look([sight(1)]);
    follower.end();
    const { length } = bench.asked;
    await bench.look([sight(2)]);
    expect(bench.asked).toHaveLength(length);
    expect(follower.told).toEqual(['1 delivered']);
  });

  it('tells each change once, and whoever comes later what there is', async () => {
    const bench = new Bench();
    const first = bench.follow();
    await bench.look([sight(1, 'waiting')]);
    await bench.look([sight(1, 'waiting'), sight(2)]);
    const second = bench.follow();
    await bench.look([sight(1, 'parked'), sight(2)]);
    expect(first.told).toEqual(['1 waiting', '2 delivered', '1 parked']);
    expect(second.told).toEqual(['1 waiting', '2 delivered', '1 parked']);
  });

  it('keeps an eye on what waits', async () => {
    const bench = new Bench();
    bench.follow();
    await bench.look([sight(1, 'waiting'), sight(2)]);
    await bench.look([sight(3)]);
    expect(bench.asked.at(-1)).toEqual(['1']);
  });

  it('goes on after the database was away', async () => {
    const bench = new Bench();
    const follower = bench.follow();
    bench.rows = () => {
      throw new Error('no connection');
    };
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    await bench.look([sight(1)]);
    expect(follower.told).toEqual(['1 delivered']);
  });

  it('gives a sign of life in silence', async () => {
    const bench = new Bench();
    const follower = bench.follow();
    for (let looks = 0; looks < 16; looks += 1) await bench.look([]);
    expect(follower.told).toEqual(['beat']);
  });

  it('ends with the service', async () => {
    const bench = new Bench();
    const follower = bench.follow();
    await bench.look([]);
    bench.feed.onModuleDestroy();
    expect(follower.ended).toBe(true);
  });
});
