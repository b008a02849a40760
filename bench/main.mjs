// `main.mjs NAME… [--json] [--scale full|small|tiny] [--networks talk,matrix]`: the benchmarks, on the PostgreSQL of CROSSTALK_TEST_DATABASE_URL.
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { catchUp } from './benchmarks/catch-up.mjs';
import { coldStart } from './benchmarks/cold-start.mjs';
import { convert } from './benchmarks/convert.mjs';
import { files } from './benchmarks/files.mjs';
import { growth } from './benchmarks/growth.mjs';
import { idle } from './benchmarks/idle.mjs';
import { isolation } from './benchmarks/isolation.mjs';
import { latency } from './benchmarks/latency.mjs';
import { highestRates, throughput } from './benchmarks/throughput.mjs';
import { scales } from './sizes.mjs';
import { measureAnchors } from './support/anchors.mjs';
import { serverVersion } from './support/database.mjs';

const benchmarks = {
  throughput,
  latency,
  isolation,
  'catch-up': catchUp,
  'cold-start': coldStart,
  idle,
  growth,
  files,
  convert,
};

const allNetworks = ['talk', 'matrix', 'slack'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    scale: { type: 'string', default: 'full' },
    networks: { type: 'string', default: allNetworks.join(',') },
  },
});
const sizes = scales[values.scale];
const networks = values.networks.split(',');
const unknown = [
  ...positionals.filter((name) => benchmarks[name] === undefined),
  ...networks.filter((network) => !allNetworks.includes(network)),
];
if (sizes === undefined || unknown.length > 0) {
  const known = { Benchmarks: Object.keys(benchmarks), Scales: Object.keys(scales), Networks: allNetworks };
  for (const [what, those] of Object.entries(known)) console.error(`${what}: ${those.join(', ')}.`);
  process.exit(2);
}

/** What several benchmarks need is measured once. */
const once = (measure) => {
  const measured = new Map();
  return (key) => measured.get(key) ?? measured.set(key, measure(key)).get(key);
};
const context = {
  sizes,
  /** Whether rows of these networks are wanted. */
  has: (...those) => those.every((network) => networks.includes(network)),
  anchors: once(() => measureAnchors(sizes)),
  highest: once((source) => highestRates(sizes, source)),
};

const names = positionals.length === 0 ? Object.keys(benchmarks) : positionals;
const rows = [];
// A conversion needs no server: nothing else is measured for it.
if (names.some((name) => name !== 'convert')) rows.push(...(await context.anchors()).rows);
for (const name of names) {
  console.error(`${name} …`);
  rows.push(...(await benchmarks[name](context)));
}

if (values.json) {
  process.stdout.write(`${JSON.stringify({ rows })}\n`);
} else {
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  const day = new Date().toISOString().slice(0, 10);
  console.log(
    `${cpus().length} cores, ${gib} GiB, Node ${process.version}, PostgreSQL ${await serverVersion()}, ${day}\n`,
  );
  console.log('| benchmark | measure | target | value | |\n| --- | --- | --- | --- | --- |');
  for (const { name, measure, target, value, pass } of rows) {
    console.log(
      `| ${name} | ${measure} | ${target} | ${value} | ${target === 'reported' ? '' : pass ? 'reached' : 'missed'} |`,
    );
  }
}
