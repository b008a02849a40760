import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { armFailpoint, pass } from './failpoint.js';

/** Passes two points in turn, for two accounts, in a process of its own; returns what it said and how it ended. */
function walk(armed: string): { said: string; signal: NodeJS.Signals | null } {
  return run(`
    armFailpoint(${JSON.stringify(armed)});
    for (const turn of [1, 2, 3]) {
      pass('beforeInboxCommit', 'one');
      pass('beforeSend', 'two');
      pass('beforeInboxCommit', 'two');
      say(turn);
    }`);
}

/** Two accounts read and write over one connection, the second one first. */
function writeBoth(armed: string): { said: string; signal: NodeJS.Signals | null } {
  return run(`
    armFailpoint(${JSON.stringify(armed)});
    const { createServer } = await import('node:http');
    const { Pool } = await import('undici');
    const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await new Promise((done) => server.on('listening', done));
    const pool = new Pool('http://127.0.0.1:' + server.address().port, { connections: 1, pipelining: 1 });
    const ask = (method, onRequestStart = () => undefined) =>
      new Promise((done) => pool.dispatch({ method, path: '/' }, { onRequestStart, onResponseEnd: done, onResponseError: done }));
    const write = (account) =>
      ask('DELETE', () => {
        pass('beforeSend', account);
        say(account);
      });
    await Promise.all([ask('DELETE'), write('two'), ask('GET'), write('one')]);
    await pool.close();
    server.close();`);
}

function run(program: string): { said: string; signal: NodeJS.Signals | null } {
  const file = resolve('src/observability/failpoint.ts');
  const whole = `
    import { readFileSync, writeSync } from 'node:fs';
    import { transformSync } from '@swc/core';
    const { code } = transformSync(readFileSync(${JSON.stringify(file)}, 'utf8'), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } });
    const { armFailpoint, pass } = await import('data:text/javascript,' + encodeURIComponent(code));
    const say = (what) => writeSync(2, what + '\\n');
    ${program}`;
  const { stderr, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', whole], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { said: stderr, signal };
}

describe('armFailpoint', () => {
  it('strikes when its point is passed for the Nth time, and says where', () => {
    expect(walk('beforeSend:2:kill')).toEqual({ said: '1\nkill at beforeSend of two\n', signal: 'SIGKILL' });
    expect(walk('beforeInboxCommit:4:kill')).toEqual({
      said: '1\nkill at beforeInboxCommit of two\n',
      signal: 'SIGKILL',
    });
  });

  it('counts the passages of one account only where one is named', () => {
    expect(walk('beforeInboxCommit@one:3:kill')).toEqual({
      said: '1\n2\nkill at beforeInboxCommit of one\n',
      signal: 'SIGKILL',
    });
  });

  it('never strikes at a point that is not passed so often', () => {
    expect(walk('beforeInboxCommit:7:kill')).toEqual({ said: '1\n2\n3\n', signal: null });
    expect(walk('beforeInboxCommit@three:1:kill')).toEqual({ said: '1\n2\n3\n', signal: null });
  });

  it('knows whose write has left', () => {
    expect(writeBoth('afterSend:1:kill')).toEqual({ said: 'two\nkill at afterSend of two\n', signal: 'SIGKILL' });
    expect(writeBoth('afterSend@one:1:kill')).toEqual({
      said: 'two\none\nkill at afterSend of one\n',
      signal: 'SIGKILL',
    });
    expect(writeBoth('afterSend@two:2:kill')).toEqual({ said: 'two\none\n', signal: null });
  });

  it.each([
    '',
    'beforeSend',
    'beforeSend:0:kill',
    'beforeSend:x:kill',
    'beforeSend:1:stop',
    'beforeSend:1:kill:',
    'beforeSend@:1:kill',
    'nowhere:1:kill',
  ])('%j is refused', (text) => {
    expect(() => {
      armFailpoint(text);
    }).toThrow(`not a failpoint: ${text}; expected POINT:N:kill or POINT:N:freeze`);
  });

  it('does nothing unless it is armed', () => {
    pass('beforeSend', 'one');
  });
});
