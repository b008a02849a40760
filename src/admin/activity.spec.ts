import type { RecentActivity } from '../persistence/activity.repository.js';
import { Activity } from './activity.js';

const now = new Date('2026-01-02T03:04:05.678Z');
const nothing: RecentActivity = { minutes: [], deliveryMs: { half: null, most: null }, rooms: [] };
const counted = { delivered: 3, skipped: 2, parked: 1, waiting: 0 };

function activity(answer: () => Promise<RecentActivity>): { of: Activity; asked: Date[]; passMs(ms: number): void } {
  const asked: Date[] = [];
  let monotonicMs = 0;
  const of = new Activity(
    {
      recent: (since) => {
        asked.push(since);
        return answer();
      },
    },
    { now: () => now, monotonicMs: () => monotonicMs },
  );
  return { of, asked, passMs: (ms) => (monotonicMs += ms) };
}

describe('activity', () => {
  it('has fifteen whole minutes, also those in which nothing happened', async () => {
    const { of, asked } = activity(() =>
      Promise.resolve({ ...nothing, minutes: [{ minute: new Date('2026-01-02T03:03:00Z'), ...counted }] }),
    );
    const { minutes } = await of.report();
    expect(minutes).toHaveLength(15);
    expect(minutes.slice(-2)).toEqual([
      { minute: new Date('2026-01-02T03:03:00Z'), ...counted },
      { minute: new Date('2026-01-02T03:04:00Z'), delivered: 0, skipped: 0, parked: 0, waiting: 0 },
    ]);
    expect(minutes[0]?.minute).toEqual(new Date('2026-01-02T02:50:00Z'));
    expect(asked).toEqual([new Date('2026-01-02T02:50:00Z')]);
  });

  it('is asked for once in two seconds, however many look', async () => {
    const { of, asked, passMs } = activity(() => Promise.resolve(nothing));
    await Promise.all([of.report(), of.report()]);
    passMs(1_999);
    await of.report();
    expect(asked).toHaveLength(1);
    passMs(1);
    await of.report();
    expect(asked).toHaveLength(2);
  });

  it('a failure is not believed any longer', async () => {
    let fails = true;
    const { of } = activity(() => (fails ? Promise.reject(new Error('away')) : Promise.resolve(nothing)));
    await expect(of.report()).rejects.toThrow('away');
    fails = false;
    await expect(of.report()).resolves.toBeDefined();
  });
});
