import fc from 'fast-check';
import { shardCount, shardOf } from './shard.js';

describe('shardOf', () => {
  it('gives one of the 64 shards for every id', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        const shard = shardOf(id);
        expect(Number.isInteger(shard) && shard >= 0 && shard < shardCount).toBe(true);
      }),
    );
  });

  it.each([
    ['home', 6],
    ['1', 16],
    ['hs\n!room:example.org', 35],
  ])('%j is in the same shard for ever', (id, shard) => {
    expect(shardOf(id)).toBe(shard);
  });

  it('spreads 6,400 ids over all shards, none with more than twice its share', () => {
    const counts = new Array<number>(shardCount).fill(0);
    for (let id = 0; id < 6_400; id += 1) counts[shardOf(String(id))] = (counts[shardOf(String(id))] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(Math.max(...counts)).toBeLessThan(200);
  });
});
