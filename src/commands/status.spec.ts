import { accountId, deliveryId, roomId } from '../model/ids.js';
import { defaultLinkOptions } from '../model/link-options.js';
import type { PortalStatus, StatusReport } from '../persistence/status.repository.js';
import { renderStatus } from './status.js';

const talk: PortalStatus = {
  account: accountId('my-talk'),
  wanted: { room: 'abcd1234' },
  room: roomId('abcd1234'),
  direction: 'both',
  problem: null,
  catchesUpFrom: null,
  read: { mode: 'sweep', state: 'open', reason: null, readAt: null },
  lane: { waiting: 0, parked: 0, failingSince: null, reason: null },
};
const link = { key: 'team', owner: 'database', pausedAt: null, mirror: defaultLinkOptions } as const;
const nothing: StatusReport = { replicas: [], accounts: [], links: [], held: 0, malformed: 0, parked: [] };

const lines = (more: Partial<StatusReport>) => renderStatus({ ...nothing, ...more }).split('\n');

describe('crosstalk status', () => {
  it('says when no service runs', () => {
    expect(lines({})).toEqual(['Replicas', '  no service is running', '', '0 events held, 0 payloads malformed']);
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
