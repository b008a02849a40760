import { randomBytes, randomUUID, scryptSync } from 'node:crypto';
import { chmod, link, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingsFaults, type Finding } from './settings-faults.js';
import { systemErrorCode } from './system-error.js';

const keyBytes = 32;
const leastSentence = 32;
const fileName = 'secret.key';

/** 32 bytes as hex or base64 (either alphabet, padded or not). */
function bytesOf(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === keyBytes ? bytes : undefined;
}

/**
 * The master key that a text stands for: 32 bytes as they are, or a sentence of 32 characters and more, stretched.
 * Undefined where it is neither.
 */
export function parseSecretKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  const bytes = bytesOf(trimmed);
  if (bytes !== undefined) return bytes;
  if ([...trimmed].length < leastSentence) return undefined;
  // People's sentences can be guessed faster than bytes: scrypt makes each guess cost about 80 ms and 32 MiB. The salt
  // is fixed because every replica must come to the same key before any of them has read the database.
  return scryptSync(trimmed.normalize('NFC'), 'crosstalk secret key', keyBytes, { N: 2 ** 15, r: 8, maxmem: 2 ** 26 });
}

const makeOne = '`openssl rand -base64 32` makes one.';

/** What can be said about the key before anything is started. */
export function checkSecretKey(settings: {
  readonly secretKey?: string | undefined;
  readonly database: { readonly url?: string };
}): Finding[] {
  const path = ['secretKey'];
  if (settings.secretKey === undefined) {
    if (settings.database.url === undefined) return [];
    const problem = 'is missing, and is needed with a database of your own';
    return [{ path, problem, remedy: `Set CROSSTALK_SECRET_KEY, or CROSSTALK_SECRET_KEY_FILE. ${makeOne}` }];
  }
  // As long as a sentence, it is a key: no need to stretch it for that.
  if ([...settings.secretKey.trim()].length >= leastSentence) return [];
  const problem = 'is too short';
  return [
    { path, problem, remedy: `Give 32 bytes as base64 or hex, or a sentence of 32 characters or more. ${makeOne}` },
  ];
}

/**
 * The installation's master key, 32 bytes: the given one, else the one in the data folder, which is made (0600) where
 * there is none yet. `dataFolder` undefined: the database is not the embedded one, and a key must be given.
 * Throws SettingsFaults. A key file that cannot be understood is never replaced: what it encrypted would be lost.
 */
export async function installationKey(given: string | undefined, dataFolder: string | undefined): Promise<Buffer> {
  if (given !== undefined) {
    const key = parseSecretKey(given);
    if (key !== undefined) return key;
    throw faultsOf(checkSecretKey({ secretKey: given, database: {} }));
  }
  if (dataFolder === undefined) throw faultsOf(checkSecretKey({ database: { url: 'given' } }));
  const file = join(dataFolder, fileName);
  if (!(await exists(file))) await makeKeyFile(file);
  const key = bytesOf((await readFile(file, 'utf8')).trim());
  if (key === undefined) {
    throw faultsOf([
      {
        path: [file],
        problem: 'does not hold a key',
        remedy: 'Put it back from a backup: without it, stored logins cannot be read. Where there are none, remove it.',
      },
    ]);
  }
  if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600);
  return key;
}

const faultsOf = (findings: readonly Finding[]): SettingsFaults =>
  new SettingsFaults(findings.map(({ path, problem, remedy }) => ({ path: path.join('.'), problem, remedy })));

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Whole or not at all, also when the machine stops in the middle; whoever comes second keeps the first one's. */
async function makeKeyFile(file: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`);
    await handle.sync();
    await handle.close();
    await link(draft, file);
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
