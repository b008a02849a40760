import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signatureOf } from '../../src/sandbox/slack/request-sender.js';
import { openSetup, until, type Setup } from './slack-setup.js';

interface Got {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** An app's own address, answered as told. */
class Address {
  readonly got: Got[] = [];
  /** The statuses of the next answers; 200 when empty. `hang`: none. */
  next: (number | 'hang' | 'noRetry')[] = [];
  answer: (got: Got) => string = () => '';
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const got = {
          path: request.url ?? '',
          headers: request.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        };
        this.got.push(got);
        const status = this.next.shift() ?? 200;
        if (status === 'hang') return;
        if (status === 'noRetry') response.writeHead(500, { 'x-slack-no-retry': '1' }).end();
        else response.writeHead(status).end(this.answer(got));
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get bodies(): readonly { readonly event_id: string; readonly event: Record<string, unknown> }[] {
    return this.got.map(({ text }) => JSON.parse(text) as { event_id: string; event: Record<string, unknown> });
  }
}

describe('events that the sandbox Slack server sends to an address', () => {
  let address: Address;
  let setup: Setup;

  beforeEach(async () => {
    address = new Address();
    const base = await address.listen();
    const delivery = { events: `${base}/events`, commands: `${base}/commands`, interactivity: `${base}/actions` };
    setup = await openSetup({ app: { delivery, signingSecret: 'secret', commands: ['/crosstalk'] } });
  });

  afterEach(async () => {
    await setup.close();
    await address.close();
  });

  const say = (text: string): string => setup.sandbox.post(setup.channel, setup.ann, text);

  test('they are signed with the app’s secret over time and body', async () => {
    say('hello');
    await until(() => address.got.length === 1);
    const [{ headers, text, path }] = address.got as [Got];
    expect(path).toBe('/events');
    const at = Number(headers['x-slack-request-timestamp']);
    expect(headers['x-slack-signature']).toBe(signatureOf('secret', at, text));
    expect(signatureOf('8f742231b10e8888abcd99yyyzzz85a5', 1531420618, 'token=xyzz0WbapA4vBCDEFx0x6m')).toMatch(
      /^v0=[0-9a-f]{64}$/,
    );
    expect(headers).not.toHaveProperty('x-slack-retry-num');
    expect(address.bodies[0]).toMatchObject({ type: 'event_callback', event: { type: 'message', text: 'hello' } });
  });

  test('the address proves itself by giving a challenge back, as JSON or as text', async () => {
    address.answer = ({ text }) => JSON.stringify({ challenge: (JSON.parse(text) as { challenge: string }).challenge });
    expect(await setup.sandbox.apps.verifyUrl(setup.app.appId)).toBe(true);
    address.answer = ({ text }) => (JSON.parse(text) as { challenge: string }).challenge;
    expect(await setup.sandbox.apps.verifyUrl(setup.app.appId)).toBe(true);
    address.answer = () => 'no';
    expect(await setup.sandbox.apps.verifyUrl(setup.app.appId)).toBe(false);
    expect(JSON.parse(address.got[0]!.text)).toMatchObject({ type: 'url_verification' });
  });

  test('what is refused comes again, says why, and has the same event id', async () => {
    address.next = [500, 'hang', 200];
    say('hello');
    await until(() => address.got.length === 2);
    setup.sandbox.advance(3000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    setup.sandbox.advance(60_000);
    await until(() => address.got.length === 3);
    await until(() => setup.sandbox.isQuiet);
    const why = address.got.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]);
    expect(why).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_timeout'],
    ]);
    expect(new Set(address.bodies.map(({ event_id: id }) => id)).size).toBe(1);
    expect(setup.sandbox.eventCounts).toEqual({ sent: 3, givenUp: 0 });
  });

  test('who wants nothing again says so', async () => {
    address.next = ['noRetry'];
    say('hello');
    await until(() => setup.sandbox.isQuiet);
    expect(setup.sandbox.eventCounts).toEqual({ sent: 1, givenUp: 1 });
  });

  test('an event that an app may not know or did not ask for does not come', async () => {
    const { sandbox, app, team, ann } = setup;
    const elsewhere = sandbox.channels.create({ team, name: 'elsewhere', creator: ann });
    sandbox.post(elsewhere, ann, 'not for the app');
    sandbox.apps.setScopes(app.appId, team, ['channels:read']);
    say('without the scope');
    sandbox.channels.setTopic(setup.channel, ann, 'a topic is a message');
    sandbox.apps.setScopes(app.appId, team, ['channels:history']);
    say('at last');
    await until(() => sandbox.isQuiet);
    expect(address.bodies.map(({ event }) => event['text'])).toEqual(['at last']);
  });

  test('a command comes as a form, and what is answered is shown to its author alone', async () => {
    address.answer = () => JSON.stringify({ text: 'Linked.' });
    const { sandbox, app, channel, ann } = setup;
    const outcome = await sandbox.slashCommand({
      app: app.appId,
      channel,
      user: ann,
      command: '/crosstalk',
      text: 'status all',
    });
    expect(outcome).toEqual({ kind: 'answered', answer: { text: 'Linked.' } });
    expect(address.got[0]!.path).toBe('/commands');
    const form = Object.fromEntries(new URLSearchParams(address.got[0]!.text));
    expect(form).toMatchObject({
      command: '/crosstalk',
      text: 'status all',
      user_id: ann,
      channel_id: channel,
      channel_name: 'team',
      team_id: setup.team,
      api_app_id: app.appId,
    });
    expect(sandbox.ephemerals()).toMatchObject([{ user: ann, text: 'Linked.' }]);
    const later = { response_type: 'in_channel', text: 'For all' };
    const respond = (): Promise<Response> =>
      fetch(form['response_url']!, { method: 'POST', body: JSON.stringify(later) });
    for (let count = 0; count < 5; count += 1) expect((await respond()).status).toBe(200);
    expect((await respond()).status).toBe(404);
    expect(sandbox.messages(channel).at(-1)).toMatchObject({ text: 'For all', bot_id: app.botId });
  });

  test('a button comes as a form of one field, and its trigger opens a modal once', async () => {
    const { sandbox, app, channel, ann } = setup;
    const outcome = await sandbox.interact(app.appId, channel, ann, { type: 'block_actions', actions: [] });
    expect(outcome.kind).toBe('answered');
    const payload = JSON.parse(new URLSearchParams(address.got[0]!.text).get('payload') ?? '') as Record<
      string,
      unknown
    >;
    expect(payload).toMatchObject({ type: 'block_actions', user: { id: ann }, channel: { id: channel } });
    const view = { type: 'modal', title: { type: 'plain_text', text: 'Link' }, blocks: [] };
    const open = () => setup.call('views.open', { trigger_id: payload['trigger_id'], view });
    expect(await open()).toMatchObject({ ok: true, view: { type: 'modal', team_id: setup.team } });
    expect(await open()).toMatchObject({ error: 'exchanged_trigger_id' });
  });

  test('a command that nobody answers in three seconds fails', async () => {
    address.next = ['hang'];
    const { sandbox, app, channel, ann } = setup;
    const command = sandbox.slashCommand({ app: app.appId, channel, user: ann, command: '/crosstalk', text: '' });
    await until(() => address.got.length === 1);
    sandbox.advance(3000);
    expect(await command).toEqual({ kind: 'failed', reason: 'operation_timeout' });
  });
});
