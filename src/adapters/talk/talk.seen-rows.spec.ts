import { cursor, inboxKey } from '../../model/ids.js';
import { SeenRows } from './talk.seen-rows.js';

describe('talk.seen-rows', () => {
  const row = (id: number, seconds: number) => ({ key: inboxKey(`room/${id}`), seconds });

  it('a row counts as stored when the cursor it was handed out with comes back', () => {
    const seen = new SeenRows();
    seen.hand('room', [row(1, 100)], cursor('a'), 40);
    expect(seen.wasHanded('room', inboxKey('room/1'))).toBe(true);
    expect(seen.isStored('room', inboxKey('room/1'))).toBe(false);
    seen.begin('room', cursor('a'));
    expect(seen.isStored('room', inboxKey('room/1'))).toBe(true);
  });

  it('another cursor proves nothing: everything is handed on again', () => {
    const seen = new SeenRows();
    seen.hand('room', [row(1, 100)], cursor('a'), 40);
    seen.begin('room', cursor('a'));
    seen.hand('room', [row(2, 101)], cursor('b'), 41);
    seen.begin('room', cursor('a'));
    expect(seen.isStored('room', inboxKey('room/1'))).toBe(false);
    expect(seen.wasHanded('room', inboxKey('room/2'))).toBe(false);
  });

  it('what no overlap reaches is forgotten', () => {
    const seen = new SeenRows();
    seen.hand('room', [row(1, 100)], cursor('a'), 40);
    seen.begin('room', cursor('a'));
    seen.hand('room', [row(2, 200)], cursor('b'), 140);
    expect(seen.isStored('room', inboxKey('room/1'))).toBe(false);
    seen.begin('room', cursor('b'));
    expect(seen.isStored('room', inboxKey('room/2'))).toBe(true);
  });
});
