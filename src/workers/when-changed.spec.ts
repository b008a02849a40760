import { WhenChanged } from './when-changed.js';

describe('WhenChanged', () => {
  let done: number;
  let work: WhenChanged;
  const act = (): Promise<void> => {
    done += 1;
    return Promise.resolve();
  };

  beforeEach(() => {
    done = 0;
    work = new WhenChanged();
  });

  it('does it once, and again when something became other, also back to what it was', async () => {
    const counts: number[] = [];
    for (const is of ['a', 'a', 'b', 'b', 'a']) {
      await work.run(is, act);
      counts.push(done);
    }
    expect(counts).toEqual([1, 1, 2, 2, 3]);
  });

  it('what failed is done again, though it is what it was when it went through last', async () => {
    await work.run('a', act);
    await expect(work.run('b', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    await work.run('a', act);
    expect(done).toBe(2);
  });

  it('what was undone is done again, whether that was before it, or while it was being done', async () => {
    await work.run('a', act);
    work.forget();
    await work.run('a', act);
    expect(done).toBe(2);
    await work.run('b', () => {
      work.forget();
      return act();
    });
    await work.run('b', act);
    expect(done).toBe(4);
  });
});
