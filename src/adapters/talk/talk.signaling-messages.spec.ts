import { readFileSync } from 'node:fs';
import { readSignaling, signalingWords } from './talk.signaling-messages.js';

const read = (value: unknown) => readSignaling(JSON.stringify(value));

describe('talk.signaling-messages: readSignaling', () => {
  it.each<[string, unknown, unknown]>([
    [
      'a welcome tells what the server can',
      { type: 'welcome', welcome: { features: ['hello-v2', 'federation'], version: '2.0.4' } },
      { type: 'welcome', features: ['hello-v2', 'federation'] },
    ],
    [
      'a hello names the session and what resumes it',
      {
        id: '1',
        type: 'hello',
        hello: { sessionid: 'S', resumeid: 'R', version: '1.0', server: { features: ['mcu'] } },
      },
      { type: 'hello', id: '1', session: 'S', resumeId: 'R', features: ['mcu'] },
    ],
    [
      'the hello of a resumed session may name no other resume id',
      { id: '1', type: 'hello', hello: { sessionid: 'S', version: '1.0' } },
      { type: 'hello', id: '1', session: 'S', resumeId: undefined, features: [] },
    ],
    [
      'a room is confirmed by its id',
      { id: '2', type: 'room', room: { roomid: 'abcd1234', properties: {} } },
      { type: 'room', id: '2', room: 'abcd1234' },
    ],
    ['a room without an id is none', { type: 'room', room: { roomid: '' } }, { type: 'room', id: undefined, room: '' }],
    [
      'a refusal has a code',
      { id: '3', type: 'error', error: { code: 'no_such_room', message: 'Not invited.' } },
      { type: 'error', id: '3', code: 'no_such_room', message: 'Not invited.' },
    ],
    [
      'of a long refusal the beginning is kept',
      { type: 'error', error: { code: 'c'.repeat(1_000), message: 'm'.repeat(1_000_000) } },
      { type: 'error', id: undefined, code: 'c'.repeat(200), message: 'm'.repeat(200) },
    ],
    ['a bye says why', { type: 'bye', bye: { reason: 'hello_timeout' } }, { type: 'bye', reason: 'hello_timeout' }],
    [
      'a refresh of the chat is news of its room',
      {
        type: 'event',
        event: {
          target: 'room',
          type: 'message',
          message: { roomid: 'abcd1234', data: { type: 'chat', chat: { refresh: true } } },
        },
      },
      { type: 'chat', room: 'abcd1234' },
    ],
    [
      'a chat message that comes whole is news too, and nothing of it is believed',
      {
        type: 'event',
        event: {
          target: 'room',
          type: 'message',
          message: { roomid: 'abcd1234', data: { type: 'chat', chat: { comment: { id: 7, message: 'forged' } } } },
        },
      },
      { type: 'chat', room: 'abcd1234' },
    ],
    [
      'other messages to a room are not',
      {
        type: 'event',
        event: { target: 'room', type: 'message', message: { roomid: 'r', data: { type: 'recording' } } },
      },
      { type: 'other', of: 'event room message' },
    ],
    [
      'who joins is known by session, user and name',
      {
        type: 'event',
        event: {
          target: 'room',
          type: 'join',
          join: [
            { sessionid: 'A', userid: 'anna', user: { displayname: 'Anna' }, roomsessionid: 'x' },
            { sessionid: 'G', roomsessionid: 'y' },
            { sessionid: 'F', userid: 'fred', federated: true },
            { userid: 'without a session' },
          ],
        },
      },
      {
        type: 'joined',
        people: [
          { session: 'A', user: 'anna', name: 'Anna', isFederated: false },
          { session: 'G', user: '', name: '', isFederated: false },
          { session: 'F', user: 'fred', name: '', isFederated: true },
        ],
      },
    ],
    [
      'who leaves is known by session',
      { type: 'event', event: { target: 'room', type: 'leave', leave: ['A', 'G'] } },
      { type: 'left', sessions: ['A', 'G'] },
    ],
    [
      'participants come with what Talk calls them',
      {
        type: 'event',
        event: {
          target: 'participants',
          type: 'update',
          update: {
            roomid: 'abcd1234',
            users: [{ sessionId: 'G', inCall: 0, displayName: 'Gus', actorType: 'guests', actorId: '1f3a' }],
          },
        },
      },
      {
        type: 'participants',
        room: 'abcd1234',
        people: [{ session: 'G', user: '', name: 'Gus', isFederated: false, actor: { type: 'guests', id: '1f3a' } }],
      },
    ],
    [
      'a call that begins for all names nobody',
      {
        type: 'event',
        event: { target: 'participants', type: 'update', update: { roomid: 'abcd1234', incall: 7, all: true } },
      },
      { type: 'participants', room: 'abcd1234', people: [] },
    ],
    [
      'a room that we are put out of is named',
      { type: 'event', event: { target: 'roomlist', type: 'disinvite', disinvite: { roomid: 'abcd1234' } } },
      { type: 'roomListed', room: 'abcd1234', what: 'disinvite' },
    ],
    [
      'a room of another server that is cut off',
      { type: 'event', event: { target: 'room', type: 'federation_interrupted' } },
      { type: 'federation', state: 'interrupted', missed: false },
    ],
    [
      'and that is there again, with a session that is not the old one',
      { type: 'event', event: { target: 'room', type: 'federation_resumed', resumed: false } },
      { type: 'federation', state: 'resumed', missed: true },
    ],
    [
      'what another session says is its own by what the server says of it',
      {
        type: 'message',
        message: {
          sender: { type: 'session', sessionid: 'A', userid: 'anna' },
          data: { type: 'startedTyping', to: 'S', from: 'somebody else' },
        },
      },
      { type: 'said', session: 'A', user: 'anna', what: 'startedTyping' },
    ],
    ['what is not known is told apart', { type: 'transient', transient: {} }, { type: 'other', of: 'transient' }],
    [
      'strange fields are nothing',
      { type: 'error', error: { code: 7 } },
      { type: 'error', id: undefined, code: '', message: '' },
    ],
  ])('%s', (_, message, expected) => {
    expect(read(message)).toEqual(expected);
  });

  it.each([
    ['no JSON', '{'],
    ['a number', '7'],
    ['nothing', 'null'],
    ['no type', '{}'],
  ])('%s is no message', (_, json) => {
    expect(readSignaling(json)).toBeUndefined();
  });
});

describe('talk.signaling-messages: what real servers say', () => {
  /**
   * To Alice, while Bob came, wrote, typed, became a moderator, renamed the room and left, she asked for a room that is not there, and was put
   * out of hers; and to a session that cannot be resumed.
   */
  const heard = (version: string): unknown[] => {
    const file = new URL(`../../../test/fixtures/talk-signaling/server-${version}.json`, import.meta.url);
    return JSON.parse(readFileSync(file, 'utf8')) as unknown[];
  };
  const short = (message: unknown): string => {
    const said = read(message);
    if (said === undefined) return 'nothing';
    switch (said.type) {
      case 'joined':
      case 'participants':
        return `${said.type} ${said.people.map(({ user, name, actor }) => `${user}/${name}/${actor?.type ?? ''}`).join(' ')}`;
      case 'error':
        return `error ${said.code}`;
      case 'said':
        return `${said.user} said ${said.what}`;
      case 'roomListed':
        return `roomListed ${said.what}`;
      case 'bye':
        return `bye ${said.reason}`;
      default:
        return said.type;
    }
  };
  const both = [
    'room',
    'joined alice/alice/',
    'joined bob/bob/',
    'chat',
    'bob said startedTyping',
    'chat',
    'roomListed update',
    'participants alice/alice/users bob/bob/users',
    'chat',
    'roomListed update',
    'room',
    'error no_such_room',
    'left',
    'chat',
    'roomListed disinvite',
    'error no_such_session',
    'bye hello_timeout',
  ];

  it.each<[string, string[]]>([
    ['0.4.1', ['hello', ...both]],
    ['2.1.1', ['welcome', 'hello', ...both]],
  ])('version %s', (version, expected) => {
    expect(heard(version).map(short)).toEqual(expected);
  });

  it('only the newer one says before the hello what it can', () => {
    const [first] = heard('2.1.1').map(read);
    expect(first?.type === 'welcome' && first.features).toContain('hello-v2');
    const [hello] = heard('0.4.1').map(read);
    expect(hello?.type === 'hello' && hello.features).toEqual(['audio-video-permissions']);
  });
});

describe('talk.signaling-messages: signalingWords', () => {
  const said = (json: string): unknown => JSON.parse(json);

  it('a hello carries the proof, and where it is checked', () => {
    const proof = { version: '2.0', params: { token: 'a.b.c' } } as const;
    expect(said(signalingWords.hello('1', proof, 'https://cloud.example.org/backend'))).toEqual({
      id: '1',
      type: 'hello',
      hello: { version: '2.0', auth: { url: 'https://cloud.example.org/backend', params: { token: 'a.b.c' } } },
    });
  });

  it('a resumed session needs no proof', () => {
    expect(said(signalingWords.resume('1', 'R'))).toEqual({
      id: '1',
      type: 'hello',
      hello: { version: '1.0', resumeid: 'R' },
    });
  });

  it('a room is entered with the session that Nextcloud knows', () => {
    expect(said(signalingWords.room('2', 'abcd1234', 'N'))).toEqual({
      id: '2',
      type: 'room',
      room: { roomid: 'abcd1234', sessionid: 'N' },
    });
  });

  it('typing is said to each session', () => {
    expect(said(signalingWords.typing('startedTyping', 'A'))).toEqual({
      type: 'message',
      message: { recipient: { type: 'session', sessionid: 'A' }, data: { type: 'startedTyping', to: 'A' } },
    });
  });
});
