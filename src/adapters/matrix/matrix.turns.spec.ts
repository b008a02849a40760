import { Turns } from './matrix.turns.js';

describe('Turns', () => {
  it('acts with one key follow each other, also after one that failed', async () => {
    const turns = new Turns();
    const done: string[] = [];
    const act = (name: string, ms: number) => async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      done.push(name);
      if (name === 'bad') throw new Error('bad');
    };
    const outcomes = await Promise.allSettled([
      turns.take('x', act('slow', 30)),
      turns.take('x', act('bad', 0)),
      turns.take('x', act('last', 0)),
      turns.take('y', act('other', 0)),
    ]);
    expect(done).toEqual(['other', 'slow', 'bad', 'last']);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });
});
