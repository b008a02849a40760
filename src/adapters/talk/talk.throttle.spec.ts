import { RateLimited } from '../../model/errors.js';
import { Throttle } from './talk.throttle.js';

describe('talk.throttle', () => {
  let nowMs: number;
  let told: object[];
  let throttle: Throttle;

  const slowed = (ms: number) => ({ 'x-nextcloud-bruteforce-throttled': `${ms}ms` });

  beforeEach(() => {
    nowMs = 0;
    told = [];
    const clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs, sleep: () => Promise.resolve() };
    const note = (fields: object): void => {
      told.push(fields);
    };
    throttle = new Throttle(clock, { debug: note, info: note, warn: note, error: note });
  });

  it('after a refusal that was held back nothing is asked for as long, a minute at most', () => {
    throttle.notice(slowed(5000), 'refused');
    nowMs = 4999;
    expect(() => throttle.check()).toThrow(RateLimited);
    nowMs = 5000;
    expect(() => throttle.check()).not.toThrow();
    throttle.notice(slowed(3_600_000), 'refused');
    nowMs = 65_000;
    expect(() => throttle.check()).not.toThrow();
  });

  it('an answer that was held back takes no pause, and is told of once in ten minutes', () => {
    for (nowMs = 0; nowMs < 1_200_000; nowMs += 3000) {
      throttle.notice(slowed(200), 'answered');
      throttle.check();
    }
    expect(told).toEqual([{ throttledMs: 200 }, { throttledMs: 200 }]);
  });

  it('an answer that was not held back means nothing', () => {
    throttle.notice({}, 'refused');
    throttle.notice(slowed(0), 'refused');
    throttle.check();
    expect(told).toEqual([]);
  });
});
