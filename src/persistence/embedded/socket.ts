import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** What the address of a Unix socket may have at most: macOS takes four bytes less than Linux. */
const MOST_BYTES = 103;

/**
 * Whether PostgreSQL can open its Unix socket in the folder: a long path is no address, some file systems hold no sockets, and
 * in PostgreSQL's setting a comma ends a path.
 */
export async function holdsSocket(folder: string, port: number): Promise<boolean> {
  const address = join(folder, `.s.PGSQL.${String(port)}`);
  if (Buffer.byteLength(address) > MOST_BYTES || /[,"]/.test(folder)) return false;
  return canListen(join(folder, `.${randomBytes(4).toString('hex')}`));
}

function canListen(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(path, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
