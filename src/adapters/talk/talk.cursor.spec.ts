import { cursor } from '../../model/ids.js';
import { comparePositions, later, newCursor, parseCursor } from './talk.cursor.js';

describe('talk.cursor', () => {
  it('a cursor says how far was read and where reading began', () => {
    const at = { id: 720, seconds: 1795195860 };
    const began = { id: 700, seconds: 1795195800 };
    expect(parseCursor(newCursor({ at }))).toEqual({ at });
    expect(parseCursor(newCursor({ at, began }))).toEqual({ at, began });
    expect(newCursor({ at })).toMatch(/^720\.1795195860\.[A-Za-z0-9_-]+$/);
  });

  it('no two cursors are the same, though they stand at the same place', () => {
    const at = { id: 1, seconds: 2 };
    expect(newCursor({ at })).not.toBe(newCursor({ at }));
  });

  it('the shortest form is understood, anything else is refused', () => {
    expect(parseCursor(cursor('720.1795195860'))).toEqual({ at: { id: 720, seconds: 1795195860 } });
    for (const text of ['', '720', 'a.b', '720.17.x.y', '720.17.x.1', '-1.2']) {
      expect(() => parseCursor(cursor(text))).toThrow('not a cursor');
    }
  });

  it('time comes before id: a row that was stored late sorts before one with a lower id', () => {
    const late = { id: 900, seconds: 100 };
    const early = { id: 800, seconds: 101 };
    expect(comparePositions(late, early)).toBeLessThan(0);
    expect(later(late, early)).toBe(early);
    expect(comparePositions({ id: 2, seconds: 5 }, { id: 1, seconds: 5 })).toBeGreaterThan(0);
  });
});
