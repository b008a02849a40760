import type { Message } from './message.js';
import { MessageLog } from './message-log.js';

function row(id: number, createdSeconds: number): Message {
  return {
    id,
    actor: { type: 'users', id: 'alice' },
    createdSeconds,
    content: { kind: 'comment', text: String(id) },
    referenceId: '',
    silent: false,
    mentionsAll: true,
    parent: undefined,
    root: undefined,
    thread: undefined,
    pin: undefined,
    expiresSeconds: 0,
    lastEdit: undefined,
    reactions: [],
  };
}

function logOf(...rows: Message[]): MessageLog {
  const log = new MessageLog();
  for (const each of rows) log.add(each);
  return log;
}

const ids = (rows: readonly Message[]): number[] => rows.map(({ id }) => id);

describe('the rows of a room', () => {
  test('are ordered by creation second, then id', () => {
    expect(ids(logOf(row(1, 10), row(2, 12), row(3, 11), row(4, 12)).all())).toEqual([1, 3, 2, 4]);
  });

  test('forward from a known row come those that sort after it, at most as many as asked', () => {
    const log = logOf(row(1, 10), row(2, 12), row(3, 11), row(4, 12));
    expect(ids(log.after({ cursor: 2, limit: 10, includeCursor: false }))).toEqual([4]);
    expect(ids(log.after({ cursor: 2, limit: 10, includeCursor: true }))).toEqual([2, 4]);
    expect(ids(log.after({ cursor: 0, limit: 2, includeCursor: false }))).toEqual([1, 3]);
  });

  test('forward from an unknown row come those with a higher id', () => {
    expect(ids(logOf(row(5, 10), row(6, 10)).after({ cursor: 3, limit: 10, includeCursor: false }))).toEqual([5, 6]);
    const late = logOf(row(5, 12), row(7, 12), row(8, 11));
    expect(ids(late.after({ cursor: 6, limit: 10, includeCursor: false }))).toEqual([8, 7]);
  });

  test('backward come the newest first, from the end or before a row', () => {
    const log = logOf(row(1, 10), row(2, 11), row(3, 12));
    expect(ids(log.before({ cursor: 0, limit: 2, includeCursor: false }))).toEqual([3, 2]);
    expect(ids(log.before({ cursor: 2, limit: 2, includeCursor: false }))).toEqual([1]);
    expect(ids(log.before({ cursor: 2, limit: 2, includeCursor: true }))).toEqual([2, 1]);
  });

  test('a filter keeps the limit for what it lets through', () => {
    const log = logOf(row(1, 10), row(2, 11), row(3, 12), row(4, 13));
    const isEven = ({ id }: Message): boolean => id % 2 === 0;
    expect(ids(log.before({ cursor: 0, limit: 1, includeCursor: false }, isEven))).toEqual([4]);
    expect(ids(log.after({ cursor: 0, limit: 5, includeCursor: false }, isEven))).toEqual([2, 4]);
  });

  test('what was deleted no longer counts as unread', () => {
    const deleted = row(2, 11);
    const log = logOf(row(1, 10), deleted, row(3, 12));
    expect(log.unreadAfter(1)).toBe(2);
    log.forgetUnread(deleted);
    expect(log.unreadAfter(1)).toBe(1);
    expect(log.countableBefore(3)).toBe(1);
  });
});
