import type { Fault } from '../../src/sandbox/fault-script.js';
import type { Trouble } from './town.js';

interface Call {
  readonly method?: string;
  readonly path: string;
}

export type Server = 'talk' | 'matrix';

/** What the bridge writes to each server. */
export const writes: Record<Server, readonly Call[]> = {
  talk: [
    { method: 'POST', path: '/chat/[a-z0-9]+$' },
    { method: 'PUT', path: '/chat/[a-z0-9]+/\\d+$' },
    { method: 'DELETE', path: '/chat/[a-z0-9]+/\\d+$' },
    { method: 'POST', path: '/reaction/' },
    { method: 'DELETE', path: '/reaction/' },
  ],
  matrix: [
    { method: 'PUT', path: '/send/m\\.' },
    { method: 'PUT', path: '/redact/' },
  ],
};

/** Everything that is asked of the server. */
export const everything: readonly Call[] = [{ path: '/' }];

export interface Strike {
  readonly on: Server;
  readonly calls: readonly Call[];
  /** Of those calls. Default 1. */
  readonly share?: number;
  readonly fault: Fault;
}

/** A server strikes back at calls. */
export function striking(...strikes: readonly Strike[]): Trouble {
  const before = { talk: 0, matrix: 0 };
  return {
    begin: ({ world }) => {
      for (const { on, calls, share = 1, fault } of strikes) {
        before[on] = world[on].faults.struck;
        for (const call of calls) world[on].faults.add({ ...call, times: 100_000, share, fault });
      }
    },
    isFelt: ({ world }) => strikes.every(({ on }) => world[on].faults.struck > before[on]),
    end: ({ world }) => {
      for (const { on } of strikes) world[on].faults.clear();
    },
  };
}

/** A third of what the bridge writes to both servers is struck. */
export function strikingWrites(fault: Fault): Trouble {
  const share = 0.3;
  return striking(
    { on: 'talk', calls: writes.talk, share, fault },
    { on: 'matrix', calls: writes.matrix, share, fault },
  );
}
