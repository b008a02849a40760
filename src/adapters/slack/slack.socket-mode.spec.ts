import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import { LoginRefused } from '../../model/errors.js';
import type { SlackAdapter } from './slack.adapter.js';

let bench: SlackBench;
let adapter: SlackAdapter;

beforeEach(async () => {
  bench = await SlackBench.open();
  adapter = bench.make();
  await bench.begin(adapter);
});
afterEach(() => bench.close());

const connections = (): number => bench.sandbox.connections(bench.app.appId);
const arrives = (text: string): Promise<void> => {
  bench.sandbox.post(bench.channel, bench.ann, text);
  return until(() => [...bench.ingest.payloads.values()].some(({ body }) => Buffer.from(body).includes(text)), text);
};

it('a warned connection is followed by another before it ends: nothing is missed', async () => {
  bench.sandbox.disconnect(bench.app.appId, 'warning');
  await until(() => connections() === 2);
  await arrives('between two connections');
  bench.sandbox.advance(11_000);
  bench.sandbox.advance(2000);
  await until(() => connections() === 1);
  await arrives('after the first');
});

it('a connection that is refreshed or cut is followed by another', async () => {
  bench.sandbox.disconnect(bench.app.appId, 'refresh_requested');
  await arrives('after a refresh');
  bench.sandbox.cutConnections(bench.app.appId);
  await until(() => connections() === 1);
  await arrives('after a cut');
});

it('a server that does not let us connect is asked again', async () => {
  const { sandbox, app } = bench;
  sandbox.faults.add({ method: 'POST', path: 'apps\\.connections\\.open', times: 2, fault: { do: 'drop' } });
  sandbox.cutConnections(app.appId);
  await until(() => connections() === 1);
  await arrives('at last');
  expect(sandbox.faults.struck).toBe(2);
});

it('a connection that falls silent is given up', async () => {
  const other = await SlackBench.open({ settings: { quietMs: 300 } });
  try {
    await other.begin(other.make());
    // Pings and their answers keep it.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(other.sandbox.connections(other.app.appId)).toBe(1);
    expect(other.log.filter(({ event }) => event.includes('broke'))).toEqual([]);
  } finally {
    await other.close();
  }
});

it('Socket Mode that is switched off, and a token of the app that is wrong, close the account', async () => {
  bench.sandbox.disconnect(bench.app.appId, 'link_disabled');
  await until(() => bench.refused === 1);
  const wrong = bench.make({ appToken: 'xapp-wrong' });
  await expect(wrong.connect(bench.signal)).rejects.toBeInstanceOf(LoginRefused);
});

it('an abort ends every connection', async () => {
  const stop = new AbortController();
  const other = bench.make();
  await bench.begin(other, stop.signal);
  stop.abort();
  await until(() => connections() === 1);
});
