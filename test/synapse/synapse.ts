import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';

const startTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;

const run = promisify(execFile);

export interface SynapseSettings {
  readonly serverName: string;
  /** Registration files, as text. */
  readonly registrations: readonly string[];
}

/** The homeserver answered, and refused. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A Synapse on a loopback port of its own, with a database that lives as long as it does. */
export class Synapse {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly python: string,
    private readonly folder: string,
    private readonly secret: string,
    readonly serverName: string,
    /** Without a slash at its end. */
    readonly url: string,
  ) {}

  /** Configures and starts one. */
  static async open(python: string, settings: SynapseSettings): Promise<Synapse> {
    const folder = await mkdtemp(join(tmpdir(), 'crosstalk-synapse-run-'));
    const secret = randomBytes(16).toString('hex');
    const port = await freePort();
    await configure(folder, port, secret, settings);
    await run(python, ['-m', 'synapse.app.homeserver', '-c', join(folder, 'homeserver.yaml'), '--generate-keys'], {
      cwd: folder,
    });
    const synapse = new Synapse(python, folder, secret, settings.serverName, `http://127.0.0.1:${port}`);
    await synapse.start();
    return synapse;
  }

  /** Resolves when it answers. Throws with the end of its log where it does not. */
  async start(): Promise<void> {
    const output = await open(join(this.folder, 'output'), 'a');
    const child = spawn(this.python, ['-m', 'synapse.app.homeserver', '-c', join(this.folder, 'homeserver.yaml')], {
      cwd: this.folder,
      stdio: ['ignore', output.fd, output.fd],
    });
    this.#process = child;
    const endMs = Date.now() + startTimeoutMs;
    while (!(await this.#answers())) {
      if (child.exitCode !== null || Date.now() > endMs) {
        await this.stop();
        throw new Error(`Synapse did not start:\n${await this.log()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await output.close();
  }

  /** Rooms, users and waiting transactions are kept. */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await ended;
    clearTimeout(killer);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Stops it and removes everything that it kept. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The end of what it logged. */
  async log(): Promise<string> {
    const files = ['output', 'log'].map((name) => readFile(join(this.folder, name), 'utf8').catch(() => ''));
    return (await Promise.all(files)).join('\n').slice(-4000);
  }

  /** Registers a person and answers the token of its client. */
  async addUser(localpart: string, displayName: string): Promise<{ readonly id: string; readonly token: string }> {
    const path = '/_synapse/admin/v1/register';
    const { nonce } = (await this.call('GET', path)) as { nonce: string };
    const password = randomBytes(8).toString('hex');
    const mac = createHmac('sha1', this.secret)
      .update([nonce, localpart, password, 'notadmin'].join('\0'))
      .digest('hex');
    const registration = { nonce, username: localpart, displayname: displayName, password, admin: false, mac };
    const made = (await this.call('POST', path, registration)) as { user_id: string; access_token: string };
    return { id: made.user_id, token: made.access_token };
  }

  /** Calls it as a client does, and answers the body. Throws `Refusal`, or whatever else kept the answer from coming. */
  async call(method: string, path: string, body?: unknown, token?: string): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Refusal(response.status, `${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  async #answers(): Promise<boolean> {
    return fetch(`${this.url}/health`).then(
      (response) => response.ok,
      () => false,
    );
  }
}

async function configure(folder: string, port: number, secret: string, settings: SynapseSettings): Promise<void> {
  const files = settings.registrations.map((_, index) => join(folder, `registration-${index}.yaml`));
  for (const [index, text] of settings.registrations.entries()) await writeFile(files[index] ?? '', text);
  await writeFile(
    join(folder, 'log.yaml'),
    stringify({
      version: 1,
      formatters: { plain: { format: '%(asctime)s %(levelname)s %(name)s %(message)s' } },
      handlers: { file: { class: 'logging.FileHandler', formatter: 'plain', filename: join(folder, 'log') } },
      root: { level: 'WARNING', handlers: ['file'] },
    }),
  );
  const unhurried = { per_second: 9999, burst_count: 9999 };
  const homeserver = {
    server_name: settings.serverName,
    pid_file: join(folder, 'homeserver.pid'),
    public_baseurl: `http://127.0.0.1:${port}/`,
    listeners: [
      {
        port,
        type: 'http',
        tls: false,
        bind_addresses: ['127.0.0.1'],
        resources: [{ names: ['client', 'federation', 'health'], compress: false }],
      },
    ],
    database: { name: 'sqlite3', args: { database: join(folder, 'homeserver.db') } },
    media_store_path: join(folder, 'media'),
    signing_key_path: join(folder, 'signing.key'),
    log_config: join(folder, 'log.yaml'),
    report_stats: false,
    registration_shared_secret: secret,
    macaroon_secret_key: secret,
    form_secret: secret,
    app_service_config_files: files,
    suppress_key_server_warning: true,
    trusted_key_servers: [],
    rc_message: unhurried,
    rc_registration: unhurried,
    rc_admin_redaction: unhurried,
    rc_login: { address: unhurried, account: unhurried, failed_attempts: unhurried },
    rc_joins: { local: unhurried, remote: unhurried },
    rc_joins_per_room: unhurried,
    rc_invites: { per_room: unhurried, per_user: unhurried, per_issuer: unhurried },
  };
  const file = join(folder, 'homeserver.yaml');
  await writeFile(`${file}.new`, stringify(homeserver));
  await rename(`${file}.new`, file);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
