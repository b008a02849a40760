import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { clock, recordingLog } from '../../../test/contract/matrix-bench.js';
import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import type { Clock } from '../../model/clock.js';
import { LoginRefused } from '../../model/errors.js';
import type { AppApi } from './api/app.api.js';
import type { SlackAdapter } from './slack.adapter.js';
import { SocketMode, type SocketModeParts } from './slack.socket-mode.js';

const hello = JSON.stringify({ type: 'hello' });
const refresh = JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' });

/** A server of WebSockets that does with each connection what a spec says. */
class SocketServer {
  made = 0;

  private constructor(private readonly server: WebSocketServer) {}

  static async open(onConnection: (socket: WebSocket, nth: number) => void): Promise<SocketServer> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    const own = new SocketServer(server);
    server.on('connection', (socket) => {
      own.made += 1;
      onConnection(socket, own.made);
    });
    await new Promise((resolve) => server.once('listening', resolve));
    return own;
  }

  get open(): number {
    return this.server.clients.size;
  }

  mode(changes: Partial<SocketModeParts>): SocketMode {
    const url = `ws://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
    return new SocketMode({
      app: { openConnection: () => Promise.resolve(url) } as unknown as AppApi,
      clock,
      log: recordingLog([]),
      account: 'town',
      reconnectMs: 10,
      quietMs: 30_000,
      receive: () => Promise.resolve(undefined),
      ...changes,
    });
  }

  async close(): Promise<void> {
    for (const socket of this.server.clients) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

let bench: SlackBench;
let adapter: SlackAdapter;

beforeEach(async () => {
  bench = await SlackBench.open();
  adapter = bench.make();
  await bench.begin(adapter);
});
afterEach(() => bench.close());

const connections = (): number => bench.sandbox.apps.connections(bench.app.appId);
const arrives = (text: string): Promise<void> => {
  bench.sandbox.post(bench.channel, bench.ann, text);
  return until(() => [...bench.ingest.payloads.values()].some(({ body }) => Buffer.from(body).includes(text)), text);
};

it('a warned connection is followed by another before it ends: nothing is missed', async () => {
  bench.sandbox.apps.disconnect(bench.app.appId, 'warning');
  await until(() => connections() === 2);
  await arrives('between two connections');
  bench.sandbox.advance(11_000);
  bench.sandbox.advance(2000);
  await until(() => connections() === 1);
  await arrives('after the first');
});

it('an envelope is acknowledged when it was taken, and not at all where that failed', async () => {
  const heard: string[] = [];
  let pongs = 0;
  let socket: WebSocket | undefined;
  const server = await SocketServer.open((opened) => {
    socket = opened;
    opened.on('message', (data: Buffer) => heard.push(data.toString()));
    opened.on('pong', () => (pongs += 1));
    opened.send(hello);
    for (const id of ['1', '2']) opened.send(JSON.stringify({ envelope_id: id, type: 'events_api', payload: { id } }));
  });
  const taken: ((failure?: Error) => void)[] = [];
  const mode = server.mode({
    receive: () =>
      new Promise((resolve, reject) => {
        taken.push((failure) => (failure === undefined ? resolve(undefined) : reject(failure)));
      }),
  });
  const stop = new AbortController();
  const running = mode.run(stop.signal);
  /** What was sent to us before is here when a ping is answered. */
  const everythingHeard = async (): Promise<void> => {
    const before = pongs;
    socket?.ping();
    await until(() => pongs > before, 'the answer to a ping');
  };
  try {
    await until(() => taken.length === 2, 'both envelopes');
    await everythingHeard();
    expect(heard).toEqual([]);
    taken[0]?.(new Error('the database is gone'));
    taken[1]?.();
    await until(() => heard.length > 0, 'an acknowledgement');
    await everythingHeard();
    expect(heard).toEqual(['{"envelope_id":"2"}']);
  } finally {
    stop.abort();
    await running;
    await server.close();
  }
});

it('a connection that is refreshed or cut is followed by another', async () => {
  bench.sandbox.apps.disconnect(bench.app.appId, 'refresh_requested');
  await arrives('after a refresh');
  bench.sandbox.apps.cutConnections(bench.app.appId);
  await until(() => connections() === 1);
  await arrives('after a cut');
});

it('a server that does not let us connect is asked again', async () => {
  const { sandbox, app } = bench;
  sandbox.faults.add({ method: 'POST', path: 'apps\\.connections\\.open', times: 2, fault: { do: 'drop' } });
  sandbox.apps.cutConnections(app.appId);
  expect(connections()).toBe(0);
  await until(() => connections() === 1);
  expect(sandbox.faults.struck).toBe(2);
  await arrives('at last');
});

it('a connection that Slack never greets is given up, though it answers pings', async () => {
  const server = await SocketServer.open((socket, nth) => {
    if (nth > 1) socket.send(hello);
  });
  const stop = new AbortController();
  const mode = server.mode({ quietMs: 2_500 });
  const running = mode.run(stop.signal);
  try {
    await until(() => server.made === 2 && mode.isConnected, 'a greeted connection');
    await until(() => server.open === 1, 'the end of the first');
  } finally {
    stop.abort();
    await running;
    await server.close();
  }
});

it('a connection that falls silent is given up, one that answers pings is kept', async () => {
  let silent: WebSocket | undefined;
  const server = await SocketServer.open((socket, nth) => {
    socket.send(hello);
    if (nth > 1) return;
    silent = socket;
    socket.pause();
  });
  const stop = new AbortController();
  const running = server.mode({ quietMs: 2_500 }).run(stop.signal);
  try {
    await until(() => server.made === 2, 'another connection');
    // It hears of its end when it reads again.
    silent?.resume();
    await until(() => server.open === 1, 'the end of the first');
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect([server.made, server.open]).toEqual([2, 1]);
  } finally {
    stop.abort();
    await running;
    await server.close();
  }
});

it('connections that end soon after they began are followed by pauses that grow up to half a minute', async () => {
  const server = await SocketServer.open((socket) => {
    socket.send(hello);
    socket.send(refresh);
  });
  const stop = new AbortController();
  const pauses: number[] = [];
  const patient: Clock = {
    ...clock,
    sleep: (ms) => {
      pauses.push(ms);
      if (pauses.length === 7) stop.abort();
      return Promise.resolve();
    },
  };
  try {
    await server.mode({ reconnectMs: 1500, clock: patient }).run(stop.signal);
    expect(pauses).toEqual([1500, 3000, 6000, 12_000, 24_000, 30_000, 30_000]);
  } finally {
    await server.close();
  }
});

it('the refresh of a connection that lived long is immediate, and the pauses begin anew after it', async () => {
  const stop = new AbortController();
  const pauses: number[] = [];
  let laterMs = 0;
  const patient: Clock = {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs() + laterMs,
    sleep: (ms) => {
      pauses.push(ms);
      if (pauses.length === 2) stop.abort();
      return Promise.resolve();
    },
  };
  let greeted = false;
  const server = await SocketServer.open((socket, nth) => {
    socket.send(hello);
    if (nth !== 2) {
      socket.send(refresh);
      return;
    }
    // What it answers to a ping it does after it was greeted.
    socket.ping();
    socket.once('pong', () => {
      greeted = true;
      laterMs += 31_000;
      socket.send(refresh);
    });
  });
  const mode = server.mode({ reconnectMs: 1500, quietMs: 60_000, clock: patient });
  try {
    await mode.run(stop.signal);
    expect([greeted, pauses, server.made]).toEqual([true, [1500, 1500], 3]);
  } finally {
    await server.close();
  }
});

it('Socket Mode that is switched off, and a token of the app that is wrong, close the account', async () => {
  bench.sandbox.apps.disconnect(bench.app.appId, 'link_disabled');
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
