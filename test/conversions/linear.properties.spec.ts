import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { hostile, words } from './any-rich-text.js';
import { layout, marks, markup } from './any-markdown.js';
import { directions, formats } from './formats.js';

/** What once took the square of its length, or more than a stack holds. */
const once = ['\n| - | - |\n-', '> a\n\n', '     \u202e', '\u00a0', '_i_k', '!\n&', '&lt;!channel&gt;'];
const asked = process.env['CROSSTALK_PROPERTY_RUNS'];
/** Of each direction: each takes as long as a message of more than the largest size. Others each time only where more are asked for. */
const runs =
  asked === undefined ? { numRuns: once.length + 10, seed: 1 } : { numRuns: Math.ceil(Number(asked) / 1_000) };
const patience = 300_000;
/** More than any network takes at once: it is parted in either case. */
const small = 40_000;
const times = 4;
/** What is squared takes 16 times as long, what is linear four times. */
const mostTimes = 9;
/** Less is not measured well: the program cleans up now and then. */
const leastMs = 200;

/** What this thread has taken of a processor; where the system does not tell that, the whole process. Source: proc(5). */
function takenMs(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000_000;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  }
}

/** In milliseconds of a processor: what else the machine does counts for nothing. The least of some times is the surest; less than `enough` is. */
function costMs(work: () => void, enough: number): number {
  let least = Infinity;
  for (let time = 0; time < 3 && least > enough; time += 1) {
    const before = takenMs();
    work();
    least = Math.min(least, takenMs() - before);
  }
  return least;
}

const filled = (unit: string, chars: number): string => unit.repeat(Math.ceil(chars / unit.length)).slice(0, chars);

describe.each(directions)('from %s to %s', (source, target) => {
  const [from, to] = [formats[source], formats[target]];

  it(
    'four times the text takes about four times as long, whatever it is made of',
    () => {
      const unit = fc
        .array(fc.constantFrom(...hostile, ...marks, ...markup, ...layout, ...words), { minLength: 1, maxLength: 3 })
        .map((pieces) => pieces.join(''));
      fc.assert(
        fc.property(unit, (each) => {
          const cost = (chars: number, enough: number): number =>
            costMs(() => to.write(from.typed(filled(each, chars))), enough);
          const most = Math.max(leastMs, cost(small, leastMs)) * mostTimes;
          expect(cost(small * times, most)).toBeLessThanOrEqual(most);
        }),
        { ...runs, examples: once.map((each): [string] => [each]) },
      );
    },
    patience,
  );
});
