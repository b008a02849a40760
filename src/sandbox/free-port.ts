import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface PortChoice {
  readonly port: number;
  /** True where the wanted one is in use. */
  readonly wasTaken: boolean;
}

/** The wanted port of 127.0.0.1 if it is free, else any free one that is not among `others`. */
export async function choosePort(wanted: number, others: readonly number[] = []): Promise<PortChoice> {
  const got = others.includes(wanted) ? undefined : await tryPort(wanted);
  if (got !== undefined) return { port: got, wasTaken: false };
  for (;;) {
    const port = await tryPort(0);
    if (port !== undefined && !others.includes(port)) return { port, wasTaken: true };
  }
}

/** Undefined where the port cannot be had. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => {
      const { port: got } = server.address() as AddressInfo;
      server.close(() => resolve(got));
    });
  });
}
