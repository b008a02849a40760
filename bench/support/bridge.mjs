import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fetch } from 'undici';
import { WebSocket } from 'ws';
import { stringify } from 'yaml';
import { nodeOptions } from '../../scripts/node-options.mjs';
import { nowMs } from './child.mjs';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
/** Linux counts processor time in hundredths of a second, whatever its own clock. */
const ticksPerSecond = 100;

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

  /** `node`: words for its Node. */
  constructor(settings, ports, node = []) {
    this.ports = ports;
    this.node = node;
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
    this.#process = spawn(process.execPath, [...nodeOptions, ...this.node, ...options, program], {
      cwd: this.#folder,
      env: { PATH: process.env.PATH, CROSSTALK_CONFIG: this.file },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.#said = (this.#said + text).slice(-20_000)));
    }
    return startedMs;
  }

  /** What `crosstalk talk bot` says of the account's bot. */
  async bot(account) {
    const child = spawn(process.execPath, [command, 'talk', 'bot', account], {
      cwd: this.#folder,
      env: { PATH: process.env.PATH, CROSSTALK_CONFIG: this.file },
      stdio: ['ignore', 'pipe', 2],
    });
    const says = Buffer.concat(await child.stdout.toArray()).toString('utf8');
    const line = says.split('\n').find((each) => each.includes('talk:bot:install')) ?? '';
    const [name, secret, url, description] = [...line.matchAll(/'([^']*)'/g)].map(([, word]) => word);
    return { name, secret, url, description };
  }

  /** How many rooms it watches so. */
  async roomsWatched(mode) {
    const answer = await fetch(`http://127.0.0.1:${this.ports.admin}/metrics`);
    const [, count] =
      new RegExp(`^crosstalk_rooms_watched\\{mode="${mode}"\\} (\\d+)$`, 'm').exec(await answer.text()) ?? [];
    return Number(count ?? 0);
  }

  /** Milliseconds of a processor that it has used. */
  cpuMs() {
    const [, after] = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8').split(') ');
    const [user, system] = after.split(' ').slice(11, 13).map(Number);
    return ((user + system) * 1000) / ticksPerSecond;
  }

  /** Bytes of memory that it needs: what is left of its heap, and beside it, once nothing that could go is kept. Needs `--inspect`. */
  async memory() {
    const [, address] = /Debugger listening on (ws:\S+)/.exec(this.#said) ?? [];
    const socket = new WebSocket(address);
    await new Promise((open, failed) => socket.on('open', open).on('error', failed));
    const asked = (id, method, params = {}) =>
      new Promise((done) => {
        socket.on('message', (data) => {
          const answer = JSON.parse(data);
          if (answer.id === id) done(answer.result);
        });
        socket.send(JSON.stringify({ id, method, params }));
      });
    await asked(1, 'HeapProfiler.collectGarbage');
    const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())';
    const { result } = await asked(2, 'Runtime.evaluate', { expression });
    socket.close();
    return result.value;
  }

  /** From now on `mostMemory` is that of what comes. Returns the bytes that the process has now. */
  forgetMostMemory() {
    writeFileSync(`/proc/${this.#process.pid}/clear_refs`, '5');
    return this.mostMemory();
  }

  /** Bytes of memory that the process had at most. */
  mostMemory() {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)[1]) * 1024;
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
