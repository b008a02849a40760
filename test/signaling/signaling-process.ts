import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const startTimeoutMs = 30_000;
const stopTimeoutMs = 10_000;

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A real standalone signaling server, on a loopback port of its own, for one Nextcloud. */
export class SignalingProcess {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly program: string,
    private readonly folder: string,
    readonly port: number,
  ) {}

  /** Resolves when it answers. `nextcloud`: the address of its one backend. */
  static async open(program: string, port: number, nextcloud: string, secret: string): Promise<SignalingProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'crosstalk-signaling-run-'));
    await writeFile(
      join(folder, 'server.conf'),
      [
        '[http]',
        `listen = 127.0.0.1:${port}`,
        '[sessions]',
        `hashkey = ${randomBytes(16).toString('hex')}`,
        `blockkey = ${randomBytes(8).toString('hex')}`,
        '[clients]',
        `internalsecret = ${randomBytes(16).toString('hex')}`,
        '[backend]',
        'backends = talk',
        'timeout = 10',
        'connectionsperhost = 8',
        '[talk]',
        `url = ${nextcloud}/`,
        `secret = ${secret}`,
        '[nats]',
        // Within the process: nothing else has to run.
        'url = :loopback:',
        '',
      ].join('\n'),
    );
    const own = new SignalingProcess(program, folder, port);
    await own.start();
    return own;
  }

  async start(): Promise<void> {
    const output = await open(join(this.folder, 'output'), 'a');
    const child = spawn(this.program, ['-config', join(this.folder, 'server.conf')], {
      cwd: this.folder,
      stdio: ['ignore', output.fd, output.fd],
    });
    this.#process = child;
    await output.close();
    const endMs = Date.now() + startTimeoutMs;
    while (!(await this.#answers())) {
      if (child.exitCode !== null || Date.now() > endMs) {
        await this.#end();
        throw new Error(`the signaling server did not start:\n${await this.log()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async restart(): Promise<void> {
    await this.#end();
    await this.start();
  }

  log(): Promise<string> {
    return readFile(join(this.folder, 'output'), 'utf8');
  }

  async close(): Promise<void> {
    await this.#end();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #end(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await ended;
    clearTimeout(killer);
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/api/v1/welcome`)).ok;
    } catch {
      return false;
    }
  }
}
