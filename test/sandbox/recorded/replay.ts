import { createHmac } from 'node:crypto';
import { differences, keyOf, repeated, type Bound } from './match.js';
import { filled, readMark } from './marks.js';
import type { Recorded, RecordedStep, Template } from './recorded.types.js';

export interface Servers {
  readonly base: string;
  /** Needed where a step is asked of it. */
  readonly peer?: string;
  /** What the bot of the recordings signs with. */
  readonly botSecret: string;
}

/** After how long somebody speaks while a poll is held. */
const meanwhileMs = 60;
const api = '/ocs/v2.php/apps/spreed/api';

/** One whole answer, as it came. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

/**
 * Asks what was asked of the real server.
 * @param hear gives what the bot was sent, when so many came
 * @returns each difference, with the step's name
 */
export async function replay(
  recorded: Recorded,
  servers: Servers,
  saw: (seen: Seen) => void = () => undefined,
  hear: (count: number) => Promise<readonly unknown[]> = () => Promise.resolve([]),
): Promise<string[]> {
  const asker = new Asker(servers, saw);
  const found: string[] = [];
  for (const step of recorded.steps) {
    const wrong = await asker.ask(step);
    found.push(...wrong.map((line) => `${recorded.recording} · ${step.says}: ${line}`));
  }
  const { webhooks } = recorded;
  return webhooks === undefined ? found : [...found, ...asker.compare(webhooks, await hear(webhooks.length))];
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
}

class Asker {
  readonly #bound: Bound = new Map();
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(
    private readonly servers: Servers,
    private readonly saw: (seen: Seen) => void,
  ) {
    const { base, peer } = servers;
    this.#bound.set('base ', base);
    this.#bound.set('host ', new URL(base).host);
    if (peer !== undefined) this.#bound.set('peer ', peer);
    if (peer !== undefined) this.#bound.set('peerhost ', new URL(peer).host);
  }

  async ask(step: RecordedStep): Promise<string[]> {
    const { meanwhile } = step;
    const speaking = meanwhile === undefined ? Promise.resolve() : this.#speakSoon(step, meanwhile);
    const answer = await this.#send(step);
    await speaking;
    const wrong = step.status === answer.status ? [] : [`status ${step.status} recorded, ${answer.status} answered`];
    for (const [name, value] of Object.entries(step.answers ?? {})) {
      const given = answer.headers.get(name);
      if (given === null) wrong.push(`header ${name}: missing`);
      else if (value !== null)
        wrong.push(
          ...differences(
            value,
            typeof value === 'string' && readMark(value)?.isText === false ? Number(given) : given,
            this.#bound,
            name,
          ),
        );
    }
    if (step.status !== answer.status || step.data === undefined) return wrong;
    return [...wrong, ...differences(step.data, answer.data, this.#bound)];
  }

  /** What a bot was sent, of which no order is promised. */
  compare(webhooks: readonly Template[], heard: readonly unknown[]): string[] {
    return differences({ 'in any order': webhooks }, heard, this.#bound, 'webhooks');
  }

  async #speakSoon(step: RecordedStep, { as, message }: { as: string; message: string }): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, meanwhileMs));
    const { path } = readAsk(step);
    await this.#send({
      says: '',
      as,
      ask: `POST ${path}`,
      send: { message, referenceId: 'a'.repeat(64) },
      status: 201,
    });
  }

  async #send(step: RecordedStep): Promise<Answered> {
    const { method, path } = readAsk(step);
    const server = step.at === 'peer' ? (this.servers.peer ?? '') : this.servers.base;
    const url = new URL(this.#fill(path).replace(/^~/, api), server);
    for (const [key, value] of Object.entries(step.query ?? {})) url.searchParams.set(key, String(this.#value(value)));
    const response = await fetch(url, {
      method,
      headers: this.#headers(step),
      redirect: 'manual',
      ...(step.bytes === undefined ? {} : { body: Buffer.from(step.bytes, 'base64') }),
      ...(step.send === undefined ? {} : { body: repeated(JSON.stringify(this.#value(step.send))) }),
    });
    this.#keepCookies(step, response.headers);
    const text = Buffer.from(await response.arrayBuffer()).toString('utf8');
    const type = response.headers.get('content-type') ?? '';
    const isJson = type.includes('json') && text !== '';
    const body: unknown = isJson ? JSON.parse(text) : text;
    this.saw({ method, path: url.pathname, status: response.status, type, body });
    const ocs = (body as { ocs?: { data: unknown } } | null)?.ocs;
    return { status: response.status, headers: response.headers, data: ocs === undefined ? body : ocs.data };
  }

  #headers(step: RecordedStep): Record<string, string> {
    const { as, browser, send } = step;
    const own = Object.fromEntries(
      Object.entries(step.headers ?? {}).map(([name, value]) => [name, this.#fill(value)]),
    );
    const cookies = [...(this.#cookies.get(browser ?? '') ?? [])].map(([name, value]) => `${name}=${value}`);
    const login = (user: string, secret: string): string =>
      `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
    const random = own['X-Nextcloud-Talk-Bot-Random'];
    const said = isMap(send) ? (send['message'] ?? send['reaction']) : '';
    return {
      Accept: 'application/json',
      ...(step.plain === true ? {} : { 'OCS-APIRequest': 'true' }),
      ...(send === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(as === undefined ? {} : { Authorization: login(as, `pw-${as}-12345678`) }),
      ...own,
      ...(own['Authorization'] === undefined ? {} : { Authorization: login('alice', 'wrong') }),
      ...(cookies.length === 0 ? {} : { Cookie: cookies.join('; ') }),
      ...(random === undefined || step.says.includes('wrong secret')
        ? {}
        : {
            'X-Nextcloud-Talk-Bot-Signature': signature(
              this.servers.botSecret,
              random + (typeof said === 'string' ? said : ''),
            ),
          }),
    };
  }

  #keepCookies({ browser }: RecordedStep, headers: Headers): void {
    if (browser === undefined) return;
    const jar = this.#cookies.get(browser) ?? new Map<string, string>();
    this.#cookies.set(browser, jar);
    for (const cookie of headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
      jar.set(name, value);
    }
  }

  #value(value: Template): unknown {
    if (typeof value === 'string') {
      const mark = readMark(value);
      const filledIn = this.#fill(value);
      return mark !== undefined && !mark.isText ? Number(filledIn) : filledIn;
    }
    if (Array.isArray(value)) return value.map((item: Template) => this.#value(item));
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#value(item)]));
  }

  #fill(text: string): string {
    return filled(text, (mark) => this.#bound.get(keyOf(mark)) ?? `unbound ${keyOf(mark)}`);
  }
}

/** A path may have marks in it, and these blanks. */
export function readAsk({ ask }: RecordedStep): { readonly method: string; readonly path: string } {
  const blank = ask.indexOf(' ');
  return { method: ask.slice(0, blank), path: ask.slice(blank + 1) };
}

function signature(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

function isMap(value: Template | undefined): value is { readonly [key: string]: Template } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
