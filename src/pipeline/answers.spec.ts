import type { BridgeEvent, MessageSent } from '../model/bridge-event.js';
import { accountId, inboxKey, type MessageRef, remoteId, roomId, type RoomRef, userId } from '../model/ids.js';
import { copyKey } from '../model/routing.js';
import { type Answer, answersOf, awaited, inTurn } from './answers.js';

const room: RoomRef = { account: accountId('town'), id: roomId('C1') };
const ref = (id: string): MessageRef => ({ room, id: remoteId(id) });
const happened = {
  room,
  actor: { account: room.account, id: userId('anna'), name: 'Anna', standing: 'person' },
  at: '2026-01-02T03:04:05.000Z',
} as const;

function sent(id: string, more: Partial<MessageSent> = {}): MessageSent {
  return { ...happened, kind: 'messageSent', message: ref(id), body: [], files: [], style: 'text', ...more };
}
const reacted = (id: string): BridgeEvent => ({
  ...happened,
  kind: 'reactionAdded',
  message: ref(id),
  emoji: '👍',
  version: '1',
});
const answer = (id: string, sentAt: string): Answer => ({
  message: ref(id),
  key: inboxKey(`key of ${id}`),
  sentAt: new Date(sentAt),
});

describe('what an event answers', () => {
  const firstTold = ({ id }: MessageRef) =>
    id === 'untold' ? undefined : { key: inboxKey(`key of ${id}`), sentAt: new Date('2026-01-02T00:00:00Z') };

  it('is the first message of its thread, then what it replies to', () => {
    expect(answersOf(sent('3', { thread: ref('1'), replyTo: ref('2') }), firstTold)).toEqual([
      answer('1', '2026-01-02T00:00:00Z'),
      answer('2', '2026-01-02T00:00:00Z'),
    ]);
  });

  it.each([
    ['of a message by itself', sent('3')],
    ['where its id does not tell when it was said', sent('3', { thread: ref('untold') })],
    ['of what is no message', reacted('1')],
  ])('is nothing %s', (_, event) => {
    expect(answersOf(event, firstTold)).toEqual([]);
  });
});

describe('what is waited for', () => {
  const since = new Date('2026-01-02T00:00:00Z');
  const young = answer('1', '2026-01-02T00:00:00.000Z');
  const nothing = { copies: new Map(), told: new Set<Answer['key']>() };

  it('is the first that is not known, and may still come', () => {
    const known = { ...nothing, copies: new Map([[copyKey(ref('1')), { message: '5', portal: 'a', part: 0 }]]) };
    const other = answer('2', '2026-01-02T00:00:01.000Z');
    expect([awaited([young, other], nothing, since), awaited([young, other], known, since)]).toEqual([young, other]);
  });

  it('is not what was said too early to come', () => {
    expect(awaited([answer('1', '2026-01-01T23:59:59.999Z')], nothing, since)).toBeUndefined();
  });

  it('is not what was told and did not become a message', () => {
    expect(awaited([young], { ...nothing, told: new Set([young.key]) }, since)).toBeUndefined();
  });
});

describe('what comes together', () => {
  const named = (names: Record<string, BridgeEvent>) =>
    inTurn(Object.entries(names).map(([name, event]) => ({ name, content: { events: [event] } }))).map(
      ({ name }) => name,
    );

  it('stands behind what it is about', () => {
    const order = named({
      eyes: reacted('2'),
      second: sent('2', { thread: ref('1') }),
      other: sent('9'),
      first: sent('1'),
    });
    expect(order).toEqual(['first', 'second', 'eyes', 'other']);
  });

  it('keeps its order beyond that', () => {
    const order = named({
      b: sent('b', { thread: ref('root') }),
      c: sent('c', { thread: ref('root') }),
      elsewhere: sent('x', { thread: ref('elsewhere') }),
      root: sent('root'),
      d: sent('d', { thread: ref('root') }),
    });
    expect(order).toEqual(['root', 'b', 'c', 'elsewhere', 'd']);
  });

  it('that answers itself, or in a ring, is there once', () => {
    expect(
      named({
        self: sent('0', { replyTo: ref('0') }),
        a: sent('a', { replyTo: ref('b') }),
        b: sent('b', { replyTo: ref('a') }),
      }),
    ).toEqual(['self', 'b', 'a']);
  });

  it('and cannot be read stays where it was', () => {
    const malformed = { content: { malformed: 'no JSON' } };
    const message = { content: { events: [sent('1')] } };
    expect(inTurn([malformed, message])).toEqual([malformed, message]);
  });
});
