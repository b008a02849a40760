import { Arrivals } from './arrivals.js';
import type { SideMessage } from './side.js';

const said = (id: string, text: string): SideMessage => ({
  id,
  author: { id: 'anna', name: 'Anna' },
  origin: 'here',
  atMs: 0,
  text: [{ text }],
});
const copied = (text: string): SideMessage => ({ ...said('copy', text), origin: 'bridged' });

describe('Arrivals', () => {
  it('a copy with the same words is of the oldest message that has them', () => {
    const arrivals = new Arrivals();
    arrivals.see('talk', said('1', 'hello'));
    arrivals.see('talk', said('2', 'hello'));
    expect(arrivals.see('matrix', copied('hello'))).toBe('1');
    expect(arrivals.see('matrix', copied('hello'))).toBe('2');
    expect(arrivals.see('matrix', copied('hello'))).toBeUndefined();
  });

  it('a name before the words, marks and blanks do not matter', () => {
    const arrivals = new Arrivals();
    arrivals.see('matrix', said('$1', 'see **this**,\nplease'));
    expect(arrivals.see('talk', copied('Mia (Matrix): see this, please'))).toBe('$1');
  });

  it('the first part of a cut message is its copy', () => {
    const arrivals = new Arrivals();
    arrivals.see('talk', said('1', 'first part second part'));
    expect(arrivals.see('matrix', copied('first part'))).toBe('1');
  });

  it('what was written on the same side is no copy', () => {
    const arrivals = new Arrivals();
    arrivals.see('talk', said('1', 'hello'));
    expect(arrivals.see('talk', said('2', 'hello'))).toBeUndefined();
    expect(arrivals.see('talk', copied('hello'))).toBeUndefined();
  });
});
