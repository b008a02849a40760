import type { Clock } from '../../model/clock.js';
import { RateLimited } from '../../model/errors.js';
import { clock } from '../../../test/contract/matrix-bench.js';
import { ChannelSearch } from './slack.channel-search.js';

const { signal } = new AbortController();

/** Two pages with one channel each; the first page's cursor is answered with these, then as it should be. */
function searching(answers: ('paused' | 'lost')[]) {
  const asked: (string | undefined)[] = [];
  let elapsedMs = 0;
  const moving: Clock = { ...clock, monotonicMs: () => elapsedMs };
  const search = new ChannelSearch(
    {
      publicOnes: (cursor) => {
        asked.push(cursor);
        if (cursor === undefined) return Promise.resolve({ items: [{ id: 'C1', name: 'one' }], next: 'second' });
        const answer = answers.shift();
        if (answer === 'paused') return Promise.reject(new RateLimited('slower', { afterMs: 1000 }));
        return Promise.resolve(answer ?? { items: [{ id: 'C2', name: 'two' }], next: undefined });
      },
      info: (id) => Promise.resolve({ id, name: id === 'C1' ? 'one' : 'two' }),
    },
    moving,
  );
  return { search, asked, elapse: (ms: number) => void (elapsedMs += ms) };
}

it('a search that Slack interrupted goes on from there, and begins anew where it does not know the place any more', async () => {
  const { search, asked } = searching(['paused', 'lost']);
  await expect(search.find('two', signal)).rejects.toBeInstanceOf(RateLimited);
  expect((await search.find('two', signal))?.id).toBe('C2');
  expect(asked).toEqual([undefined, 'second', 'second', undefined, 'second']);
});

it('a place that is older than ten minutes is not relied on', async () => {
  const { search, asked, elapse } = searching(['paused']);
  await expect(search.find('two', signal)).rejects.toBeInstanceOf(RateLimited);
  elapse(600_000);
  expect((await search.find('two', signal))?.id).toBe('C2');
  expect(asked).toEqual([undefined, 'second', undefined, 'second']);
});
