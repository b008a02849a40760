import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const folder = fileURLToPath(new URL('../../migrations', import.meta.url));

/** In their order. */
const files = readdirSync(folder)
  .filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file))
  .sort();

/** The version of the tables that this program writes. */
export const programVersion = Math.max(...files.map(numberOf));

type MigrationClass = new () => MigrationInterface;

/** One class for each `migrations/NNNN-name.sql`, in their order. Forward only: a rollback is an older program on newer tables. */
export function migrations(): MigrationClass[] {
  return files.map((file) => migration(file, readFileSync(join(folder, file), 'utf8')));
}

function migration(file: string, sql: string): MigrationClass {
  return class implements MigrationInterface {
    // TypeORM orders migrations by the last 13 digits of their name, which it takes for a time.
    readonly name = `${file.replace(/\.sql$/, '')}-${String(1_000_000_000_000 + numberOf(file))}`;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(sql);
    }

    down(): Promise<void> {
      throw new Error(`${file} is not undone: run the older program on the newer tables`);
    }
  };
}

function numberOf(file: string): number {
  return Number(file.slice(0, 4));
}
