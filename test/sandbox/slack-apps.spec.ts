import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { manifestOf } from '../../src/adapters/slack/slack.manifest.js';
import { slackSettings } from '../../src/adapters/slack/slack.settings.js';
import { ask, openSetup, type Setup } from './slack-setup.js';

describe('the pages of the sandbox Slack server on which apps are made', () => {
  let setup: Setup;
  let answering: Server | undefined;
  beforeEach(async () => {
    setup = await openSetup();
    answering = undefined;
  });
  afterEach(async () => {
    await setup.close();
    await new Promise((closed) => (answering === undefined ? closed(undefined) : answering.close(closed)));
  });

  const send = (path: string, form: Record<string, string>): Promise<Response> =>
    fetch(`${setup.url}${path}`, { method: 'POST', body: new URLSearchParams(form) });
  const termOf = (html: string, name: string): string =>
    new RegExp(`<dt>${name}</dt><dd><code>([^<]+)</code>`).exec(html)?.[1] ?? '';
  const manifest = (more: Record<string, unknown> = {}): string =>
    JSON.stringify(manifestOf(slackSettings.parse({ botToken: 'x', appToken: 'x', ...more })));

  test('a pasted manifest makes an app with secrets; installed, its tokens work', async () => {
    const made = await send('/apps', { manifest: manifest() });
    expect(made.redirected).toBe(true);
    const html = await made.text();
    expect(html).toContain('<h1>Crosstalk</h1>');
    expect(html).toContain('Socket Mode is on.');
    expect(termOf(html, 'Bot User OAuth Token')).toBe('');
    expect(await ask(setup.url, 'apps.connections.open', {}, termOf(html, 'connections:write'))).toMatchObject({
      ok: true,
    });
    const path = new URL(made.url).pathname;
    const installed = await (await send(`${path}/install`, { team: setup.team })).text();
    const token = termOf(installed, 'Bot User OAuth Token');
    expect(await ask(setup.url, 'auth.test', {}, token)).toMatchObject({ ok: true, team: 'Acme', user: 'crosstalk' });
    // Whoever looks again finds the same one.
    expect(termOf(await (await fetch(made.url)).text(), 'Bot User OAuth Token')).toBe(token);
    await send(`${path}/uninstall`, { team: setup.team });
    expect(await ask(setup.url, 'auth.test', {}, token)).toMatchObject({ error: 'account_inactive' });
  });

  test('what is no manifest is refused with a sentence, and stays to be mended', async () => {
    const answer = await send('/apps', { manifest: 'name: <b>' });
    expect(answer.status).toBe(400);
    const html = await answer.text();
    expect(html).toContain('This is no app manifest.');
    expect(html).toContain('>name: &lt;b></textarea>');
    expect((await fetch(`${setup.url}/apps/A0NOTHING`)).status).toBe(404);
    expect((await send(`/apps/${setup.app.appId}/install`, { team: 'T0NOTHING' })).status).toBe(400);
  });

  test('an address for events is tried at once, and again when the manifest is saved', async () => {
    const made = await send('/apps', {
      manifest: manifest({ receive: 'eventsApi', signingSecret: 'x', url: 'http://127.0.0.1:1' }),
    });
    expect(await made.text()).toContain('it did not answer the challenge');
    answering = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      request.on('end', () => response.end((JSON.parse(text) as { challenge: string }).challenge));
    });
    await new Promise<void>((listening) => answering!.listen(0, '127.0.0.1', listening));
    const { port } = answering.address() as AddressInfo;
    const saved = await send(`${new URL(made.url).pathname}/manifest`, {
      manifest: manifest({ receive: 'eventsApi', signingSecret: 'x', url: `http://127.0.0.1:${String(port)}` }),
    });
    expect(await saved.text()).toContain(`http://127.0.0.1:${String(port)}/slack/events</code>: verified.`);
  });

  test('an app whose tokens are renewed is installed at its own address', async () => {
    const more = { clientId: 'x', clientSecret: 'x', team: 'T0X', url: 'http://127.0.0.1:1' };
    const html = await (await send('/apps', { manifest: manifest(more) })).text();
    expect(html).toContain('/slack/install');
    expect(html).not.toContain('/install"');
  });
});
