import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markOf, thisPlace } from './running-process.js';
import { lockSandbox, NotASandbox, SandboxInUse } from './sandbox-lock.js';

describe('lockSandbox', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox lock '));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const leaveLock = (holder: object): void => {
    mkdirSync(join(folder, 'run'));
    writeFileSync(join(folder, 'run', '7'), JSON.stringify(holder));
  };
  const deadMark = (): string => `${spawnSync(process.execPath, ['-e', '']).pid}.1`;

  it('a folder that another sandbox holds is refused with its address', async () => {
    const lock = await lockSandbox(folder);
    lock.note({ address: 'http://127.0.0.1:8790/?token=t' });
    await expect(lockSandbox(folder)).rejects.toThrow('open http://127.0.0.1:8790/?token=t');
    lock.release();
  });

  it('while the other one is starting, the sentence says so', async () => {
    const lock = await lockSandbox(folder);
    await expect(lockSandbox(folder)).rejects.toThrow('it is still starting');
    lock.release();
  });

  it('what was released, or left by a killed sandbox, is taken over', async () => {
    (await lockSandbox(folder)).release();
    const again = await lockSandbox(folder);
    again.release();
    rmSync(join(folder, 'run'), { recursive: true });
    leaveLock({ mark: deadMark(), place: thisPlace() });
    (await lockSandbox(folder)).release();
  });

  it('a former run tells which service it left, while that runs', async () => {
    const alive = markOf(process.pid);
    leaveLock({ mark: deadMark(), place: thisPlace(), service: alive });
    const lock = await lockSandbox(folder);
    expect(lock.leftService).toBe(alive);
    lock.release();
  });

  it('a process id that was given to another process since is not the service', async () => {
    leaveLock({ mark: deadMark(), place: thisPlace(), service: `${process.pid}.1` });
    const lock = await lockSandbox(folder);
    expect(lock.leftService).toBeUndefined();
    lock.release();
  });

  it('a lock file that was cut off counts as left', async () => {
    mkdirSync(join(folder, 'run'));
    writeFileSync(join(folder, 'run', '1'), '{"mark":');
    (await lockSandbox(folder)).release();
  });

  it('of many at once exactly one gets it', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockSandbox(folder)));
    const got = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(got).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(SandboxInUse);
    got[0]!.value.release();
  });

  it('a folder with things of somebody else is refused', async () => {
    writeFileSync(join(folder, 'thesis.txt'), 'precious');
    await expect(lockSandbox(folder)).rejects.toThrow(NotASandbox);
  });
});
