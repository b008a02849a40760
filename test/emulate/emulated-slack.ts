import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export const signingSecret = 'signing-secret-of-the-test';
export const team = 'T000000001';
export const tokens = { bot: 'xoxb-of-the-test', pia: 'xoxp-pia', quinn: 'xoxp-quinn' };
export const botUser = 'U0CROSSTALK';
const botId = 'B0CROSSTALK';

const scopes = [
  'chat:write',
  'chat:write.customize',
  'channels:read',
  'channels:history',
  'channels:join',
  'files:read',
  'files:write',
];
const seed = {
  slack: {
    signing_secret: signingSecret,
    team: { name: 'Town', domain: 'town' },
    users: [
      { name: 'pia', real_name: 'Pia', profile: { display_name: 'Pia' } },
      { name: 'quinn', real_name: 'Quinn', profile: { display_name: 'Quinn' } },
    ],
    channels: [{ name: 'team', topic: 'All of us' }],
    oauth_apps: [
      {
        client_id: '1.2',
        client_secret: 'client-secret-of-the-test',
        app_id: 'A0CROSSTALK',
        name: 'Crosstalk',
        redirect_uris: [],
        scopes,
        bot_id: botId,
        bot_user_id: botUser,
        bot_name: 'crosstalk',
      },
    ],
    tokens: [
      { token: tokens.bot, user_id: botUser, bot_id: botId, bot_user_id: botUser, type: 'bot', scopes },
      { token: tokens.pia, user: 'pia', type: 'user', scopes },
      { token: tokens.quinn, user: 'quinn', type: 'user', scopes },
    ],
  },
};

/** A message as the emulator's history tells it, as far as specs look at it. */
export interface SeenMessage {
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly username?: string;
  readonly icon_url?: string;
  readonly thread_ts?: string;
  readonly blocks?: readonly { readonly block_id?: string }[];
  readonly files?: readonly SeenFile[];
  readonly edited?: { readonly ts: string };
  readonly reactions?: readonly { readonly name: string; readonly users: readonly string[] }[];
}

export interface SeenFile {
  readonly id: string;
  readonly name: string;
  readonly mimetype: string;
  readonly url_private: string;
}

/** What a call answered, whether it says `ok` or not. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The package's Slack on a port of its own. It sends its events to one address, signed. */
export class EmulatedSlack {
  private constructor(
    private readonly child: ChildProcess,
    /** Without a slash at its end. */
    readonly url: string,
  ) {}

  static async open(folder: string, eventsUrl: string): Promise<EmulatedSlack> {
    const program = resolve('test/emulate/slack-process.mjs');
    const child = spawn(process.execPath, [program, folder, eventsUrl, JSON.stringify(seed)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const url = await new Promise<string>((known, failed) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      child.stdout.setEncoding('utf8').once('data', (text: string) => {
        known(text.trim());
      });
      child.once('exit', () => {
        failed(new Error(`the emulator did not start:\n${said.slice(-3_000)}`));
      });
    });
    return new EmulatedSlack(child, url);
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  async ask(method: string, args: object = {}, token = tokens.bot): Promise<Answer> {
    const answer = await fetch(`${this.url}/api/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: JSON.parse(text) as Answer['body'] };
  }

  /** The same; throws where the answer does not say `ok`. */
  async call<T>(method: string, args: object = {}, token = tokens.bot): Promise<T> {
    const { body } = await this.ask(method, args, token);
    if (body['ok'] !== true) throw new Error(`${method}: ${JSON.stringify(body)}`);
    return body as T;
  }

  /** Sends a file as a person does: asks where to, brings it, and shares it with words. */
  async share(channel: string, name: string, bytes: Buffer, words: string, token: string): Promise<void> {
    const wanted = { filename: name, length: bytes.length };
    const asked = await this.call<{ upload_url: string; file_id: string }>('files.getUploadURLExternal', wanted, token);
    await fetch(asked.upload_url, { method: 'POST', body: new Uint8Array(bytes) });
    const done = { channel_id: channel, files: [{ id: asked.file_id }], initial_comment: words };
    await this.call('files.completeUploadExternal', done, token);
  }

  /** What a file holds. */
  async bytesOf({ url_private: address }: SeenFile): Promise<Buffer> {
    const answer = await fetch(address, { headers: { authorization: `Bearer ${tokens.bot}` } });
    return Buffer.from(await answer.arrayBuffer());
  }

  /** The id of the channel of that name. */
  async channel(name: string): Promise<string> {
    const { channels } = await this.call<{ channels: { id: string; name: string }[] }>('conversations.list');
    const found = channels.find((channel) => channel.name === name);
    if (found === undefined) throw new Error(`no channel ${name}`);
    return found.id;
  }

  /** Everything that the channel shows, replies included, oldest first. */
  async messages(channel: string): Promise<SeenMessage[]> {
    const { messages } = await this.call<{ messages: SeenMessage[] }>('conversations.history', {
      channel,
      limit: 1_000,
    });
    const replies = messages
      .filter((message) => 'reply_count' in message)
      .map(async ({ ts }) => {
        const thread = await this.call<{ messages: SeenMessage[] }>('conversations.replies', { channel, ts });
        return thread.messages.filter((message) => message.ts !== ts);
      });
    return [...messages, ...(await Promise.all(replies)).flat()].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  }
}
