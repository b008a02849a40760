import type { LoginWish } from '../identities/own-logins.js';
import { accountId, roomId, userId } from '../model/ids.js';
import { defaultLinkOptions } from '../model/link-options.js';
import type { LinkStatus, PortalStatus } from '../persistence/status.repository.js';
import { LinkRefused } from './link-changes.js';
import type { LinkWish, RoomChoice } from './link-wish.js';
import { RoomCommands } from './room-commands.js';

const town = accountId('town');
let links: LinkStatus[];
let wishes: LinkWish[];
let unlinked: [string, RoomChoice | 'all'][];
let refusal: LinkRefused | undefined;
let logins: LoginWish[];

const commands = new RoomCommands(
  { links: () => Promise.resolve(links) },
  {
    link: (wish) => {
      if (refusal !== undefined) return Promise.reject(refusal);
      wishes.push(wish);
      return Promise.resolve({ link: 'made', state: 'active' } as const);
    },
    unlink: (key, which) => {
      unlinked.push([key, which]);
      return Promise.resolve('changed' as const);
    },
  },
  {
    login: (wish) => {
      logins.push(wish);
      return Promise.resolve({ says: 'the address', to: 'person' });
    },
    logout: (wish) => {
      logins.push(wish);
      return Promise.resolve({ says: 'given back', to: 'person' });
    },
  },
);

const ask = async (mayLink: boolean, words: readonly string[]): Promise<string> => {
  const by = { id: userId('U0PIA'), mayLink };
  const call = { room: roomId('C0GENERAL'), by, words, prefix: '/crosstalk' };
  const { says, to } = await commands.run(town, call);
  expect(to).toBe('room');
  return says;
};
const run = (...words: string[]): Promise<string> => ask(true, words);

function portal(account: string, room: string, more: Partial<PortalStatus> = {}): PortalStatus {
  return {
    account: accountId(account),
    wanted: { room },
    room: roomId(room),
    direction: 'both',
    speaker: 'auto',
    problem: null,
    catchesUpFrom: null,
    read: { mode: 'push', state: 'open', reason: null, readAt: null },
    mute: null,
    note: null,
    lane: { waiting: 0, parked: 0, failingSince: null, reason: null },
    ...more,
  };
}

function link(key: string, ...portals: PortalStatus[]): LinkStatus {
  return { key, owner: 'database', state: 'active', pausedAt: null, mirror: defaultLinkOptions, portals };
}

beforeEach(() => {
  links = [];
  wishes = [];
  unlinked = [];
  logins = [];
  refusal = undefined;
});

it('link names the link and the other rooms', async () => {
  expect(await run('link', 'team', 'cloud=abc', 'hs=!r:example.org')).toBe(
    'The link team is made; `/crosstalk status` tells how it does.',
  );
  expect(wishes).toEqual([
    {
      key: 'team',
      rooms: [
        { account: 'town', wanted: { room: 'C0GENERAL' } },
        { account: 'cloud', wanted: { room: 'abc' } },
        { account: 'hs', wanted: { room: '!r:example.org' } },
      ],
      turns: [],
      mirror: {},
    },
  ]);
});

it('link says how it is written, and what refuses it', async () => {
  expect(await run('link')).toContain('Write `/crosstalk link NAME ACCOUNT=ROOM`');
  expect(await run('link', 'team', 'abc')).toContain('Write `/crosstalk link NAME ACCOUNT=ROOM`');
  expect(await run('link', 'team')).toContain('There is no link team to put this room into');
  refusal = new LinkRefused('The room abc of cloud is in the link other already.');
  expect(await run('link', 'team', 'cloud=abc')).toBe('The room abc of cloud is in the link other already.');
  expect(wishes).toEqual([]);
});

it('unlink ends a link of two, and takes the room out of a larger one', async () => {
  expect(await run('unlink')).toBe('This room is in no link.');
  links = [link('team', portal('town', 'C0GENERAL'), portal('cloud', 'abc'))];
  expect(await run('unlink')).toBe('The link team is ended.');
  links = [link('team', portal('town', 'C0GENERAL'), portal('cloud', 'abc'), portal('hs', '!r'))];
  expect(await run('unlink')).toBe('This room is no longer in the link team.');
  expect(unlinked).toEqual([
    ['team', 'all'],
    ['team', { account: 'town', room: 'C0GENERAL' }],
  ]);
});

it('status tells of each room what there is to tell', async () => {
  expect(await run('status')).toBe('This room is in no link.');
  const lane = { waiting: 3, parked: 1, failingSince: null, reason: 'networkUnavailable' };
  links = [
    link('other', portal('town', 'C0OTHER')),
    link('team', portal('town', 'C0GENERAL'), portal('cloud', 'abc', { direction: 'in', lane })),
  ];
  expect(await run('STATUS')).toBe(
    'The link team is at work:\n• this room\n• cloud: abc, which only listens: 3 wait (networkUnavailable); 1 set aside',
  );
});

it('anything else is answered with what there is', async () => {
  expect(await run()).toContain('`/crosstalk unlink`');
  expect(await run('sing')).toContain('This room is `town=C0GENERAL`.');
});

it('whoever the settings do not name sees to no links, is told so, and of links no word', async () => {
  for (const words of [['link', 'team', 'cloud=abc'], ['Unlink'], ['status']]) {
    expect(await ask(false, words)).toBe(
      'Only those may do that whom the settings name as operators of town. You are `U0PIA`.',
    );
  }
  expect([wishes, unlinked]).toEqual([[], []]);
  expect(await ask(false, ['help'])).not.toContain('unlink');
});

it('everybody may lend a login and take it back, and the answer is theirs alone', async () => {
  links = [link('team', portal('town', 'C0GENERAL'), portal('cloud', 'abc'))];
  const by = { id: userId('U0EVE'), mayLink: false };
  const call = { room: roomId('C0GENERAL'), by, prefix: '/crosstalk' };
  expect(await commands.run(town, { ...call, words: ['login'] })).toEqual({ says: 'the address', to: 'person' });
  expect(await commands.run(town, { ...call, room: roomId('D0EVE'), words: ['Logout', 'cloud'] })).toEqual({
    says: 'given back',
    to: 'person',
  });
  const wish = { lender: { account: 'town', id: 'U0EVE' }, prefix: '/crosstalk' };
  expect(logins).toEqual([
    { ...wish, linked: ['town', 'cloud'], account: undefined },
    { ...wish, linked: [], account: 'cloud' },
  ]);
});
