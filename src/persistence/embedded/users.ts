import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseUser } from './database-user.js';
import { giveTo } from './folder.js';
import { isAlive, ownMark } from './process-mark.js';

/**
 * Who uses the database: a file each, named by process, so that only the last to go stops it (a command run beside the
 * service must not), and a killed process counts as gone.
 *
 * Coming and stopping exclude each other without a lock: who comes writes its file, then looks for `stopping`; who
 * stops writes `stopping`, then looks for files. At least one of the two sees the other.
 */
export class DatabaseUsers {
  private readonly folder: string;
  private readonly stopping: string;
  private readonly own = `${ownMark()}_${randomBytes(6).toString('hex')}`;

  constructor(
    clusterFolder: string,
    private readonly user: DatabaseUser | null,
  ) {
    this.folder = join(clusterFolder, 'users');
    this.stopping = join(clusterFolder, 'stopping');
  }

  async come(): Promise<void> {
    for (const folder of [this.folder, this.stopping]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if (this.user !== null) await giveTo(this.user, folder);
    }
    await writeFile(join(this.folder, this.own), '');
  }

  async go(): Promise<void> {
    await rm(join(this.folder, this.own), { force: true });
  }

  /** True while a process that runs is stopping the database. */
  async isStopping(): Promise<boolean> {
    return (await this.living(this.stopping)) > 0;
  }

  /** Runs `stop` if nobody else uses the database, or comes to use it before it begins. */
  async stopUnlessUsed(stop: () => Promise<void>): Promise<'stopped' | 'used'> {
    await this.go();
    const sign = join(this.stopping, this.own);
    await writeFile(sign, '');
    try {
      if ((await this.living(this.folder)) > 0) return 'used';
      await stop();
      return 'stopped';
    } finally {
      await rm(sign, { force: true });
    }
  }

  private async living(folder: string): Promise<number> {
    let count = 0;
    for (const name of await readdir(folder)) {
      if (isAlive(name.slice(0, name.indexOf('_')))) count += 1;
      else await rm(join(folder, name), { force: true });
    }
    return count;
  }
}
