import { filled, hasMarks, readMark, type Mark } from './marks.js';
import type { Template } from './recorded.types.js';
import { unfolded } from './shapes.js';

/** What each mark stands for on the server under test, by kind and recorded name. */
export type Bound = Map<string, string>;

/** Where an answer differs from what was recorded: places with both values. */
export function differences(expected: Template, actual: unknown, bound: Bound, place = ''): string[] {
  if (typeof expected === 'string') return textDifferences(expected, actual, bound, place);
  if (Array.isArray(expected)) return listDifferences(expected as readonly Template[], actual, bound, place);
  if (typeof expected === 'object' && expected !== null) {
    return mapDifferences(expected as Readonly<Record<string, Template>>, actual, bound, place);
  }
  return Object.is(expected, actual) ? [] : [differs(place, expected, actual)];
}

export function keyOf({ kind, name }: Mark): string {
  return `${kind} ${name}`;
}

function textDifferences(expected: string, actual: unknown, bound: Bound, place: string): string[] {
  const mark = readMark(expected);
  if (mark !== undefined) return markDifferences(mark, actual, bound, place);
  if (typeof actual !== 'string') return [differs(place, expected, actual)];
  const isAny = (text: string): boolean => readMark(text)?.kind === 'text' && readMark(text)?.name === '';
  if (!hasMarks(expected)) return plain(expected) === plain(actual) ? [] : [differs(place, expected, actual)];
  const pattern = expected
    .split(/(‹[^›]*›)/)
    .map((part) => (isAny(part) ? '.*' : escaped(plain(filled(part, (one) => bound.get(keyOf(one)) ?? '‹unknown›')))))
    .join('');
  return new RegExp(`^${pattern}$`, 's').test(plain(actual)) ? [] : [differs(place, expected, actual)];
}

/** How long a call took is not compared. */
function plain(text: string): string {
  return repeated(text).replace(/\(Duration \d+:\d\d\)/, '(Duration)');
}

/** A text that was recorded as one letter and how often it came. */
export function repeated(text: string): string {
  return text.replaceAll(/<(.), (\d+) times>/g, (_, letter: string, times: string) => letter.repeat(Number(times)));
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function markDifferences(mark: Mark, actual: unknown, bound: Bound, place: string): string[] {
  const fixed = bound.get(keyOf(mark));
  if (mark.name === '' && fixed !== undefined) return fixed === actual ? [] : [differs(place, fixed, actual)];
  if (mark.name === '') return isAnyOf(mark.kind, actual) ? [] : [differs(place, `any ${mark.kind}`, actual)];
  const isRight = mark.isText ? typeof actual === 'string' : typeof actual === 'number';
  if (!isRight) return [differs(place, mark, actual)];
  const known = bound.get(keyOf(mark));
  bound.set(keyOf(mark), String(actual));
  const isSame = known === undefined || known === String(actual);
  return isSame ? [] : [differs(place, `${mark.kind} ${mark.name}, which is ${known}`, actual)];
}

function isAnyOf(kind: string, actual: unknown): boolean {
  switch (kind) {
    case 'number':
      return typeof actual === 'number';
    case 'text':
      return typeof actual === 'string';
    case 'list':
      return Array.isArray(actual);
    case 'object':
      return typeof actual === 'object' && actual !== null;
    default:
      return false;
  }
}

function listDifferences(expected: readonly Template[], actual: unknown, bound: Bound, place: string): string[] {
  // PHP writes an empty map as a list.
  if (expected.length === 0 && isEmpty(actual)) return [];
  if (!Array.isArray(actual)) return [differs(place, expected, actual)];
  if (expected.length !== actual.length) return [`${place}: ${expected.length} recorded, ${actual.length} answered`];
  return expected.flatMap((item, index) => differences(item, actual[index], bound, `${place}[${index}]`));
}

type Shape = Readonly<Record<string, Template>>;

function mapDifferences(folded: Shape, actual: unknown, bound: Bound, place: string): string[] {
  if (Array.isArray(folded['in any order']))
    return orderless(folded['in any order'] as readonly Template[], actual, bound, place);
  if (Array.isArray(folded['by id'])) return byId(folded['by id'] as readonly Template[], actual, bound, place);
  const expected = unfolded(folded);
  if (Object.keys(expected).length === 0 && isEmpty(actual)) return [];
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return [differs(place, expected, actual)];
  const found = actual as Record<string, unknown>;
  return Object.entries(expected).flatMap(([key, value]) =>
    key in found ? differences(value, found[key], bound, `${place}.${key}`) : [`${place}.${key}: missing`],
  );
}

/** Each recorded item is the first answered one that it fits, and what then is left over is told of. */
function orderless(expected: readonly Template[], actual: unknown, bound: Bound, place: string): string[] {
  if (!Array.isArray(actual)) return [differs(place, expected, actual)];
  const left: unknown[] = actual.filter((item: unknown) => !isSample(item));
  const found: string[] = [];
  for (const [index, item] of expected.entries()) {
    const tries = left.map((candidate) => {
      const tried = new Map(bound);
      return { candidate, tried, wrong: differences(item, candidate, tried, `${place}{${index}}`) };
    });
    const best = tries.sort((a, b) => a.wrong.length - b.wrong.length)[0];
    if (best === undefined) {
      found.push(`${place}{${index}}: missing`);
      continue;
    }
    left.splice(left.indexOf(best.candidate), 1);
    for (const [key, value] of best.tried) bound.set(key, value);
    found.push(...best.wrong);
  }
  return left.length === 0 ? found : [...found, `${place}: ${left.length} more than recorded`];
}

/** The rooms that show new people what Talk can do are each server's own. */
function isSample(item: unknown): boolean {
  return typeof item === 'object' && item !== null && (item as { objectType?: unknown }).objectType === 'sample';
}

function byId(expected: readonly Template[], actual: unknown, bound: Bound, place: string): string[] {
  if (typeof actual !== 'object' || actual === null) return [differs(place, expected, actual)];
  const entries = Object.entries(actual);
  const strays = entries.filter(([key, value]) => key !== String((value as { id?: unknown }).id));
  const wrong = strays.map(([key]) => `${place}.${key}: another id`);
  return [
    ...wrong,
    ...orderless(
      expected,
      entries.map(([, value]) => value as unknown),
      bound,
      place,
    ),
  ];
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function differs(place: string, expected: unknown, actual: unknown): string {
  return `${place}: ${JSON.stringify(expected)} recorded, ${JSON.stringify(actual)} answered`;
}
