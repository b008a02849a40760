import { spawn } from 'node:child_process';
import { takeTurn } from '../support/turn.js';

afterAll(await takeTurn());

interface Row {
  readonly name: string;
  readonly measure: string;
  readonly target: string;
  readonly value: number;
  readonly pass: boolean;
}

/** Runs benchmarks as small as they go. Throws where standard output is anything but the one object. */
async function rowsOf(...names: string[]): Promise<Row[]> {
  const child = spawn(process.execPath, ['bench/main.mjs', ...names, '--json', '--scale', 'tiny'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [told, complained] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text));
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) throw new Error(`bench ${names.join(' ')} ended with ${String(code)}:\n${complained}`);
  return (JSON.parse(told) as { rows: Row[] }).rows;
}

describe('the benchmarks, at a scale whose figures mean nothing', () => {
  // One run: what several need is measured once.
  let rows: readonly Row[];
  beforeAll(async () => {
    rows = await rowsOf(
      'throughput',
      'latency',
      'isolation',
      'catch-up',
      'cold-start',
      'idle',
      'growth',
      'files',
      'convert',
    );
  }, 900_000);

  const measures = (name: string): string[] => rows.filter((row) => row.name === name).map(({ measure }) => measure);

  it('each row has a measure, a target, a figure, and whether it was reached', () => {
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(['name', 'measure', 'target', 'value', 'pass']);
      expect(row.value).toEqual(expect.any(Number));
      // What nothing happens in may cost nothing, and what grows may shrink.
      if (row.name !== 'idle' && row.name !== 'growth') expect(row.value).toBeGreaterThan(0);
      expect(row.target).toMatch(/^(reported|[≤≥] \d[\d.e+]*)$/);
      expect(typeof row.pass).toBe('boolean');
    }
  });

  it('what is only reported has no target that it could miss', () => {
    expect(rows.filter(({ target, pass }) => target === 'reported' && !pass)).toEqual([]);
  });

  it('the anchors are measured in the same run', () => {
    expect(measures('anchors')).toEqual([
      'one-row commits per second, 1 client',
      'one-row commits per second, 16 clients',
      'one-row commit, 1 client, p50 in ms',
      'one-row commit, 1 client, p99 in ms',
      'raw HTTP writes per second to Talk, 1 at a time',
      'raw HTTP writes per second to Talk, 32 at a time',
      'raw HTTP writes per second to Matrix, 1 at a time',
      'raw HTTP writes per second to Matrix, 32 at a time',
      "writes per second of Talk's server alone",
      "writes per second of Matrix's server alone",
      'raw HTTP writes per second to Slack, 1 at a time',
      'raw HTTP writes per second to Slack, 32 at a time',
      "writes per second of Slack's server alone",
    ]);
  });

  it.each([
    ['throughput', "Matrix to Talk, 3 rooms: share of the relay's rate"],
    ['latency', 'Matrix to Talk at 80 % of the highest rate: p99 in ms'],
    ['latency', 'Talk to Matrix by held poll at 10 % of the highest rate: p50 in ms'],
    ['throughput', "Matrix to Talk and Slack at its pace, 3 rooms of three: share of the relay's rate"],
    ['throughput', "Matrix to Talk and Slack without its pace, 3 rooms of three: share of the relay's rate"],
    ['throughput', "Slack to Talk and Matrix, 3 rooms of three: share of the relay's rate"],
    ['latency', 'Matrix to Slack, 3 channels at 0.5 a second in each: p99 in ms'],
    ['latency', 'Slack to Matrix at 50 % of the highest rate: p99 in ms'],
    ['latency', 'Slack to Talk at 10 % of the highest rate: p50 in ms'],
    ['latency', 'Talk to Slack by held poll, 2 channels at 0.1 a second in each: p99 in ms'],
    ['isolation', 'Matrix to Talk, 3 rooms of three: p99 while Slack hangs, by that of a healthy run'],
    ['isolation', 'Talk to Matrix, 3 rooms of three: p99 while Slack hangs, by that of a healthy run'],
    ['isolation', 'Matrix to Talk, 3 rooms: p99 of the others while one hangs, by that of a healthy run'],
    ['catch-up', 'Matrix to Talk, 30 messages, 1 room, answers after 5 ms: share of raw HTTP'],
    ['catch-up', 'Talk to Matrix, 30 messages, 3 rooms, answers after 5 ms: share of raw HTTP'],
    ['cold-start', '6 links: process start to first delivery in ms'],
    ['throughput', "Talk to Matrix by webhook, 3 rooms: share of the relay's rate"],
    ['latency', 'Talk to Matrix by webhook at 80 % of the highest rate: p99 in ms'],
    ['latency', 'Talk to Slack by webhook, 3 channels at 0.5 a second in each: p50 in ms'],
    ['idle', '3 rooms with a bot: requests to Talk a minute'],
    ['idle', '3 rooms without a bot: held polls at one time'],
    ['growth', 'slope of memory, log by log'],
    ['files', 'Slack to Matrix, 3 of 2 MB at once: memory of the process at most, in MB'],
    ['convert', 'to Talk: time for 10 times the text, by the time for the text'],
  ])('%s measures: %s', (name, measure) => {
    expect(measures(name)).toContain(measure);
  });
});
