import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fetch } from 'undici';
import { stringify } from 'yaml';
import { nowMs } from './child.mjs';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** The real program as a process of its own. CROSSTALK_BENCH_NODE_OPTIONS are for its Node alone: --cpu-prof, say. */
export class Bridge {
  #process;
  #said = '';
  #folder = mkdtempSync(join(tmpdir(), 'crosstalk-bench-'));

  constructor(settings, ports) {
    this.ports = ports;
    const listen = {
      public: { host: '127.0.0.1', port: ports.public },
      admin: { host: '127.0.0.1', port: ports.admin },
    };
    this.file = join(this.#folder, 'crosstalk.yaml');
    writeFileSync(this.file, stringify({ ...settings, listen }));
  }

  /** Returns when it was started, on the clock of `nowMs`. */
  start() {
    const options = (process.env.CROSSTALK_BENCH_NODE_OPTIONS ?? '').split(' ').filter((option) => option !== '');
    const startedMs = nowMs();
    this.#process = spawn(process.execPath, [...options, program], {
      cwd: this.#folder,
      env: { PATH: process.env.PATH, CROSSTALK_CONFIG: this.file },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.#said = (this.#said + text).slice(-20_000)));
    }
    return startedMs;
  }

  get says() {
    return this.#said;
  }

  async ready(withinMs) {
    const endMs = nowMs() + withinMs;
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`the service ended before it was ready:\n${this.#said}`);
      if (await this.#answers()) return;
      if (nowMs() > endMs) throw new Error(`the service was not ready within ${withinMs} ms:\n${this.#said}`);
      await sleep(50);
    }
  }

  async stop() {
    if (this.#process === undefined || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((done) => this.#process.once('exit', done));
    this.#process.kill('SIGTERM');
    await ended;
  }

  async close() {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answers() {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.ports.admin}/health/ready`);
      await answer.arrayBuffer();
      return answer.status === 200;
    } catch {
      // It does not listen yet.
      return false;
    }
  }
}
