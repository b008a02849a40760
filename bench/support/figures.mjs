/** The value below which the share `at` (0 to 1) of the numbers lies. NaN where there is none. */
export function quantile(numbers, at) {
  const sorted = Float64Array.from(numbers).sort();
  return sorted.length === 0
    ? NaN
    : (sorted[Math.min(sorted.length - 1, Math.ceil(at * sorted.length) - 1)] ?? sorted[0]);
}

export const median = (numbers) => quantile(numbers, 0.5);

const short = (value) => Number(value.toPrecision(value >= 100 ? 4 : 3));

/** A row that must be at most so much. */
export function atMost(name, measure, target, value) {
  return row(name, measure, `≤ ${short(target)}`, value, value <= target);
}

export function atLeast(name, measure, target, value) {
  return row(name, measure, `≥ ${short(target)}`, value, value >= target);
}

/** A row without a target: it says what the others are measured by, or is only told. */
export function reported(name, measure, value) {
  return row(name, measure, 'reported', value, true);
}

function row(name, measure, target, value, pass) {
  if (!Number.isFinite(value)) throw new Error(`${name}, ${measure}: no figure`);
  return { name, measure, target, value: short(value), pass };
}
