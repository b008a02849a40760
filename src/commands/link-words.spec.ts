import { UsageError } from './command.js';
import { linkWishOf } from './link-words.js';

const wish = (options: Record<string, readonly string[]>) => linkWishOf('team', { options });

describe('crosstalk link', () => {
  it('an account and a room are parted by the first =, whatever the room is written with', () => {
    expect(wish({ room: ['my-talk=abcd1234', 'my-matrix=#a=b:example.org'] })).toEqual({
      key: 'team',
      rooms: [
        { account: 'my-talk', wanted: { room: 'abcd1234' } },
        { account: 'my-matrix', wanted: { room: '#a=b:example.org' } },
      ],
      turns: [],
      mirror: {},
    });
  });

  it('a room to be made has a name and the people who are invited on its account', () => {
    const options = {
      room: ['my-talk=abcd1234'],
      create: ['my-matrix=The team'],
      invite: ['my-matrix=@anna:example.org', 'my-matrix=@ben:example.org'],
    };
    expect(wish(options).rooms[1]).toEqual({
      account: 'my-matrix',
      wanted: { create: { name: 'The team', invite: ['@anna:example.org', '@ben:example.org'] } },
    });
    expect(() => wish({ room: ['my-talk=a'], invite: ['my-talk=ben'] })).toThrow(
      new UsageError('--invite my-talk=… goes with --create my-talk=NAME.'),
    );
  });

  it('a direction goes to the room of its account in the same call', () => {
    expect(wish({ room: ['my-talk=a', 'my-matrix=!b:x'], in: ['my-matrix'], out: ['my-talk'] }).rooms).toEqual([
      { account: 'my-talk', wanted: { room: 'a' }, direction: 'out' },
      { account: 'my-matrix', wanted: { room: '!b:x' }, direction: 'in' },
    ]);
  });

  it('where an account has two rooms, the direction names one of them', () => {
    const room = ['my-talk=a', 'my-talk=b'];
    expect(() => wish({ room, in: ['my-talk'] })).toThrow(
      new UsageError('Which room of my-talk? Write --in my-talk=ROOM.'),
    );
    expect(wish({ room, in: ['my-talk=b'] }).rooms).toEqual([
      { account: 'my-talk', wanted: { room: 'a' } },
      { account: 'my-talk', wanted: { room: 'b' }, direction: 'in' },
    ]);
  });

  it('a direction without a room is for one that the link has already', () => {
    expect(wish({ both: ['my-talk'], in: ['my-matrix=!b:x'] })).toMatchObject({
      rooms: [],
      turns: [
        { account: 'my-matrix', room: '!b:x', direction: 'in' },
        { account: 'my-talk', direction: 'both' },
      ],
    });
    expect(() => wish({ in: ['my-talk'], out: ['my-talk'] })).toThrow(
      new UsageError('my-talk is given two directions.'),
    );
  });

  it('who speaks is said of a room of the same call, or of one that the link has already', () => {
    expect(wish({ room: ['my-talk=a'], speaker: ['my-talk=guest', 'other-talk=b=relay'] })).toMatchObject({
      rooms: [{ account: 'my-talk', wanted: { room: 'a' }, speaker: 'guest' }],
      speakers: [{ account: 'other-talk', room: 'b', speaker: 'relay' }],
    });
  });

  it('what is mirrored is set by words', () => {
    expect(wish({ mirror: ['members=line', 'topic=off', 'name=on', 'clearedHistory=delete'] }).mirror).toEqual({
      members: 'line',
      topic: false,
      name: true,
      clearedHistory: 'delete',
    });
    expect(wish({ mirror: ['members=off'] }).mirror).toEqual({ members: 'off' });
  });

  it.each([
    [{ mirror: ['member=line'] }, '--mirror member=line: did you mean members?'],
    [{ mirror: ['members=lines'] }, '--mirror members=lines: write members=state, or members=line, or members=off.'],
    [{ mirror: ['topic'] }, '--mirror topic: write topic=on, or topic=off.'],
    [{ room: ['abcd1234'] }, '--room abcd1234: write --room ACCOUNT=ROOM.'],
    [{ create: ['my-matrix='] }, '--create my-matrix=: write --create ACCOUNT=NAME.'],
    [{}, 'What is to be linked or changed? Name rooms, directions, who speaks or what is mirrored.'],
    [
      { speaker: ['my-talk=nobody'] },
      '--speaker my-talk=nobody: write --speaker ACCOUNT=auto, or --speaker ACCOUNT=own, or --speaker ACCOUNT=guest, or --speaker ACCOUNT=bridged, or --speaker ACCOUNT=relay.',
    ],
    [
      { room: ['my-talk=a', 'my-talk=b'], speaker: ['my-talk=guest'] },
      'Which room of my-talk? Write --speaker my-talk=ROOM=guest.',
    ],
  ])('%j is told how to be written', (options, sentence) => {
    expect(() => wish(options)).toThrow(new UsageError(sentence));
  });
});
