import { createHmac } from 'node:crypto';

/**
 * The token of one start, for an admin listener without a token of its own: of the key for such tokens and the replica's id,
 * which is another one at each start. Who has the installation's key and database can tell it without asking the service.
 */
export function startToken(key: Buffer, replica: string): string {
  return createHmac('sha256', key).update(replica).digest('base64url');
}
