import type { Database } from './database.js';

/** The master key is another one than the database was begun with. */
export class OtherSecretKey extends Error {
  override readonly name = 'OtherSecretKey';

  constructor() {
    super(
      'secretKey is another one than this database was begun with. Every replica and every later start needs the same: ' +
        'without it, what was sent is not recognised and what was encrypted cannot be read.',
    );
  }
}

/** What all replicas on one database must agree on. */
export class InstallationRepository {
  constructor(
    private readonly database: Database,
    /** Names the master key without telling it. */
    private readonly keyId: string,
  ) {}

  /** Throws OtherSecretKey. The first one to ask decides. */
  async recognise(): Promise<void> {
    const [row] = await this.database.rows<{ key_id: string }>(
      `update schema_info set key_id = coalesce(key_id, $1) returning key_id`,
      [this.keyId],
    );
    if (row?.key_id !== this.keyId) throw new OtherSecretKey();
  }
}
