import { accountId, remoteId, roomId, userId } from '../../model/ids.js';
import {
  actorOf,
  deliveryKeyIn,
  editOrder,
  reactionOf,
  rowIdOf,
  talkFirstTold,
  talkAddressOf,
  talkFileId,
  talkFileOf,
  talkInboxKey,
  talkMessageRef,
  talkPlaceIn,
  talkReactionId,
  talkUserId,
  tokenIn,
} from './talk.ids.js';

describe('talk.ids', () => {
  it('a user id names the kind of actor and takes apart again', () => {
    expect(talkUserId('federated_users', 'dora@https://there.example/nc')).toBe(
      'federated_users/dora@https://there.example/nc',
    );
    expect(actorOf(userId('federated_users/dora@https://there.example/nc'))).toEqual({
      type: 'federated_users',
      id: 'dora@https://there.example/nc',
    });
    expect(actorOf(userId('alice'))).toEqual({ type: 'users', id: 'alice' });
  });

  it('a reaction is written down with its actor, unless that is our account', () => {
    expect(talkReactionId('👍')).toBe('👍');
    expect(reactionOf(remoteId('👍'))).toEqual({ emoji: '👍' });
    expect(talkReactionId('👍', talkUserId('guests', 'abc'))).toBe('👍 guests/abc');
    expect(reactionOf(remoteId('👍 guests/abc'))).toEqual({ emoji: '👍', by: 'guests/abc' });
  });

  it('edits are ordered by microseconds since 1970, as those of other networks are, and within a second by their rows', () => {
    const seconds = 1_790_000_000;
    expect(String(editOrder({ id: 12_000_626, seconds }))).toBe('1790000000000626');
    const inOrder = [
      editOrder({ id: 626, seconds }),
      editOrder({ id: 627, seconds }),
      editOrder({ id: 1, seconds: seconds + 1 }),
    ];
    expect([...inOrder].sort((a, b) => a - b)).toEqual(inOrder);
  });

  it('a row that was rewritten in place has a second key', () => {
    expect(talkInboxKey('tyib88jb', { id: 664, systemMessage: 'reaction' })).toBe('tyib88jb/664');
    expect(talkInboxKey('tyib88jb', { id: 664, systemMessage: 'reaction_deleted' })).toBe(
      'tyib88jb/664/reaction_deleted',
    );
    expect(talkInboxKey('tyib88jb', { id: 664, systemMessage: '' })).toBe('tyib88jb/664');
  });

  it('a message is told by its own row, which does not say when it was written', () => {
    const room = roomId('tyib88jb');
    expect(talkFirstTold(talkMessageRef(accountId('cloud'), room, 664))).toEqual({ key: 'tyib88jb/664' });
    const ref = { room: { account: accountId('cloud'), id: room }, id: remoteId('x') };
    expect(talkFirstTold(ref)).toBeUndefined();
  });

  it('only 46 characters of base64url are a delivery key', () => {
    const key = 'AZqmH0jGdyeQzBf3wZ1nRAAAq83vEjRWeJASNFZ4kBI_-A';
    expect(key).toHaveLength(46);
    expect(deliveryKeyIn(key)).toBe(key);
    expect(deliveryKeyIn(`${key}A`)).toBeUndefined();
    expect(deliveryKeyIn('b'.repeat(64))).toBeUndefined();
    expect(deliveryKeyIn('')).toBeUndefined();
    expect(deliveryKeyIn(undefined)).toBeUndefined();
  });

  it('a room is named by its token or by the address of its page', () => {
    expect(tokenIn(' tyib88jb ')).toBe('tyib88jb');
    expect(tokenIn('https://cloud.example.org/call/tyib88jb')).toBe('tyib88jb');
    expect(tokenIn('https://cloud.example.org/nc/index.php/call/tyib88jb#message_12')).toBe('tyib88jb');
    expect(tokenIn('https://cloud.example.org/apps/files')).toBeUndefined();
    expect(tokenIn('../../etc')).toBeUndefined();
  });

  it.each([
    ['https://cloud.example.org/call/tyib88jb#message_12', { room: 'tyib88jb', message: '12' }],
    ['https://cloud.example.org/index.php/call/tyib88jb?threadId=4#message_12', { room: 'tyib88jb', message: '12' }],
    ['https://cloud.example.org/index.php/call/tyib88jb', { room: 'tyib88jb' }],
  ])('%s names a place of its server', (address, place) => {
    expect(talkPlaceIn(address, 'https://cloud.example.org')).toEqual(place);
    expect(talkPlaceIn(address.replace('.org/', '.org/nc/'), 'https://cloud.example.org/nc')).toEqual(place);
    expect(talkPlaceIn(address, 'https://other.example.org')).toBeUndefined();
    expect(talkPlaceIn(address, 'https://cloud.example.org/nc')).toBeUndefined();
  });

  it.each([
    'https://cloud.example.org/call/tyib88jb#direct-call',
    'https://cloud.example.org/call/tyib88jb/more',
    'https://cloud.example.org/apps/files',
    'https://cloud.example.org.evil.example/call/tyib88jb',
    'call/tyib88jb',
  ])('%s names none', (address) => {
    expect(talkPlaceIn(address, 'https://cloud.example.org')).toBeUndefined();
  });

  it('what is written for a place names it again', () => {
    const base = 'https://cloud.example.org/nc';
    const message = { room: roomId('tyib88jb'), message: remoteId('12') };
    expect(talkAddressOf(message, base)).toBe('https://cloud.example.org/nc/index.php/call/tyib88jb#message_12');
    for (const place of [message, { room: roomId('tyib88jb') }]) {
      expect(talkPlaceIn(talkAddressOf(place, base), base)).toEqual(place);
    }
  });

  it('a message id is a number or none of ours', () => {
    expect(rowIdOf(remoteId('620'))).toBe(620);
    expect(rowIdOf(remoteId('$event:matrix.org'))).toBeUndefined();
    expect(rowIdOf(remoteId('12345678901234567890'))).toBeUndefined();
  });

  it('a file id takes apart to what it was made of', () => {
    expect(talkFileOf(talkFileId({ of: 'userAvatar', user: 'anna/b c' }))).toEqual({
      of: 'userAvatar',
      user: 'anna/b c',
    });
    expect(talkFileOf(talkFileId({ of: 'roomAvatar', token: 'tyib88jb' }))).toEqual({
      of: 'roomAvatar',
      token: 'tyib88jb',
    });
    expect(talkFileOf('something/else')).toBeUndefined();
  });
});
