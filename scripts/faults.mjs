// `npm run faults [-- --rounds N --seed S ROW…]`: things go wrong on purpose while people talk; docs/faults.md says what and how often.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bin, prepare, project } from './prepare.mjs';

const rows = readdirSync(join(project, 'test', 'faults'))
  .filter((file) => file.endsWith('.spec.ts'))
  .map((file) => file.slice(0, -'.spec.ts'.length));

function refuse(sentence) {
  console.error(
    `${sentence}\nnpm run faults -- [--rounds N] [--seed S] [ROW…]; 100 rounds are the full size; the rows: ${rows.join(', ')}`,
  );
  process.exit(1);
}

function wanted() {
  try {
    const { values, positionals } = parseArgs({
      options: { rounds: { type: 'string', default: '100' }, seed: { type: 'string' } },
      allowPositionals: true,
    });
    return { ...values, positionals };
  } catch (error) {
    return refuse(error.message);
  }
}

const { rounds, seed = String(Date.now() % 1_000_000), positionals } = wanted();
if (!(Number(rounds) > 0)) refuse(`--rounds ${rounds} is no number of rounds.`);
if (!/^\d{1,9}$/.test(seed)) refuse(`--seed ${seed} is no number.`);
const unknown = positionals.filter((row) => !rows.includes(row));
if (unknown.length > 0) refuse(`There is no row ${unknown.join(', ')}.`);

prepare();
console.log(`seed ${seed}, rounds ${rounds}`);
const folder = mkdtempSync(join(tmpdir(), 'crosstalk-faults-'));
const results = join(folder, 'results.jsonl');
writeFileSync(results, '');
const [node, jest] = bin('jest/bin/jest.js');
const specs = (positionals.length > 0 ? positionals : rows).map((row) => join('test', 'faults', `${row}.spec.ts`));
const { status } = spawnSync(
  node,
  ['--experimental-vm-modules', '--no-warnings', ...jest, '--runTestsByPath', ...specs],
  {
    cwd: project,
    stdio: 'inherit',
    env: {
      ...process.env,
      CROSSTALK_FAULT_ROUNDS: rounds,
      CROSSTALK_FAULT_SEED: seed,
      CROSSTALK_FAULT_RESULTS: results,
    },
  },
);
print(sums(readFileSync(results, 'utf8')));
console.log(`seed ${seed}, rounds ${rounds}: ${status === 0 ? 'nothing amiss' : 'something is amiss'}`);
rmSync(folder, { recursive: true, force: true });
process.exit(status ?? 1);

/** One line for each fault of a row, however many tests it took. */
function sums(text) {
  const found = new Map();
  for (const line of text.split('\n').filter((it) => it !== '')) {
    const one = JSON.parse(line);
    const key = `${one.row}\n${one.fault}`;
    const sum = found.get(key);
    if (sum === undefined) {
      found.set(key, one);
      continue;
    }
    for (const count of ['rounds', 'sent', 'lost', 'duplicated', 'reordered', 'withdrawn']) sum[count] += one[count];
    sum.drainedWithinMs = Math.max(sum.drainedWithinMs, one.drainedWithinMs);
  }
  return [...found.values()].sort((a, b) => a.row.localeCompare(b.row));
}

function print(lines) {
  console.log('\n| row | fault | rounds | messages | lost | doubled | reordered | withdrawn | drained within |');
  console.log('| --- | --- | --: | --: | --: | --: | --: | --: | --: |');
  for (const { row, fault, drainedWithinMs, ...counts } of lines) {
    const numbers = ['rounds', 'sent', 'lost', 'duplicated', 'reordered', 'withdrawn'].map((count) => counts[count]);
    console.log(`| ${[row, fault, ...numbers, `${(drainedWithinMs / 1000).toFixed(1)} s`].join(' | ')} |`);
  }
}
