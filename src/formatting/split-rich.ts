import type { Block, RichText } from '../model/rich-text.js';
import { bestPlace, cutBlocks, weighBlocks } from './cut-rich.js';
import { divisible } from './divisible.js';

/**
 * How full a message is with a part in it: it fits up to 1. Of what does not fit it may be any number above 1 that is
 * quickly known; the nearer it is to the right one, the sooner a cut is found.
 */
export type Fullness = (part: RichText) => number;

/** What the search for a cut begins with, in units of weight, and what is small enough to be measured exactly. */
const firstGuess = 1024;
const small = 256;
/** How near to the longest part that fits an exact search goes, as a share of it. */
const nearness = 1 / 64;
/** How full a part shall become that is cut by what the one before it says of their density, and how full it must. */
const aimed = 0.97;
const fullEnough = 0.9;
const mostGuesses = 4;

interface Cut {
  readonly part: readonly Block[];
  readonly rest: readonly Block[];
  /** What the search for the next one begins with. */
  readonly guess: number;
}

/** How full a message was with so much in it. */
interface Measured {
  readonly weight: number;
  readonly used: number;
}

/**
 * Pure: cuts a rich text into parts that fit, in order, one at least. It cuts between blocks, else between what lies
 * within them (items of a list, rows of a table), else at a line end, else at a space, in the second half of a part;
 * else between two graphemes. What is cut goes on as what it was: code in the same language, cut at line ends; a
 * list, from the right number; a table, with its head. White space at a cut is dropped, of code the line end alone.
 * Only where a single grapheme or a thing without text does not fit does a part not fit. `fullness` must not be less
 * of more; where the text is about as dense everywhere, it is asked about each part once, else a few times.
 */
export function splitRich(body: RichText, fullness: Fullness): RichText[] {
  if (fullness(body) <= 1) return [body];
  const parts: RichText[] = [];
  let rest: readonly Block[] = divisible(body, (part) => fullness(part) <= 1);
  let guess = firstGuess;
  for (;;) {
    const found = guessedCut(rest, fullness, guess) ?? exactCut(rest, fullness, guess);
    if (found === undefined) break;
    guess = found.guess;
    if (found.part.length > 0) parts.push(found.part);
    rest = found.rest;
  }
  return rest.length > 0 || parts.length === 0 ? [...parts, rest] : parts;
}

/** A part cut where the text's density says that it is about full; undefined where that says too little. */
function guessedCut(rest: RichText, fullness: Fullness, guess: number): Cut | undefined {
  let tried = guess;
  let isTooMuch = false;
  for (let guesses = 0; guesses < mostGuesses && tried >= small; guesses += 1) {
    // What is hardly more than a part may be one: nobody wants a last part of three words.
    const most = Math.ceil(tried / fullEnough);
    const whole = weighBlocks(rest, most);
    const isLast: boolean = !isTooMuch && whole <= most;
    isTooMuch ||= isLast;
    const weight = isLast ? whole : bestPlace(rest, tried);
    const [part, others] = isLast ? [rest, []] : cutBlocks(rest, weight);
    if (part.length === 0) return undefined;
    const used = fullness(part);
    const full = weight / used;
    if (used <= 1 && (isLast || tried >= fullEnough * full))
      return { part, rest: others, guess: Math.floor(aimed * full) };
    tried = Math.floor(aimed * full);
  }
  return undefined;
}

/** The longest part that fits, cut at the best place in it; undefined where all of it fits, or cannot be cut. */
function exactCut(rest: RichText, fullness: Fullness, guess: number): Cut | undefined {
  const fitting = longest(rest, fullness, guess);
  if (fitting === undefined) return undefined;
  const whole = cutBlocks(rest, bestPlace(rest, fitting));
  const isStuck = whole[0].length === 0 && weighBlocks(whole[1], fitting) >= weighBlocks(rest, fitting);
  const [part, others] = isStuck ? cutBlocks(rest, fitting, 'ifNeeded') : whole;
  return { part, rest: others, guess: fitting };
}

/** How much fits, one unit at the least; undefined where all of it does. */
function longest(rest: RichText, fullness: Fullness, guess: number): number | undefined {
  let fitting: Measured = { weight: 0, used: 0 };
  let tooMuch: Measured | undefined;
  let tried = Math.max(1, guess);
  for (let step = 0; ; step += 1) {
    const whole = weighBlocks(rest, tried);
    const isAll = whole <= tried;
    if (isAll && whole <= 1) return undefined;
    const used = fullness(isAll ? rest : cutBlocks(rest, tried)[0]);
    if (used <= 1 && isAll) return undefined;
    if (used <= 1) fitting = { weight: tried, used };
    else tooMuch = { weight: isAll ? whole : tried, used };
    if (tooMuch === undefined) {
      tried = Math.floor(tried * Math.min(16, Math.max(2, aimed / used)));
    } else {
      if (tooMuch.weight - fitting.weight <= Math.max(1, fitting.weight * nearness)) return Math.max(1, fitting.weight);
      tried = between(fitting, tooMuch, step);
    }
  }
}

/** Where the two say that a part is full; in their middle now and then, since a text may be denser in one place than in another. */
function between(fitting: Measured, tooMuch: Measured, step: number): number {
  const middle = Math.floor((fitting.weight + tooMuch.weight) / 2);
  if (step % 3 === 2) return middle;
  const share = (1 - fitting.used) / (tooMuch.used - fitting.used);
  // At least as far from both as is near enough: then one more question may be the last.
  const apart = Math.max(1, Math.floor(fitting.weight * nearness));
  const [least, most] = [fitting.weight + apart, tooMuch.weight - apart];
  if (least > most) return middle;
  return Math.min(most, Math.max(least, fitting.weight + Math.floor(share * (tooMuch.weight - fitting.weight))));
}
