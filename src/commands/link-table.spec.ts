import { accountId, roomId } from '../model/ids.js';
import { defaultLinkOptions } from '../model/link-options.js';
import type { LinkStatus, PortalStatus } from '../persistence/status.repository.js';
import { renderLinks } from './link-table.js';

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
const matrix: PortalStatus = { ...talk, account: accountId('my-matrix'), wanted: { room: '#team:x' }, room: null };

const link = (more: Partial<LinkStatus>): LinkStatus => ({
  key: 'team',
  owner: 'database',
  state: 'active',
  pausedAt: null,
  mirror: defaultLinkOptions,
  portals: [talk, { ...matrix, direction: 'in' }],
  ...more,
});

const cells = (text: string) => text.split('\n').map((line) => line.split(/ {2,}/));

describe('crosstalk links', () => {
  it('shows a line for each room with its direction and what is wrong with it', () => {
    const refused = { ...matrix, problem: 'nobody invited the bridge' };
    const text = renderLinks([link({}), link({ key: 'b', owner: 'settings', portals: [talk, refused] })]);
    expect(cells(text)).toEqual([
      ['LINK', 'OWNER', 'STATE', 'ACCOUNT', 'ROOM', 'DIRECTION', 'PROBLEM'],
      ['team', 'database', 'active', 'my-talk', 'abcd1234', 'both'],
      ['', 'my-matrix', '#team:x', 'in', 'is being looked for'],
      ['b', 'settings', 'active', 'my-talk', 'abcd1234', 'both'],
      ['', 'my-matrix', '#team:x', 'both', 'nobody invited the bridge'],
    ]);
  });

  it('says since when a link is paused, and what brings back one that has no rooms', () => {
    const text = renderLinks([
      link({ state: 'paused', pausedAt: '2026-03-04T05:06:07.8+00:00', portals: [talk] }),
      link({ key: 'old', state: 'left', portals: [] }),
      link({ key: 'over', state: 'ended', portals: [] }),
    ]);
    expect(cells(text).slice(1)).toEqual([
      ['team', 'database', 'paused since 2026-03-04 05:06 UTC', 'my-talk', 'abcd1234', 'both'],
      [
        'old',
        'database',
        'left the settings',
        'no rooms: `crosstalk relink old` brings it back, `crosstalk unlink old` ends it',
      ],
      ['over', 'database', 'ended', 'no rooms: `crosstalk relink over` brings it back'],
    ]);
  });

  it('shows a closed room, a lane that is held up, a room that takes nothing from us, and a room that catches up', () => {
    const text = renderLinks([
      link({
        portals: [
          { ...talk, read: { ...talk.read, state: 'closed', reason: 'the room is locked' } },
          { ...talk, lane: { ...talk.lane, reason: 'no answer' } },
          { ...talk, mute: 'the room is read-only' },
          { ...talk, catchesUpFrom: '2026-03-04T05:06:07+00:00' },
        ],
      }),
    ]);
    expect(cells(text).map((row) => row.at(-1))).toEqual([
      'PROBLEM',
      'closed: the room is locked',
      'no answer',
      'not written to for now: the room is read-only',
      'catches up with what was said while it was paused',
    ]);
  });

  it('shows what is mirrored where a link mirrors otherwise than usual', () => {
    const text = renderLinks([
      link({ mirror: { ...defaultLinkOptions, topic: false, members: 'line' }, portals: [talk] }),
      link({ key: 'b', portals: [talk] }),
    ]);
    expect(cells(text)).toEqual([
      ['LINK', 'OWNER', 'STATE', 'MIRROR', 'ACCOUNT', 'ROOM', 'DIRECTION', 'PROBLEM'],
      ['team', 'database', 'active', 'topic=off members=line', 'my-talk', 'abcd1234', 'both'],
      ['b', 'database', 'active', '', 'my-talk', 'abcd1234', 'both'].filter((cell) => cell !== ''),
    ]);
  });

  it('without links it says how to make one', () => {
    expect(renderLinks([])).toBe('There are no links yet: see `crosstalk help link`.');
  });
});
