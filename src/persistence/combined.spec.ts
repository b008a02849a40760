import { Combined } from './combined.js';

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Answers when it is told to. */
class Slow {
  readonly put: (readonly string[])[] = [];
  readonly #go: (() => void)[] = [];
  #next = 0;

  readonly answer = async (asks: readonly string[]): Promise<string[]> => {
    this.put.push(asks);
    await new Promise<void>((go) => this.#go.push(go));
    return asks.map((ask) => ask.toUpperCase());
  };

  /** Answers what was put at this place, else the next. */
  async go(at = this.#next): Promise<void> {
    while (this.#go.length <= at) await turn();
    this.#next = at + 1;
    this.#go[at]?.();
  }
}

const never = (): boolean => false;
const plain = { sizeOf: () => 1, atOnce: 1, placeOf: () => undefined };

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
    await turn();
    const more = Promise.all(['b', 'c', 'd'].map((ask) => combined.ask(ask)));
    for (let times = 0; times < 3; times += 1) await slow.go();
    expect([await first, ...(await more)]).toEqual(['A', 'B', 'C', 'D']);
    expect(slow.put).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('up to the most by their sizes, and one at least, however large it is', async () => {
    const slow = new Slow();
    const combined = new Combined(4, slow.answer, never, { ...plain, sizeOf: (ask) => ask.length });
    const answers = Promise.all(['aaaaaa', 'bb', 'cc', 'd'].map((ask) => combined.ask(ask)));
    for (let times = 0; times < 3; times += 1) await slow.go();
    await answers;
    expect(slow.put).toEqual([['aaaaaa'], ['bb', 'cc'], ['d']]);
  });

  it('so many are put beside each other, and what comes then waits for the first that is answered', async () => {
    const slow = new Slow();
    const combined = new Combined(2, slow.answer, never, { ...plain, atOnce: 2 });
    const answers = Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((ask) => combined.ask(ask)));
    await turn();
    expect(slow.put).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    await slow.go(1);
    await turn();
    expect(slow.put.slice(2)).toEqual([['e', 'f']]);
    for (const at of [0, 2, 3]) await slow.go(at);
    expect(await answers).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G']);
  });

  it('asks of one place are never put beside or with each other, and in their order; those of others go past them', async () => {
    const slow = new Slow();
    const combined = new Combined(10, slow.answer, never, { ...plain, atOnce: 3, placeOf: (ask) => ask[0] });
    const answers = Promise.all(['a1', 'a2', 'b1'].map((ask) => combined.ask(ask)));
    await turn();
    const later = Promise.all(['a3', 'b2', 'c1'].map((ask) => combined.ask(ask)));
    await turn();
    expect(slow.put).toEqual([['a1', 'b1'], ['c1']]);
    await slow.go(0);
    await turn();
    expect(slow.put.slice(2)).toEqual([['a2', 'b2']]);
    await slow.go(2);
    await turn();
    expect(slow.put.slice(3)).toEqual([['a3']]);
    for (const at of [1, 3]) await slow.go(at);
    expect([...(await answers), ...(await later)]).toEqual(['A1', 'A2', 'B1', 'A3', 'B2', 'C1']);
  });

  it('a place whose ask failed is free for its next one', async () => {
    const answer = ([ask]: readonly string[]): Promise<string[]> =>
      ask === 'a bad one' ? Promise.reject(new Error('bad')) : Promise.resolve(['good']);
    const combined = new Combined(10, answer, never, { ...plain, placeOf: () => 'place' });
    const answers = await Promise.allSettled(['a bad one', 'another'].map((ask) => combined.ask(ask)));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
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
    expect(put).toEqual([['a', 'bad', 'b'], ['a', 'bad'], ['a'], ['bad'], ['b']]);
  });

  it.each([0, 13, 31])('one of 32 that is bad, the one at %i, is found by halves: ten puts more', async (bad) => {
    let put = 0;
    const stored: number[] = [];
    const answer = (asks: readonly number[]): Promise<number[]> => {
      put += 1;
      if (asks.includes(bad)) return Promise.reject(new Error('bad'));
      stored.push(...asks);
      return Promise.resolve([...asks]);
    };
    const combined = new Combined(32, answer, () => true);
    const all = Array.from({ length: 32 }, (_, at) => at);
    const answers = await Promise.allSettled(all.map((ask) => combined.ask(ask)));
    const good = all.filter((at) => at !== bad);
    expect(answers.flatMap((each, at) => (each.status === 'rejected' ? [at] : []))).toEqual([bad]);
    expect([put, stored]).toEqual([11, good]);
  });

  it('a half whose failure is everybody’s is not taken apart further', async () => {
    const put: (readonly string[])[] = [];
    const answer = (asks: readonly string[]): Promise<string[]> => {
      put.push(asks);
      return Promise.reject(new Error(asks.length > 2 ? 'bad' : 'down'));
    };
    const combined = new Combined(10, answer, (error) => (error as Error).message === 'bad');
    const answers = await Promise.allSettled(['a', 'b', 'c', 'd'].map((ask) => combined.ask(ask)));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    expect(put).toEqual([
      ['a', 'b', 'c', 'd'],
      ['a', 'b'],
      ['c', 'd'],
    ]);
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
