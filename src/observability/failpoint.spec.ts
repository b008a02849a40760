import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { armFailpoint, pass } from './failpoint.js';

/** Passes two points in turn, as often as asked, in a process of its own; returns what it said and how it ended. */
function walk(armed: string): { said: string; signal: NodeJS.Signals | null } {
  const file = resolve('src/observability/failpoint.ts');
  const program = `
    import { readFileSync } from 'node:fs';
    import { transformSync } from '@swc/core';
    const { code } = transformSync(readFileSync(${JSON.stringify(file)}, 'utf8'), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } });
    const { armFailpoint, pass } = await import('data:text/javascript,' + encodeURIComponent(code));
    armFailpoint(${JSON.stringify(armed)});
    for (const turn of [1, 2, 3]) {
      pass('beforeInboxCommit');
      pass('beforeSend');
      console.log(turn);
    }`;
  const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { said: stdout, signal };
}

describe('armFailpoint', () => {
  it('strikes when its point is passed for the Nth time', () => {
    expect(walk('beforeSend:2:kill')).toEqual({ said: '1\n', signal: 'SIGKILL' });
  });

  it('never strikes at a point that is not passed so often', () => {
    expect(walk('beforeInboxCommit:4:kill')).toEqual({ said: '1\n2\n3\n', signal: null });
  });

  it.each(['', 'beforeSend', 'beforeSend:0:kill', 'beforeSend:x:kill', 'beforeSend:1:stop', 'nowhere:1:kill'])(
    '%j is refused',
    (text) => {
      expect(() => {
        armFailpoint(text);
      }).toThrow(`not a failpoint: ${text}; expected POINT:N:kill or POINT:N:freeze`);
    },
  );

  it('does nothing unless it is armed', () => {
    pass('beforeSend');
  });
});
