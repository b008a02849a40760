import { MovedClock } from '../../../test/support/moved-clock.js';
import { Randoms } from './talk.randoms.js';

describe('talk.randoms', () => {
  it('each is new once in ten minutes', async () => {
    const clock = new MovedClock();
    const randoms = new Randoms(clock);
    expect(randoms.take('a')).toBe('new');
    await clock.pass(599_999);
    expect([randoms.take('b'), randoms.take('a')]).toEqual(['new', 'again']);
    await clock.pass(1);
    expect([randoms.take('a'), randoms.take('b')]).toEqual(['new', 'again']);
  });

  it('no more than ten thousand are remembered, the latest of them', () => {
    const randoms = new Randoms(new MovedClock());
    for (let at = 0; at < 10_001; at += 1) randoms.take(String(at));
    expect(randoms.take('1')).toBe('again');
    expect(randoms.take('10000')).toBe('again');
    randoms.take('one more');
    expect(randoms.take('0')).toBe('new');
  });
});
