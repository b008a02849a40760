import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isGone, runs, thisPlace, thisProcess } from './process-identity.js';

describe('process identity', () => {
  it('this process runs, and is not gone', () => {
    expect(runs(thisProcess())).toBe(true);
    expect(isGone({ host: thisPlace(), process: thisProcess() })).toBe(false);
    expect(thisProcess()).toMatch(new RegExp(`^${String(process.pid)}@`));
  });

  it('a process that ended is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const named = `${String(child.pid)}@1`;
    await once(child, 'exit');
    expect(runs(named)).toBe(false);
    expect(isGone({ host: thisPlace(), process: named })).toBe(true);
  });

  it('of other places nothing is known', () => {
    expect(isGone({ host: 'elsewhere', process: '999999999@1' })).toBe(false);
    expect(isGone({ host: null, process: '999999999@1' })).toBe(false);
    expect(isGone({ host: thisPlace(), process: null })).toBe(false);
  });

  it.each(['', '1'])('%j names no process', (named) => {
    expect(runs(named)).toBe(false);
  });

  if (process.platform === 'linux') {
    it('another process with the same pid is not the named one', () => {
      expect(runs(`${String(process.pid)}@1`)).toBe(false);
    });
  }
});
