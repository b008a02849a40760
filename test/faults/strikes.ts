import type { Fault, FaultScript } from '../../src/sandbox/fault-script.js';
import type { World } from '../e2e/world.js';
import type { Trouble } from './town.js';

interface Call {
  readonly method?: string;
  readonly path: string;
}

export type Server = 'talk' | 'matrix' | 'slack';

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
  slack: [{ method: 'POST', path: '/api/(?:chat\\.(?:postMessage|update|delete)|reactions\\.)' }],
};

/** How the bridge carries files to each server. */
export const fileWrites: Record<Server, readonly Call[]> = {
  talk: [
    { method: 'MKCOL', path: '/remote.php/dav/' },
    { method: 'PUT', path: '/remote.php/dav/' },
    { method: 'POST', path: '/apps/files_sharing/' },
  ],
  matrix: [{ method: 'POST', path: '/_matrix/media/v3/upload' }],
  slack: [
    { method: 'POST', path: '/api/files\\.(?:getUploadURLExternal|completeUploadExternal|delete)' },
    { method: 'POST', path: '/upload/v1/' },
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
  const before = { talk: 0, matrix: 0, slack: 0 };
  return {
    begin: ({ world }) => {
      for (const { on, calls, share = 1, fault } of strikes) {
        const script = faultsOf(world, on);
        before[on] = script.struck;
        for (const call of calls) script.add({ ...call, times: 100_000, share, fault });
      }
    },
    isFelt: ({ world }) => strikes.every(({ on }) => faultsOf(world, on).struck > before[on]),
    end: ({ world }) => {
      for (const { on } of strikes) faultsOf(world, on).clear();
    },
  };
}

function faultsOf(world: World, on: Server): FaultScript {
  return on === 'slack' ? world.slack.sandbox.faults : world[on].faults;
}

/** A third of what the bridge writes to these servers is struck. */
export function strikingWrites(fault: Fault, servers: readonly Server[] = ['talk', 'matrix']): Trouble {
  return striking(...servers.map((on) => ({ on, calls: writes[on], share: 0.3, fault })));
}

/** The same, with what carries files. */
export function strikingFiles(fault: Fault, servers: readonly Server[]): Trouble {
  return striking(...servers.map((on) => ({ on, calls: [...writes[on], ...fileWrites[on]], share: 0.3, fault })));
}
