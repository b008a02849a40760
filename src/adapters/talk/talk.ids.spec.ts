import { remoteId, userId } from '../../model/ids.js';
import {
  actorOf,
  deliveryKeyIn,
  reactionOf,
  rowIdOf,
  talkFileId,
  talkFileOf,
  talkInboxKey,
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

  it('a row that was rewritten in place has a second key', () => {
    expect(talkInboxKey('tyib88jb', { id: 664, systemMessage: 'reaction' })).toBe('tyib88jb/664');
    expect(talkInboxKey('tyib88jb', { id: 664, systemMessage: 'reaction_deleted' })).toBe(
      'tyib88jb/664/reaction_deleted',
    );
    expect(talkInboxKey('tyib88jb', { id: 664, systemMessage: '' })).toBe('tyib88jb/664');
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
