import { createServer, type AddressInfo } from 'node:net';
import { ScriptedSignaling } from '../../../test/contract/scripted-signaling.js';
import { systemClock } from '../../workers/system-clock.js';
import { SignalingSocket } from './talk.signaling-socket.js';

const mebibyte = 1024 * 1024;

describe('talk.signaling-socket', () => {
  let server: ScriptedSignaling;
  const { signal } = new AbortController();
  const open = (quietMs = 60_000, address = `${server.url.replace('http', 'ws')}/spreed`): Promise<SignalingSocket> =>
    SignalingSocket.open(address, systemClock, quietMs, signal);
  const words = (bytes: number) => ({ type: 'transient', text: 'x'.repeat(bytes) });

  beforeEach(async () => {
    server = await ScriptedSignaling.open();
  });

  afterEach(() => server.close());

  it('what is no message is passed over, and what comes is read one by one', async () => {
    const socket = await open();
    const connection = await server.connection();
    connection.say({ nothing: true });
    connection.say({ type: 'welcome', welcome: { features: ['a'] } });
    connection.say({ type: 'bye', bye: { reason: 'b' } });
    expect(await socket.next(60_000)).toEqual({ type: 'welcome', features: ['a'] });
    expect(await socket.next(60_000)).toEqual({ type: 'bye', reason: 'b' });
    expect(await socket.next(1)).toBe('silence');
    socket.close();
    await connection.over();
  });

  it('what came before the end is read before it is told', async () => {
    const socket = await open();
    const connection = await server.connection();
    connection.say({ type: 'welcome', welcome: {} });
    connection.say({ type: 'bye', bye: {} });
    await socket.next(60_000);
    socket.close();
    await connection.over();
    expect(await socket.next(60_000)).toMatchObject({ type: 'bye' });
    await expect(socket.next(60_000)).rejects.toThrow('closed the connection');
  });

  it('a connection over which nothing comes, not even an answer to a ping, is broken', async () => {
    const socket = await open(90);
    (await server.connection()).pause();
    await expect(socket.next(60_000)).rejects.toThrow('is silent');
  });

  it('one that answers pings is not', async () => {
    const socket = await open(90);
    await server.connection();
    expect(await socket.next(400)).toBe('silence');
    socket.close();
  });

  it('a server that takes the connection and says nothing is given up', async () => {
    const mute = createServer((socket) => void socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = `ws://127.0.0.1:${String((mute.address() as AddressInfo).port)}/spreed`;
    await expect(open(90, address)).rejects.toThrow('is silent');
    await new Promise((resolve) => mute.close(resolve));
  });

  it('a message of more than 4 MiB ends it', async () => {
    const socket = await open();
    (await server.connection()).say(words(4 * mebibyte));
    await expect(socket.next(60_000)).rejects.toThrow('broke');
  });

  it('more than 16 MiB that nobody reads end it', async () => {
    const socket = await open();
    const connection = await server.connection();
    for (let times = 0; times < 6; times += 1) connection.say(words(3 * mebibyte));
    await connection.over();
    let read = 0;
    const readOn = async (): Promise<void> => {
      for (; ; read += 1) await socket.next(60_000);
    };
    await expect(readOn()).rejects.toThrow('more than can be read');
    expect(read).toBe(5);
  });

  it('what is not wanted any more is not opened', async () => {
    const stop = new AbortController();
    stop.abort();
    const address = `${server.url.replace('http', 'ws')}/spreed`;
    await expect(SignalingSocket.open(address, systemClock, 60_000, stop.signal)).rejects.toThrow('no longer wanted');
  });
});
