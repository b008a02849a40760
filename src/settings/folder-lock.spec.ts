import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderInUse, lockFolder, type FolderLock, type Processes } from './folder-lock.js';

let folder: string;
const held: FolderLock[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-lock-'));
});

afterEach(async () => {
  for (const lock of held.splice(0)) await lock.release();
  await rm(folder, { recursive: true });
});

/** Processes of one place, of which those in `alive` run. */
const processes = (own: string, alive: Set<string>, place = 'here'): Processes => ({
  own: () => own,
  isAlive: (mark) => alive.has(mark),
  place,
});

async function take(by: Processes, options: { beatMs?: number; silentMs?: number } = {}): Promise<FolderLock> {
  const lock = await lockFolder({ folder, processes: by, ...options });
  held.push(lock);
  return lock;
}

const refusal = async (attempt: Promise<unknown>): Promise<FolderInUse> => {
  const error: unknown = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FolderInUse) return error;
  throw new Error('was not refused');
};

describe('lockFolder', () => {
  test('a second start is refused with the address of the first', async () => {
    const alive = new Set(['1.100', '2.200']);
    const first = await take(processes('1.100', alive));
    expect((await refusal(take(processes('2.200', alive)))).message).toBe(
      `Crosstalk runs on ${folder} already: it is still starting. Stop it, or set CROSSTALK_DATA to another folder.`,
    );
    await first.announce('http://127.0.0.1:8781');
    expect((await refusal(take(processes('2.200', alive)))).address).toBe('http://127.0.0.1:8781');
  });

  test('what is released can be taken', async () => {
    const alive = new Set(['1.100', '2.200']);
    await (await take(processes('1.100', alive))).release();
    await take(processes('2.200', alive));
    expect(await readdir(join(folder, 'lock'))).toEqual(['2']);
  });

  test('the lock of a killed process is taken over, also where its id belongs to another one by now', async () => {
    await take(processes('1.100', new Set(['1.100'])));
    const alive = new Set(['1.999', '2.200']);
    await take(processes('2.200', alive));
    await refusal(take(processes('3.300', alive)));
  });

  test('of many that take over a stale lock at once, one gets it', async () => {
    await take(processes('1.100', new Set()));
    const alive = new Set(Array.from({ length: 24 }, (_, index) => `${index + 10}.1`));
    const results = await Promise.allSettled([...alive].map((own) => take(processes(own, alive))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.every(({ reason }) => reason instanceof FolderInUse)).toBe(true);
  });

  test('a lock from elsewhere counts for as long as it is touched', async () => {
    const first = await take(processes('1.100', new Set(), 'container'), { beatMs: 20 });
    await first.announce('http://127.0.0.1:8781');
    const inUse = await refusal(take(processes('1.100', new Set(['1.100'])), { silentMs: 60_000 }));
    expect(inUse.address).toBe('http://127.0.0.1:8781');
  });

  test('a lock from elsewhere that stays silent is taken over', async () => {
    await take(processes('1.100', new Set(), 'container'), { beatMs: 3_600_000 });
    await take(processes('2.200', new Set()), { silentMs: 50 });
    expect(await readdir(join(folder, 'lock'))).toEqual(['2']);
  });

  test('drafts and half-written locks that a crash left are in nobody’s way', async () => {
    await (await take(processes('1.100', new Set()))).release();
    await writeFile(join(folder, 'lock', '1.draft'), '');
    await writeFile(join(folder, 'lock', '2'), '{"mark":');
    await take(processes('2.200', new Set(['2.200'])));
    expect(await readdir(join(folder, 'lock'))).toEqual(['3']);
    expect(JSON.parse(await readFile(join(folder, 'lock', '3'), 'utf8'))).toEqual({ mark: '2.200', place: 'here' });
  });
});
