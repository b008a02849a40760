import { duration } from './duration.js';

it.each([
  [0, '0 s'],
  [999, '0 s'],
  [4_000, '4 s'],
  [60_000, '1 min'],
  [725_000, '12 min 5 s'],
  [3_600_000, '1 h'],
  [7_380_000, '2 h 3 min'],
  [86_400_000, '1 day'],
  [90_000_000, '1 day 1 h'],
  [2_419_200_000, '28 days'],
])('%i ms is %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});
