import { MovedClock } from '../../test/support/moved-clock.js';
import { tidyHeap } from './tidy-heap.js';

describe('tidyHeap', () => {
  it('collects at once, and then again when fifteen seconds have passed', async () => {
    const clock = new MovedClock();
    let collections = 0;
    const tidy = tidyHeap(clock, () => (collections += 1));
    const counts: number[] = [];
    for (const passedMs of [0, 14_000, 999, 1, 60_000]) {
      await clock.pass(passedMs);
      tidy();
      tidy();
      counts.push(collections);
    }
    expect(counts).toEqual([1, 1, 1, 2, 3]);
  });

  it('what nobody uses any more is gone', () => {
    const lost = new WeakRef({ text: 'a'.repeat(1000) });
    return new Promise<void>((resolve) => {
      // A WeakRef holds what it was made of until its task is over.
      setImmediate(() => {
        tidyHeap(new MovedClock())();
        expect(lost.deref()).toBeUndefined();
        resolve();
      });
    });
  });
});
