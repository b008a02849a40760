import { MovedClock } from '../../../test/support/moved-clock.js';
import { silentLog } from '../../observability/log.js';
import { forgetDaily } from './talk.forgetting.js';

const day = 86_400_000;

describe('talk: forgetting', () => {
  it('is done at the start and once a day, by each for itself, until it is stopped', async () => {
    const clock = new MovedClock();
    const stop = new AbortController();
    const cleaned: string[] = [];
    const memories = [
      { clean: () => Promise.reject(new Error('the database is away')) },
      { clean: () => Promise.resolve(void cleaned.push('acts')) },
    ];
    const ended = forgetDaily(memories, clock, silentLog, stop.signal);
    await clock.pass(0);
    expect(cleaned).toHaveLength(1);
    await clock.pass(3 * day);
    expect(cleaned).toHaveLength(4);
    stop.abort();
    await ended;
    await clock.pass(3 * day);
    expect(cleaned).toHaveLength(4);
  });
});
