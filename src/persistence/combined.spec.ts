import { Combined } from './combined.js';

/** Answers when it is told to. */
class Slow {
  readonly put: (readonly string[])[] = [];
  #go: (() => void) | undefined;

  readonly answer = async (asks: readonly string[]): Promise<string[]> => {
    this.put.push(asks);
    await new Promise<void>((go) => (this.#go = go));
    return asks.map((ask) => ask.toUpperCase());
  };

  async go(): Promise<void> {
    while (this.#go === undefined) await new Promise((done) => setImmediate(done));
    const go = this.#go;
    this.#go = undefined;
    go();
  }
}

const never = (): boolean => false;

describe('Combined', () => {
  it('what is asked in the same turn is put together, and each has its own answer', async () => {
    const slow = new Slow();
    const combined = new Combined(10, slow.answer, never);
    const answers = Promise.all([combined.ask('a'), combined.ask('b')]);
    await slow.go();
    expect(await answers).toEqual(['A', 'B']);
    expect(slow.put).toEqual([['a', 'b']]);
  });

  it('what comes while others are answered is put together next, up to the most', async () => {
    const slow = new Slow();
    const combined = new Combined(2, slow.answer, never);
    const first = combined.ask('a');
    await new Promise((done) => setImmediate(done));
    const more = Promise.all(['b', 'c', 'd'].map((ask) => combined.ask(ask)));
    for (let turn = 0; turn < 3; turn += 1) await slow.go();
    expect([await first, ...(await more)]).toEqual(['A', 'B', 'C', 'D']);
    expect(slow.put).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('a failure that may be the fault of one is that one’s alone', async () => {
    const put: (readonly string[])[] = [];
    const answer = (asks: readonly string[]): Promise<string[]> => {
      put.push(asks);
      return asks.includes('bad') ? Promise.reject(new Error('bad')) : Promise.resolve([...asks]);
    };
    const combined = new Combined(10, answer, () => true);
    const answers = await Promise.allSettled(['a', 'bad', 'b'].map((ask) => combined.ask(ask)));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(put).toEqual([['a', 'bad', 'b'], ['a'], ['bad'], ['b']]);
  });

  it('any other failure is everybody’s, and the next ask is put again', async () => {
    let isDown = true;
    const answer = (asks: readonly string[]): Promise<string[]> =>
      isDown ? Promise.reject(new Error('down')) : Promise.resolve([...asks]);
    const combined = new Combined(10, answer, never);
    const answers = await Promise.allSettled([combined.ask('a'), combined.ask('b')]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isDown = false;
    expect(await combined.ask('c')).toBe('c');
  });
});
