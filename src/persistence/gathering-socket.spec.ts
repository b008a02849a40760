import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { GatheringSocket } from './gathering-socket.js';

let server: Server;
let received: string[];
let accepted: Socket | undefined;

beforeEach(async () => {
  received = [];
  server = createServer((socket) => {
    accepted = socket.setEncoding('utf8').on('data', (text: string) => received.push(text));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});

afterEach(async () => {
  accepted?.destroy();
  await new Promise((closed) => server.close(closed));
});

it('what promises of one turn write goes out by one write to the system, in order; what comes later by another', async () => {
  const socket = new GatheringSocket();
  const writes: number[] = [];
  socket.connect((server.address() as AddressInfo).port, '127.0.0.1');
  await new Promise((connected) => socket.once('connect', connected));
  const { _writev: toSystem } = socket as unknown as { _writev: (chunks: unknown[], done: () => void) => void };
  Object.assign(socket, {
    _writev: (chunks: unknown[], done: () => void) => {
      writes.push(chunks.length);
      toSystem.call(socket, chunks, done);
    },
  });
  socket.write('begin;');
  await Promise.resolve();
  socket.cork();
  socket.write('bind;');
  socket.write('execute;');
  socket.uncork();
  await Promise.resolve();
  await new Promise((turned) => setImmediate(turned));
  socket.write('store;');
  socket.write('commit;');
  await new Promise<void>((ended) => socket.end(ended));
  await new Promise((closed) => accepted?.once('close', closed).resume());
  expect(received.join('')).toBe('begin;bind;execute;store;commit;');
  expect(writes).toEqual([3, 2]);
});
