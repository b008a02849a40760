import { MessageChannel, type MessagePort } from 'node:worker_threads';

/**
 * So many bytes may wait in a connection before it asks its writer to pause: of chunks of that size, none is asked for before the last
 * one has left the process. TLS takes no more either.
 */
export const mostBytesWaiting = 16 * 1024;

/** Closed: what is passed on to it is dropped, and its memory with it. */
const nowhere = closedPort();

/**
 * Frees a chunk that was sent at once, where it has its memory to itself: it is empty from then on. V8 looks at how much memory such
 * chunks take only every 64 MB, and keeps those that were on their way while it looked twice until it looks at everything.
 */
export function giveBack(chunk: Uint8Array): void {
  const { buffer } = chunk;
  const isWhole = buffer instanceof ArrayBuffer && chunk.byteLength === buffer.byteLength;
  // A smaller one may still wait.
  if (isWhole && chunk.byteLength >= mostBytesWaiting) nowhere.postMessage(undefined, [buffer]);
}

function closedPort(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
}
