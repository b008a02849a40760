import { accountId, deliveryId, roomId } from '../model/ids.js';
import { defaultLinkOptions } from '../model/link-options.js';
import type { PortalStatus, StatusReport } from '../persistence/status.repository.js';
import { renderStatus } from './status.js';

const talk: PortalStatus = {
  account: accountId('my-talk'),
  wanted: { room: 'abcd1234' },
  room: roomId('abcd1234'),
  direction: 'both',
  speaker: 'auto',
  problem: null,
  catchesUpFrom: null,
  read: { mode: 'sweep', state: 'open', reason: null, readAt: null },
  mute: null,
  note: null,
  lane: { waiting: 0, parked: 0, failingSince: null, reason: null },
};
const link = { key: 'team', owner: 'database', pausedAt: null, mirror: defaultLinkOptions } as const;
const nothing: StatusReport = { replicas: [], accounts: [], links: [], held: 0, malformed: 0, parked: [] };

const lines = (more: Partial<StatusReport>) =>
  renderStatus({ ...nothing, ...more }, { now: new Date('2026-03-04T05:06:50Z'), leaseMs: 12_000 }).split('\n');

describe('crosstalk status', () => {
  it('says when no service runs', () => {
    expect(lines({})).toEqual(['Replicas', '  no service is running', '', '0 events held, 0 payloads malformed']);
  });

  const quiet = { id: '9935e24f-4b1d', host: 'vm', renewedAt: '2026-03-04T05:06:07+00:00', shards: 64 };

  it('a replica that renews no more is told by when it was last seen, and that nobody is at work', () => {
    expect(lines({ replicas: [quiet] }).slice(0, 4)).toEqual([
      'Replicas',
      '  9935e24f  vm  64 shards  last seen 43 s ago',
      '',
      'Nobody is at work: nothing is read or delivered until a service runs.',
    ]);
    expect(lines({ replicas: [{ ...quiet, renewedAt: '2026-03-04T06:03:07+01:00' }] })[1]).toBe(
      '  9935e24f  vm  64 shards  last seen 3 min ago',
    );
  });

  it('where one of the replicas renewed within a lease, somebody is at work', () => {
    const alive = { id: '03cd8515-77aa', host: 'vm', renewedAt: '2026-03-04T05:06:47+00:00', shards: 0 };
    expect(lines({ replicas: [quiet, alive] })).toEqual([
      'Replicas',
      '  9935e24f  vm  64 shards  last seen 43 s ago',
      '  03cd8515  vm  0 shards   last seen 3 s ago',
      '',
      '0 events held, 0 payloads malformed',
    ]);
  });

  it('says how many people lend an account a login of their own', () => {
    const account = { network: 'talk', state: 'open', since: '2026-03-04T05:00:00+00:00', says: 'bot at there' };
    const accounts = [
      { ...account, id: accountId('cloud'), lent: 2 },
      { ...account, id: accountId('other'), lent: 0 },
    ];
    expect(lines({ accounts }).slice(3, 6)).toEqual([
      'Accounts',
      '  cloud  talk  open  bot at there; 2 own logins lent',
      '  other  talk  open  bot at there',
    ]);
  });

  it('shows how each room is read and what waits in its lane', () => {
    const lane = { waiting: 3, parked: 1, failingSince: '2026-03-04T05:06:07+00:00', reason: 'no answer' };
    const links = [{ ...link, state: 'active' as const, portals: [talk, { ...talk, lane }] }];
    expect(lines({ links, held: 1 }).slice(3)).toEqual([
      'Link team (active, owned by the database)',
      '  my-talk  abcd1234  both  sweep  lane idle',
      '  my-talk  abcd1234  both  sweep  lane: 3 waiting, 1 parked, held up since 2026-03-04 05:06 UTC: no answer',
      '',
      '1 event held, 0 payloads malformed',
    ]);
  });

  it('a paused link is not read, and one that left the settings is shown with what brings it back', () => {
    const links = [
      { ...link, state: 'paused' as const, pausedAt: '2026-03-04T06:06:07+01:00', portals: [talk] },
      { ...link, key: 'old', state: 'left' as const, mirror: { ...defaultLinkOptions, name: false }, portals: [] },
    ];
    expect(lines({ links }).slice(3, 8)).toEqual([
      'Link team (paused since 2026-03-04 05:06 UTC, owned by the database)',
      '  my-talk  abcd1234  both  not read  lane idle',
      '',
      'Link old (left the settings, owned by the database, mirrors name=off)',
      '  no rooms: `crosstalk relink old` brings it back, `crosstalk unlink old` ends it',
    ]);
  });

  it('shows what is parked with the id that retry takes', () => {
    const parked = [
      {
        delivery: deliveryId('01980a52-3c4e-7bd1-9a55-0c1d2e3f4a5b'),
        account: accountId('my-talk'),
        room: roomId('abcd1234'),
        kind: 'messageSent',
        reason: 'too long',
        since: '2026-03-04T05:06:07+00:00',
      },
    ];
    expect(lines({ parked })).toContain(
      '  01980a52-3c4e-7bd1-9a55-0c1d2e3f4a5b  my-talk  abcd1234  messageSent  2026-03-04 05:06 UTC  too long',
    );
  });
});
