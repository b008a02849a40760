import type { Clock } from '../model/clock.js';
import { accountId, roomId } from '../model/ids.js';
import { defaultLinkOptions } from '../model/link-options.js';
import type { LinkStatus, PortalStatus, StatusReport } from '../persistence/status.repository.js';
import { roomsTakenUp } from './rooms-taken-up.js';

const portal: PortalStatus = {
  account: accountId('my-talk'),
  wanted: { room: 'abcd1234' },
  room: null,
  direction: 'both',
  speaker: 'auto',
  problem: null,
  catchesUpFrom: null,
  read: { mode: 'push', state: 'open', reason: null, readAt: null },
  mute: null,
  note: null,
  lane: { waiting: 0, parked: 0, failingSince: null, reason: null },
};
const running = { id: '1', host: 'a', renewedAt: '2026-03-04T05:06:07+00:00', shards: 64 };

/** The last lines said where a look shows these rooms one after the other, the last for ever. */
async function said(looks: readonly PortalStatus[], more: Partial<LinkStatus> = {}, replicas = [running]) {
  let nowMs = 0;
  let look = 0;
  const clock: Pick<Clock, 'monotonicMs' | 'sleep'> = {
    monotonicMs: () => nowMs,
    sleep: (ms) => {
      nowMs += ms;
      look += 1;
      return Promise.resolve();
    },
  };
  const report: StatusReport = { replicas, accounts: [], links: [], held: 0, malformed: 0, parked: [] };
  const status = {
    report: () => Promise.resolve(report),
    links: (): Promise<LinkStatus[]> => {
      const portals = [looks[Math.min(look, looks.length - 1)] ?? portal];
      const link = { key: 'team', owner: 'database', pausedAt: null, mirror: defaultLinkOptions } as const;
      return Promise.resolve([{ ...link, state: 'active', portals, ...more }]);
    },
  };
  const text = await roomsTakenUp(status, 'team', clock);
  return { lines: text.split('\n').slice(1), nowMs };
}

describe('what became of the rooms of a link', () => {
  it('is told as soon as the service has them', async () => {
    const { lines, nowMs } = await said([portal, portal, { ...portal, room: roomId('abcd1234') }]);
    expect(lines).toEqual([expect.stringContaining('abcd1234')]);
    expect(nowMs).toBe(200);
  });

  it('is told as soon as one cannot be had, with why', async () => {
    const { lines } = await said([portal, { ...portal, problem: 'nobody knows it' }]);
    expect(lines).toEqual([
      expect.stringContaining('nobody knows it'),
      'A room that cannot be had is tried again every few seconds: `crosstalk links` shows when it is there.',
    ]);
  });

  it('is not waited for where no service runs, the link is paused, or it takes too long', async () => {
    const alone = await said([portal], {}, []);
    expect(alone.lines.at(-1)).toBe('No service is running: the link begins when one is started.');
    expect(alone.nowMs).toBe(0);
    expect((await said([portal], { state: 'paused' })).lines).toHaveLength(1);
    const late = await said([portal]);
    expect(late.lines.at(-1)).toBe('The service has not come to it yet: `crosstalk links` shows when it has.');
  });
});
