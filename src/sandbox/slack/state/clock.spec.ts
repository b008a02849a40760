import { SlackClock } from './clock.js';

describe('a clock that can be moved', () => {
  let clock: SlackClock;
  let done: string[];
  beforeEach(() => {
    clock = new SlackClock(() => 1_000_000);
    done = [];
  });
  afterEach(() => clock.stop());

  const later = (waitMs: number, what: string): (() => void) => clock.after(waitMs, () => done.push(what));

  it('does what falls due, in its order, and nothing else', () => {
    later(3000, 'third');
    later(1000, 'first');
    later(2000, 'second');
    later(9000, 'never');
    clock.advance(3000);
    expect(done).toEqual(['first', 'second', 'third']);
    expect(clock.nowMs()).toBe(1_003_000);
  });

  it('lets what begins in a leap wait from its end', () => {
    clock.after(1000, () => later(500, 'then'));
    clock.advance(60_000);
    expect(done).toEqual([]);
    clock.advance(500);
    expect(done).toEqual(['then']);
  });

  it('takes back what is not wanted any more', () => {
    const takeBack = later(1000, 'no');
    takeBack();
    clock.advance(2000);
    expect(done).toEqual([]);
  });

  it('keeps what waits while it stands still', async () => {
    later(0, 'after the pause');
    clock.stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(done).toEqual([]);
    clock.start();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(done).toEqual(['after the pause']);
  });
});
