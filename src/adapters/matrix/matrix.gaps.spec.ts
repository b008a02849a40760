import type { AccountStore } from '../../model/account-store.js';
import { TransactionGaps } from './matrix.gaps.js';

describe('matrix gaps', () => {
  const entries = new Map<string, unknown>();
  const store: AccountStore = {
    get: (key) => Promise.resolve(entries.get(key)),
    put: (key, value) => {
      entries.set(key, value);
      return Promise.resolve();
    },
    delete: () => Promise.resolve(),
    list: () => Promise.resolve([]),
  };
  let nowMs: number;
  let gaps: TransactionGaps;
  const replica = (): TransactionGaps => {
    const made = new TransactionGaps(store, {
      now: () => new Date(),
      monotonicMs: () => nowMs,
      sleep: () => Promise.resolve(),
    });
    made.watch();
    return made;
  };
  /** What the transactions are answered, one after the other. */
  const answers = async (...transactions: string[]): Promise<string[]> => {
    const given: string[] = [];
    for (const transaction of transactions) {
      const isRefused = await gaps.isPastGap(transaction);
      if (!isRefused) await gaps.passed(transaction);
      given.push(`${transaction} ${isRefused ? 'refused' : 'taken'}`);
    }
    return given;
  };

  beforeEach(() => {
    entries.clear();
    nowMs = 0;
    gaps = replica();
  });

  it('the first of all, and those that follow one another, are taken', async () => {
    expect(await answers('41', '42', '43', '43')).toEqual(['41 taken', '42 taken', '43 taken', '43 taken']);
  });

  it('one past a gap is refused once, and taken after what was missing', async () => {
    expect(await answers('1', '3', '2', '3', '4')).toEqual(['1 taken', '3 refused', '2 taken', '3 taken', '4 taken']);
  });

  it('one past a gap that others made is taken when it comes again', async () => {
    expect(await answers('1', '3', '3', '4')).toEqual(['1 taken', '3 refused', '3 taken', '4 taken']);
  });

  it('a gap that came to be while we were away is noticed', async () => {
    await answers('1');
    gaps = replica();
    expect(await answers('3')).toEqual(['3 refused']);
  });

  it('a minute after all is well, gaps are those of others', async () => {
    await answers('1', '2');
    nowMs = 60_001;
    expect(await answers('4', '4', '6')).toEqual(['4 refused', '4 taken', '6 taken']);
  });

  it('homeservers that do not count, or begin to count anew, are believed', async () => {
    expect(await answers('a', 'c', '1795230333871', '1795230344555', '1', '2', '4')).toEqual([
      'a taken',
      'c taken',
      '1795230333871 taken',
      '1795230344555 taken',
      '1 taken',
      '2 taken',
      '4 refused',
    ]);
  });
});
