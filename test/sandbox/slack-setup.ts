import { WebSocket } from 'ws';
import { bridgeEvents, bridgeScopes } from '../../src/sandbox/slack/bridge-app.js';
import { SlackSandbox } from '../../src/sandbox/slack/slack-sandbox.js';
import type { InstalledApp, SlackSandboxSettings } from '../../src/sandbox/slack/slack-sandbox.types.js';
import type { NewApp } from '../../src/sandbox/slack/state/apps.js';

export interface SlackAnswer {
  readonly ok: boolean;
  readonly error?: string;
  readonly [field: string]: unknown;
}

export interface Setup {
  readonly sandbox: SlackSandbox;
  readonly url: string;
  readonly team: string;
  readonly ann: string;
  readonly bert: string;
  readonly channel: string;
  readonly app: InstalledApp;
  readonly appToken: string;
  /** Asks with the bot's token; a form. */
  call(method: string, fields?: Readonly<Record<string, unknown>>, token?: string): Promise<SlackAnswer>;
  close(): Promise<void>;
}

/** What an app may do and hear with which everything of the server is tried. */
const scopes = [
  ...bridgeScopes,
  'files:write',
  'im:history',
  'im:read',
  'im:write',
  'mpim:history',
  'mpim:read',
  'team:read',
  'users.profile:read',
];
const events = [
  ...bridgeEvents,
  'channel_archive',
  'channel_deleted',
  'channel_unarchive',
  'group_archive',
  'group_deleted',
  'group_unarchive',
  'message.im',
  'message.mpim',
];

export interface SetupOptions extends SlackSandboxSettings {
  readonly app?: Partial<NewApp>;
  /** Whether the app is in the channel. Default true. */
  readonly isMember?: boolean;
}

/** A workspace with Ann and Bert in a channel, in which an app is too. Without rate limits unless told. */
export async function openSetup({ app, isMember = true, ...settings }: SetupOptions = {}): Promise<Setup> {
  const sandbox = new SlackSandbox({ rateLimits: 'off', shareDelayMs: 0, ...settings });
  const team = sandbox.workspaces.add({ name: 'Acme' });
  const ann = sandbox.workspaces.addUser(team, { realName: 'Ann Doe', displayName: 'ann', role: 'owner' });
  const bert = sandbox.workspaces.addUser(team, { realName: 'Bert Roe' });
  const registered = sandbox.apps.register({ name: 'Bridge', scopes, events, ...app });
  const installed = sandbox.apps.install(registered.id, team);
  const members = isMember ? [bert, installed.botUser] : [bert];
  const channel = sandbox.channels.create({ team, name: 'team', creator: ann, members });
  const { url } = await sandbox.start(0);
  return {
    sandbox,
    url,
    team,
    ann,
    bert,
    channel,
    app: installed,
    appToken: registered.appToken,
    call: (method, fields = {}, token = installed.botToken) => ask(url, method, fields, token),
    close: () => sandbox.stop(),
  };
}

/** As Slack's own client libraries ask: a form in which what has parts is JSON. */
export async function ask(
  url: string,
  method: string,
  fields: Readonly<Record<string, unknown>>,
  token: string,
): Promise<SlackAnswer> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const headers = token === '' ? undefined : { authorization: `Bearer ${token}` };
  const init = { method: 'POST', body: form, ...(headers === undefined ? {} : { headers }) };
  return (await (await fetch(`${url}/api/${method}`, init)).json()) as SlackAnswer;
}

export interface Envelope {
  readonly type: string;
  readonly envelope_id: string;
  readonly reason?: string;
  readonly retry_attempt?: number;
  readonly retry_reason?: string;
  readonly accepts_response_payload?: boolean;
  readonly payload: { readonly event_id: string; readonly event: Record<string, unknown> } & Record<string, unknown>;
}

/** A Socket Mode client that notes what it gets. */
export class SocketClient {
  readonly envelopes: Envelope[] = [];
  isClosed = false;

  private constructor(
    readonly socket: WebSocket,
    private readonly answer: (envelope: Envelope) => unknown,
  ) {
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString('utf8')) as Envelope));
    socket.on('close', () => (this.isClosed = true));
  }

  /** @param answer what it acknowledges with; `'silence'`: not at all */
  static async open(setup: Setup, answer: (envelope: Envelope) => unknown = () => undefined): Promise<SocketClient> {
    const { url } = await ask(setup.url, 'apps.connections.open', {}, setup.appToken);
    const client = new SocketClient(new WebSocket(String(url)), answer);
    await until(() => client.envelopes.length > 0, 'hello');
    return client;
  }

  get events(): readonly Record<string, unknown>[] {
    return this.envelopes.filter(({ type }) => type === 'events_api').map(({ payload }) => payload.event);
  }

  close(): void {
    this.socket.terminate();
  }

  #take(envelope: Envelope): void {
    this.envelopes.push(envelope);
    if (envelope.type === 'hello' || envelope.type === 'disconnect') return;
    const answer = this.answer(envelope);
    if (answer === 'silence') return;
    const payload = answer === undefined ? {} : { payload: answer };
    this.socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, ...payload }));
  }
}

/** Polls until `condition` holds. */
export async function until(condition: () => boolean, what = 'the condition'): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what} did not come`);
}
