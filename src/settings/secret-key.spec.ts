import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installationKey, parseSecretKey } from './secret-key.js';

const hex = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';

describe('parseSecretKey', () => {
  test('32 bytes are taken as they are, as hex or base64 of either alphabet', () => {
    expect(parseSecretKey(hex)?.toString('hex')).toBe(hex);
    expect(parseSecretKey(`${hex.toUpperCase()}\n`)?.toString('hex')).toBe(hex);
    expect(parseSecretKey('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=')?.toString('hex')).toBe(hex);
    expect(parseSecretKey('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8')?.toString('hex')).toBe(hex);
    expect(parseSecretKey('__________________________________________8')?.toString('hex')).toBe('ff'.repeat(32));
  });

  test('a sentence of 32 characters and more always becomes the same key', () => {
    const sentence = 'the quick brown fox and a lazy dog';
    expect(parseSecretKey(sentence)?.toString('hex')).toBe(
      'bad74fb0e7f7885c2c83b1a9ff86df0a476dac3b8a69941ddadfe28a3a2f4123',
    );
    expect(parseSecretKey(`${sentence}!`)).not.toEqual(parseSecretKey(sentence));
  });

  test('anything shorter is no key', () => {
    expect(parseSecretKey('the quick brown fox')).toBeUndefined();
    expect(parseSecretKey('')).toBeUndefined();
  });
});

describe('installationKey', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crosstalk-key-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const file = (): string => join(folder, 'secret.key');

  test('a given key wins, and no file is made', async () => {
    expect((await installationKey(hex, folder)).toString('hex')).toBe(hex);
    await expect(stat(file())).rejects.toThrow('ENOENT');
  });

  test('without one, a file is made that only its owner reads, and the same key comes back', async () => {
    const keys = await Promise.all([installationKey(undefined, folder), installationKey(undefined, folder)]);
    expect(keys[0]).toHaveLength(32);
    expect(keys[1]).toEqual(keys[0]);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await installationKey(undefined, folder)).toEqual(keys[0]);
  });

  test('a file that others may read is closed', async () => {
    const key = await installationKey(undefined, folder);
    await chmod(file(), 0o644);
    expect(await installationKey(undefined, folder)).toEqual(key);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  test('a file that holds no key is left alone', async () => {
    await writeFile(file(), 'half a ke');
    await expect(installationKey(undefined, folder)).rejects.toThrow('does not hold a key');
    expect(await readFile(file(), 'utf8')).toBe('half a ke');
  });

  test('without a data folder and without a key nothing goes on', async () => {
    await expect(installationKey(undefined, undefined)).rejects.toThrow('is missing, and is needed with a database');
    await expect(installationKey('short', undefined)).rejects.toThrow('is too short');
  });
});
