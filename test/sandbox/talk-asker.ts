import { createHmac } from 'node:crypto';
import type { Seen } from './recorded/replay.js';

export interface Question {
  readonly query?: Readonly<Record<string, string | number>>;
  readonly json?: unknown;
  /** A file of a form. */
  readonly file?: Buffer | string;
  /** Fields beside the file. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whose cookies are sent and kept. */
  readonly browser?: string;
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
}

/** Asks a sandbox server as a client would, and remembers every answer. */
export class Asker {
  readonly seen: Seen[] = [];
  readonly #cookies = new Map<string, string>();

  constructor(private readonly base: () => string) {}

  /** @param user `undefined` is nobody. @param path below Talk's API, for example `v1/ban/abc` */
  async ask(user: string | undefined, method: string, path: string, question: Question = {}): Promise<Told> {
    const front = path.startsWith('/') ? '' : '/ocs/v2.php/apps/spreed/api/';
    const url = new URL(`${front}${path}`, this.base());
    const { query = {}, json, file, fields = {}, headers = {}, browser } = question;
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
    const cookie = browser === undefined ? undefined : this.#cookies.get(browser);
    const login = user === undefined ? undefined : Buffer.from(`${user}:pw-${user}-12345678`).toString('base64');
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        'ocs-apirequest': 'true',
        ...(login === undefined ? {} : { authorization: `Basic ${login}` }),
        ...(cookie === undefined ? {} : { cookie }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(file === undefined ? {} : { body: form(file, fields) }),
    });
    const set = response.headers.getSetCookie()[0]?.split(';')[0];
    if (browser !== undefined && set !== undefined) this.#cookies.set(browser, set);
    const type = response.headers.get('content-type') ?? '';
    const text = await response.text();
    const body: unknown = type.includes('json') && text !== '' ? JSON.parse(text) : text;
    this.seen.push({ method, path: url.pathname, status: response.status, type, body });
    const ocs = (body as { ocs?: { data: unknown } } | null)?.ocs;
    return { status: response.status, headers: response.headers, data: ocs === undefined ? body : ocs.data };
  }

  async status(user: string | undefined, method: string, path: string, question: Question = {}): Promise<number> {
    return (await this.ask(user, method, path, question)).status;
  }
}

function form(file: Buffer | string, fields: Readonly<Record<string, string>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  data.set('file', new Blob([typeof file === 'string' ? file : new Uint8Array(file)]), 'file');
  return data;
}

/** The headers with which a server beside Nextcloud proves itself. */
export function proof(front: string, secret: string, text: string): Record<string, string> {
  const random = 'r'.repeat(64);
  const checksum = createHmac('sha256', secret)
    .update(random + text)
    .digest('hex');
  return { [`${front}-random`]: random, [`${front}-checksum`]: checksum };
}
