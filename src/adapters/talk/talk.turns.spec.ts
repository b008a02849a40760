import { Turns } from './talk.turns.js';

describe('Turns', () => {
  it('work on one thing waits for what was begun before, also where that failed', async () => {
    const turns = new Turns();
    const told: string[] = [];
    let end: () => void = () => undefined;
    const first = turns.take('a', async () => {
      await new Promise<void>((done) => (end = done));
      told.push('first');
      throw new Error('no');
    });
    const second = turns.take('a', () => {
      told.push('second');
      return Promise.resolve('done');
    });
    await turns.take('b', () => {
      told.push('other');
      return Promise.resolve();
    });
    end();
    await expect(first).rejects.toThrow('no');
    expect(await second).toBe('done');
    expect(told).toEqual(['other', 'first', 'second']);
  });
});
