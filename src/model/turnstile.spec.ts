import { Turnstile } from './turnstile.js';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('Turnstile', () => {
  let inside: string[];
  let leave: Map<string, () => void>;
  const stay = (name: string) => (): Promise<void> => {
    inside.push(name);
    return new Promise((resolve) => leave.set(name, resolve));
  };
  const end = async (name: string): Promise<void> => {
    leave.get(name)?.();
    await turn();
  };

  beforeEach(() => {
    inside = [];
    leave = new Map();
  });

  it('lets so many in, and the next in their order as others leave', async () => {
    const turnstile = new Turnstile(2);
    const all = Promise.all(['a', 'b', 'c', 'd'].map((name) => turnstile.pass(stay(name), never)));
    await turn();
    expect(inside).toEqual(['a', 'b']);
    await end('b');
    expect(inside).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'c', 'd']) await end(name);
    await all;
    expect(inside).toEqual(['a', 'b', 'c', 'd']);
  });

  it('whoever is in a hurry, or gets into one, does not wait', async () => {
    const turnstile = new Turnstile(1);
    const hurry = new AbortController();
    const all = Promise.all([
      turnstile.pass(stay('a'), never),
      turnstile.pass(stay('b'), never),
      turnstile.pass(stay('c'), hurry.signal),
      turnstile.pass(stay('d'), AbortSignal.abort()),
    ]);
    await turn();
    expect(inside).toEqual(['a', 'd']);
    hurry.abort();
    await turn();
    expect(inside).toEqual(['a', 'd', 'c']);
    for (const name of ['a', 'd']) await end(name);
    expect(inside).toEqual(['a', 'd', 'c']);
    await end('c');
    expect(inside).toEqual(['a', 'd', 'c', 'b']);
    await end('b');
    await all;
  });

  it('one that fails makes room too', async () => {
    const turnstile = new Turnstile(1);
    const failed = turnstile.pass(() => Promise.reject(new Error('no')), never);
    const next = turnstile.pass(() => Promise.resolve('in'), never);
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('in');
  });
});
