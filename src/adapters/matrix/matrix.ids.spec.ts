import fc from 'fast-check';
import { accountId, remoteId, roomId, userId } from '../../model/ids.js';
import {
  matrixFirstTold,
  deliveryKeyIn,
  isIdText,
  matrixAddressOf,
  matrixPlaceIn,
  OurUsers,
  parseMxc,
  parsePill,
  parseRoomReference,
  pillOf,
} from './matrix.ids.js';

const users = new OurUsers({ serverName: 'example.org', bot: 'crosstalk', ghostPrefix: 'crosstalk_' });
const ghost = (account: string, id: string): string => users.ghostOf({ account: accountId(account), id: userId(id) });

describe('OurUsers: ghosts', () => {
  it.each([
    ['home', 'users/anna', '@crosstalk_home_users=2fanna:example.org'],
    ['home', 'Anna_B', '@crosstalk_home__anna___b:example.org'],
    ['my_work', 'U012ABC', '@crosstalk_my=5fwork__u012_a_b_c:example.org'],
    ['Home', 'é@x.y', '@crosstalk_=48ome_=c3=a9=40x.y:example.org'],
  ])('the ghost of %s %s is %s', (account, id, expected) => {
    expect(ghost(account, id)).toBe(expected);
  });

  const anyAccount = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*$/);
  const anyId = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }).map((id) => id.toWellFormed());

  it('every ghost is a user id by the grammar, at most 255 bytes long, and ours', () => {
    fc.assert(
      fc.property(anyAccount, anyId, (account, id) => {
        const made = ghost(account, id);
        expect(made).toMatch(/^@[a-z0-9._=/-]+:example\.org$/);
        expect(Buffer.byteLength(made)).toBeLessThanOrEqual(255);
        expect(users.isOurs(made)).toBe(true);
      }),
    );
  });

  it('whose ghost it is can be read from it, unless it was too long', () => {
    fc.assert(
      fc.property(anyAccount, anyId, (account, id) => {
        const made = ghost(account, id);
        const person = users.personOf(made);
        if (made.includes('_=-')) expect(person).toBeUndefined();
        else expect(person).toEqual({ account, id });
      }),
    );
  });

  it('different people have different ghosts', () => {
    const person = fc.tuple(
      fc.constantFrom('a', 'a_b', 'A'),
      fc.string({ unit: fc.constantFrom('a', 'A', '_', '=', 'é', '4', '1') }),
    );
    fc.assert(
      fc.property(person, person, (one, other) => {
        fc.pre(one[0] !== other[0] || one[1] !== other[1]);
        expect(ghost(...one)).not.toBe(ghost(...other));
      }),
    );
    const long = 'x'.repeat(300);
    expect(ghost('home', `${long}1`)).not.toBe(ghost('home', `${long}2`));
    expect(ghost('home', long)).not.toBe(ghost('work', long));
  });

  it('knows its own, and takes nobody else for them', () => {
    expect(users.isOurs('@crosstalk:example.org')).toBe(true);
    expect(users.isOurs('@crosstalk_home_anna:example.org')).toBe(true);
    expect(users.isOurs('@crosstalk_home_anna:evil.org')).toBe(false);
    expect(users.isOurs('@crosstalker:example.org')).toBe(false);
    expect(users.isOurs('@alice:example.org')).toBe(false);
  });

  it('what was not made by it is nobody’s ghost', () => {
    for (const id of ['@alice:example.org', '@crosstalk_home:example.org', '@crosstalk_home_=zz:example.org']) {
      expect(users.personOf(id)).toBeUndefined();
    }
    // A broken UTF-8 sequence has no text that it stands for.
    expect(users.personOf('@crosstalk_home_=c3:example.org')).toBeUndefined();
  });
});

describe('OurUsers: aliases', () => {
  it('the alias of a link is always the same, and fits', () => {
    expect(users.aliasOf('Team_x')).toBe('#crosstalk_=54eam=5fx:example.org');
    expect(Buffer.byteLength(users.aliasOf('x'.repeat(400)))).toBeLessThanOrEqual(255);
    expect(users.aliasOf('x'.repeat(400))).not.toBe(users.aliasOf('x'.repeat(401)));
  });
});

describe('parseRoomReference', () => {
  it.each([
    ['!abc:example.org', '!abc:example.org', []],
    ['!YqnXexcm0vFMuzd2ivcfEtZ4esmGGRp93_Fd1IfrDi8', '!YqnXexcm0vFMuzd2ivcfEtZ4esmGGRp93_Fd1IfrDi8', []],
    [' #team:example.org ', '#team:example.org', []],
    ['https://matrix.to/#/#team:example.org', '#team:example.org', []],
    ['https://matrix.to/#/%23team%3Aexample.org', '#team:example.org', []],
    ['https://matrix.to/#/!abc:example.org/$event?via=a.org&via=b.org', '!abc:example.org', ['a.org', 'b.org']],
    ['matrix:r/team:example.org', '#team:example.org', []],
    ['matrix:roomid/abc:example.org?via=a.org', '!abc:example.org', ['a.org']],
  ])('reads %s', (text, room, via) => {
    expect(parseRoomReference(text)).toEqual({ room, via });
  });

  it.each([
    '',
    'team',
    '@anna:example.org',
    '#team',
    '! abc',
    'https://example.org/#/!abc:x',
    'https://matrix.to/#/%E0%A4%A',
  ])('takes %j for no room', (text) => {
    expect(parseRoomReference(text)).toBeUndefined();
  });
});

describe('pills', () => {
  it.each([
    ['https://matrix.to/#/@alice:example.org', { user: '@alice:example.org' }],
    ['https://matrix.to/#/%40alice%3Aexample.org', { user: '@alice:example.org' }],
    ['http://matrix.to/#/@alice:example.org/?via=x', { user: '@alice:example.org' }],
    ['matrix:u/alice:example.org?action=chat', { user: '@alice:example.org' }],
    ['https://matrix.to/#/!abc:example.org?via=a.org&via=b.org', { room: '!abc:example.org', via: ['a.org', 'b.org'] }],
    ['https://matrix.to/#/%23team%3Aexample.org', { room: '#team:example.org', via: [] }],
    ['matrix:r/team:example.org', { room: '#team:example.org', via: [] }],
    ['matrix:roomid/abc:example.org?via=a.org', { room: '!abc:example.org', via: ['a.org'] }],
  ])('%s', (url, pill) => {
    expect(parsePill(url)).toEqual(pill);
  });

  it.each([
    'https://matrix.to/#/!abc:example.org/$event:example.org',
    'https://matrix.to/#/$event:example.org',
    'https://matrix.to/#/%E0%A4%A',
    'https://matrix.to/#/',
    'https://matrix.to.evil.example/#/@alice:example.org',
    'https://evil.example/?https://matrix.to/#/@alice:example.org',
    'matrix:e/event',
    '@alice:example.org',
  ])('%s is none', (url) => {
    expect(parsePill(url)).toBeUndefined();
  });

  it('are written as clients write them, and read again', () => {
    expect(pillOf('@crosstalk_cloud_users=2fanna:example.org')).toBe(
      'https://matrix.to/#/@crosstalk_cloud_users=2fanna:example.org',
    );
    expect(pillOf('!abc:example.org', 'example.org:8448')).toBe(
      'https://matrix.to/#/!abc:example.org?via=example.org%3A8448',
    );
    for (const id of ['@a/b:x', '@%41:x', '@ü&"<>:x', '@a?b#c:x']) {
      expect(pillOf(id)).toMatch(/^https:\/\/matrix\.to\/#\/[^\s"<>/?#]+$/);
      expect(parsePill(pillOf(id))).toEqual({ user: id });
    }
  });
});

describe('permalinks', () => {
  it.each([
    ['https://matrix.to/#/!abc:example.org/$ev3nt?via=example.org', { room: '!abc:example.org', message: '$ev3nt' }],
    [
      'https://matrix.to/#/%21abc%3Aexample.org/%24ev3nt%3Aexample.org',
      { room: '!abc:example.org', message: '$ev3nt:example.org' },
    ],
    ['matrix:roomid/abc:example.org/e/ev3nt?via=a.org&via=b.org', { room: '!abc:example.org', message: '$ev3nt' }],
    ['https://app.element.io/#/room/!abc:example.org/$ev3nt', { room: '!abc:example.org', message: '$ev3nt' }],
    ['https://matrix.to/#/!abc:example.org?via=a.org', { room: '!abc:example.org' }],
    ['https://matrix.to/#/!r00mOfVersion12', { room: '!r00mOfVersion12' }],
    ['https://matrix.to/#/#team:example.org/$ev3nt', { room: '#team:example.org', message: '$ev3nt' }],
    ['https://matrix.to/#/%23team%3Aexample.org', { room: '#team:example.org' }],
  ])('%s', (url, place) => {
    expect(matrixPlaceIn(url)).toEqual(place);
  });

  it.each([
    'https://matrix.to/#/@alice:example.org',
    'https://matrix.to/#/#team/$ev3nt',
    'https://matrix.to/#/!abc:example.org/ev3nt',
    'https://matrix.to/#/%E0%A4%A/$ev3nt',
    'matrix:u/alice:example.org',
    'https://example.org/!abc:example.org/$ev3nt',
  ])('%s is none', (url) => {
    expect(matrixPlaceIn(url)).toBeUndefined();
  });

  it('are written as clients write them, and read again', () => {
    const place = { room: roomId('!abc:example.org'), message: remoteId('$Ev3nt-_x') };
    expect(matrixAddressOf(place, 'example.org:8448')).toBe(
      'https://matrix.to/#/!abc:example.org/$Ev3nt-_x?via=example.org%3A8448',
    );
    expect(matrixAddressOf({ room: place.room }, 'example.org')).toBe(
      'https://matrix.to/#/!abc:example.org?via=example.org',
    );
    const odd = { room: roomId('!a?b:example.org'), message: remoteId('$a/b?c:example.org') };
    for (const each of [place, odd]) expect(matrixPlaceIn(matrixAddressOf(each, 'example.org'))).toEqual(each);
  });
});

describe('ids in what people wrote', () => {
  it('a delivery key is told by its shape', () => {
    const key = 'A'.repeat(45) + '_';
    expect(deliveryKeyIn({ 'org.crosstalk.delivery': key })).toBe(key);
    for (const wrong of ['A'.repeat(45), 'A'.repeat(47), `${'A'.repeat(45)}+`, 5, null]) {
      expect(deliveryKeyIn({ 'org.crosstalk.delivery': wrong })).toBeUndefined();
    }
  });

  it('an id has no control characters, no halves of surrogates, and an end', () => {
    expect(isIdText('$abc')).toBe(true);
    for (const wrong of ['', '$', '$a\u0000b', '$a\nb', '$\ud800', `$${'x'.repeat(2000)}`]) {
      expect(isIdText(wrong)).toBe(false);
    }
  });

  it('a message is told by its own event, which does not say when it was sent', () => {
    const message = { room: { account: accountId('hs'), id: roomId('!abc:example.org') }, id: remoteId('$abc') };
    expect(matrixFirstTold(message)).toEqual({ key: '$abc' });
  });

  it('an mxc address cannot lead elsewhere', () => {
    expect(parseMxc('mxc://example.org/abc_-D')).toEqual({ server: 'example.org', media: 'abc_-D' });
    for (const wrong of ['https://x/y', 'mxc://x', 'mxc://x/../y', 'mxc://x/a?b', 'mxc://x/a/b']) {
      expect(parseMxc(wrong)).toBeUndefined();
    }
  });
});
