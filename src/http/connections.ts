import type { Pool } from 'undici';
import { mostBytesWaiting } from './spent-buffers.js';

/** For the sockets themselves, in a word that undici's types do not know. */
const waiting = { highWaterMark: mostBytesWaiting };

/**
 * Of connections that are kept: times are each exchange's own. An idle one is dropped before a server's usual 5 s are over, since a
 * write into one that the server just closes has an unknown outcome.
 */
export const keptConnections = {
  pipelining: 1,
  keepAliveTimeout: 4000,
  connect: { timeout: 10_000, ...waiting },
  headersTimeout: 0,
  bodyTimeout: 0,
} as const satisfies Pool.Options;
