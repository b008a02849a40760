import type { AccountStore } from '../../model/account-store.js';
import { silentLog } from '../../observability/log.js';
import { TransactionGaps } from './matrix.gaps.js';

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('matrix gaps', () => {
  const entries = new Map<string, unknown>();
  const store: AccountStore = {
    get: (key) => {
      reads += 1;
      return Promise.resolve(entries.get(key));
    },
    put: (key, value) => {
      entries.set(key, value);
      return Promise.resolve();
    },
    delete: () => Promise.resolve(),
    replace: () => Promise.resolve('changed'),
    list: () => Promise.resolve([]),
  };
  let nowMs: number;
  let reads: number;
  /** When what passed is to be noted. */
  let noteTime: Promise<void>;
  let gaps: TransactionGaps;
  const replica = (): TransactionGaps => {
    const clock = { now: () => new Date(), monotonicMs: () => nowMs, sleep: () => noteTime };
    const made = new TransactionGaps(store, clock, silentLog);
    made.open(new AbortController().signal);
    return made;
  };
  /** What the transactions are answered, one after the other. */
  const answers = async (...transactions: string[]): Promise<string[]> => {
    const given: string[] = [];
    for (const transaction of transactions) {
      const isRefused = await gaps.isPastGap(transaction);
      if (!isRefused) gaps.passed(transaction);
      await settled();
      given.push(`${transaction} ${isRefused ? 'refused' : 'taken'}`);
    }
    return given;
  };

  beforeEach(() => {
    entries.clear();
    nowMs = 0;
    reads = 0;
    noteTime = Promise.resolve();
    gaps = replica();
  });

  it('the first of all, and those that follow one another, are taken', async () => {
    expect(await answers('41', '42', '43', '43')).toEqual(['41 taken', '42 taken', '43 taken', '43 taken']);
  });

  it('where others take numbers all the time, that costs one refusal, and what is missing is noticed all the same', async () => {
    const every = ['1', '3', '3', '5', '7', '9'];
    expect(await answers(...every)).toEqual(every.map((at, place) => `${at} ${place === 1 ? 'refused' : 'taken'}`));
    expect(await answers('13', '11', '13', '15')).toEqual(['13 refused', '11 taken', '13 taken', '15 taken']);
  });

  it('a large step of others is taken once, and what is missing later is noticed all the same', async () => {
    expect(await answers('1', '9', '9', '10', '12')).toEqual([
      '1 taken',
      '9 refused',
      '9 taken',
      '10 taken',
      '12 refused',
    ]);
  });

  it('what another replica took, and has not noted yet, is no step of others', async () => {
    await answers('1');
    const other = replica();
    expect(await answers('5')).toEqual(['5 refused']);
    noteTime = new Promise(() => undefined);
    for (const transaction of ['2', '3', '4']) {
      expect(await other.isPastGap(transaction)).toBe(false);
      other.passed(transaction);
    }
    expect(await answers('5', '6', '8')).toEqual(['5 taken', '6 taken', '8 refused']);
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

  it('those that follow one another share their note, and are not looked up', async () => {
    let note = (): void => undefined;
    noteTime = new Promise((resolve) => (note = resolve));
    await answers('1', '2', '3', '4');
    expect([entries.get('transactions'), reads]).toEqual([undefined, 1]);
    note();
    await settled();
    expect([entries.get('transactions'), reads]).toEqual([{ last: 4 }, 2]);
  });

  it('what is not noted yet counts all the same', async () => {
    noteTime = new Promise(() => undefined);
    expect(await answers('1', '2', '4')).toEqual(['1 taken', '2 taken', '4 refused']);
  });

  it('a note that fails is made with the next one', async () => {
    const { put } = store;
    store.put = () => Promise.reject(new Error('the database is away'));
    await answers('1');
    store.put = put;
    await answers('2');
    expect(entries.get('transactions')).toEqual({ last: 2 });
  });

  it('a note under way when one past a gap comes does not forget that it was refused', async () => {
    await answers('1');
    let isRead = (): void => undefined;
    const { get } = store;
    store.get = async (key) => {
      const value = entries.get(key);
      await new Promise<void>((resolve) => (isRead = resolve));
      return value;
    };
    gaps.passed('2');
    await settled();
    store.get = get;
    const refused = gaps.isPastGap('5');
    await settled();
    isRead();
    expect(await refused).toBe(true);
    await settled();
    expect(entries.get('transactions')).toEqual({ last: 2, refused: 5 });
    expect(await answers('5')).toEqual(['5 taken']);
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
