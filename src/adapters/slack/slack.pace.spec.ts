import { Abandoned } from '../../model/errors.js';
import { PostPace } from './slack.pace.js';

let nowMs: number;
let slept: number[];
const clock = {
  now: () => new Date(nowMs),
  monotonicMs: () => nowMs,
  sleep: (ms: number) => {
    slept.push(ms);
    return Promise.resolve();
  },
};
const signal = new AbortController().signal;

beforeEach(() => {
  nowMs = 1000;
  slept = [];
});

it('a burst goes at once, then one a second, in each channel of its own', async () => {
  const pace = new PostPace(clock, { everyMs: 1000, burst: 3 });
  for (let count = 0; count < 5; count += 1) await pace.turn('C1', signal);
  expect(slept).toEqual([1000, 2000]);
  await pace.turn('C2', signal);
  expect(slept).toEqual([1000, 2000]);
  nowMs += 5000;
  for (let count = 0; count < 3; count += 1) await pace.turn('C1', signal);
  expect(slept).toEqual([1000, 2000]);
});

it('whoever stops while it waits has sent nothing', async () => {
  const pace = new PostPace(clock, { everyMs: 1000, burst: 1 });
  const error: unknown = await pace.turn('C1', AbortSignal.abort()).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Abandoned);
  expect((error as Abandoned).failure.certainty).toBe('notSent');
});
