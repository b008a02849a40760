export type EmbeddedFault =
  /** No PostgreSQL of the wanted kind and version can be run here. */
  | 'noBinaries'
  /** We are root, and there is no user `postgres` or `nobody` to run the database as. */
  | 'noUser'
  /** The database's user cannot reach the folder, or the folder belongs to somebody else. */
  | 'folderRefused'
  /** initdb failed; its last lines are in the message. */
  | 'notMade'
  /** PostgreSQL does not start or does not answer; the last lines of its log are in the message. */
  | 'notStarted';

/** The embedded PostgreSQL cannot be used. The message is a sentence for the operator. */
export class EmbeddedPostgresError extends Error {
  constructor(
    readonly code: EmbeddedFault,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'EmbeddedPostgresError';
  }
}

/** The `code` of an error of Node or PostgreSQL, null where it has none. */
export function errorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
