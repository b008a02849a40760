import { TalkSandbox } from '../../../src/sandbox/talk/talk-sandbox.js';
import { Asker } from '../talk-asker.js';
import { join, type Town } from './town.js';

/** Endpoints of the server itself, and of two that federate. */
export function testServers(town: Town): void {
  test('administration: what is not there says so', async () => {
    const { asker, token } = town;
    const as = (user: string, method: string, path: string, json?: unknown): Promise<number> =>
      asker.status(user, method, path, json === undefined ? {} : { json });
    for (const [method, path] of [
      ['DELETE', 'v1/bridge'],
      ['GET', 'v1/bridge/version'],
      ['GET', 'v1/certificate/expiration'],
      ['POST', 'v1/hostedsignalingserver/requesttrial'],
      ['DELETE', 'v1/hostedsignalingserver/delete'],
    ] as const) {
      expect(await as('alice', method, path)).toBe(403);
    }
    expect(await as('admin', 'DELETE', 'v1/bridge')).toBe(200);
    expect(await as('admin', 'GET', 'v1/bridge/version')).toBe(400);
    expect(
      await asker.status('admin', 'GET', 'v1/certificate/expiration', { query: { host: 'cloud.example.org' } }),
    ).toBe(200);
    expect(await asker.status('admin', 'GET', 'v1/certificate/expiration', { query: { host: 'no host' } })).toBe(400);
    expect(await as('admin', 'POST', 'v1/hostedsignalingserver/requesttrial', {})).toBe(400);
    const whole = { url: 'u', name: 'n', email: 'e', language: 'l', country: 'c' };
    expect(await as('admin', 'POST', 'v1/hostedsignalingserver/requesttrial', whole)).toBe(500);
    expect(await as('admin', 'DELETE', 'v1/hostedsignalingserver/delete')).toBe(400);
    expect(await as('alice', 'GET', `v1/bridge/${token}`)).toBe(200);
    expect(await as('alice', 'GET', `v1/bridge/${token}/process`)).toBe(200);
    expect(await as('alice', 'PUT', `v1/bridge/${token}`, { enabled: true, parts: [] })).toBe(406);
    expect(await as('alice', 'DELETE', `v1/bridge/${token}`)).toBe(200);
    expect(await as('alice', 'GET', 'v1/live-transcription/languages')).toBe(400);
    expect(await as('alice', 'DELETE', `v1/live-transcription/${token}`)).toBe(400);
    expect(await as('alice', 'POST', `v1/live-transcription/${token}/language`, { languageId: 'en' })).toBe(400);
    expect(await as('bob', 'POST', `v1/live-transcription/${token}/language`, { languageId: 'en' })).toBe(403);
  });

  test('apps that others bring answer where they are installed', async () => {
    const { rich, richAsker } = town;
    const room = rich.rooms.create({ name: 'Room', owner: 'alice' });
    const as = (method: string, path: string, json?: unknown): Promise<number> =>
      richAsker.status('alice', method, path, { browser: 'apps', ...(json === undefined ? {} : { json }) });
    const first = rich.post(room, 'alice', 'hello');
    expect(await as('POST', `v1/chat/${room}/summarize`, { fromMessageId: first })).toBe(204);
    expect(await as('POST', `v1/chat/${room}/summarize`, { fromMessageId: first - 1 })).toBe(201);
    expect(await as('GET', 'v1/live-transcription/languages')).toBe(200);
    await join(richAsker, 'alice', room, 'apps');
    await as('POST', `v4/call/${room}`, { flags: 3 });
    expect(await as('POST', `v1/live-transcription/${room}`)).toBe(200);
    expect(await as('DELETE', `v1/live-transcription/${room}`)).toBe(200);
    expect(await as('POST', `v1/live-transcription/${room}/language`, { languageId: 'de' })).toBe(200);
    expect(await richAsker.status('admin', 'GET', 'v1/bridge/version')).toBe(200);
    expect(await as('PUT', `v1/bridge/${room}`, { enabled: true, parts: [{ type: 'irc' }] })).toBe(200);
    expect((await richAsker.ask('alice', 'GET', `v1/bridge/${room}`)).data).toMatchObject({
      enabled: true,
      running: true,
    });
  });

  test('apps that others bring can fail', async () => {
    const failing = new TalkSandbox({ extras: { summaries: 'fails', matterbridge: '1.26.0', bridgesStop: false } });
    await failing.start(0);
    const asker = new Asker(() => failing.url);
    const room = failing.rooms.create({ name: 'Room', owner: 'alice' });
    const summary = { json: { fromMessageId: 1 } };
    expect(await asker.status('alice', 'POST', `v1/chat/${room}/summarize`, summary)).toBe(500);
    expect(await asker.status('alice', 'PUT', `v1/bridge/${room}`, { json: { enabled: true, parts: [] } })).toBe(200);
    expect(await asker.status('alice', 'DELETE', `v1/bridge/${room}`)).toBe(406);
    expect(await asker.status('admin', 'DELETE', 'v1/bridge')).toBe(406);
    expect((await asker.ask('alice', 'GET', `v1/bridge/${room}`)).data).toMatchObject({ running: true });
    await failing.stop();
    town.asker.seen.push(...asker.seen);
  });

  test('federation: sessions and calls of another server, and one that is gone', async () => {
    const { asker } = town;
    const host = new TalkSandbox({ federation: true, pollStepMs: 5 });
    const guest = new TalkSandbox({ federation: true, users: [{ id: 'dora' }], pollStepMs: 5 });
    await host.start(0);
    await guest.start(0);
    const [onHost, onGuest] = [new Asker(() => host.url), new Asker(() => guest.url)];
    const room = host.rooms.create({ name: 'Federated', owner: 'alice' });
    const invite = async (): Promise<number> => {
      const json = { newParticipant: `dora@${guest.url}`, source: 'federated_users' };
      await onHost.ask('alice', 'POST', `v4/room/${room}/participants`, { json });
      return ((await onGuest.ask('dora', 'GET', 'v1/federation/invitation')).data as { id: number }[]).at(-1)!.id;
    };
    const id = await invite();
    const accepted = await onGuest.ask('dora', 'POST', `v1/federation/invitation/${id}`);
    const { token: local } = accepted.data as { token: string };
    expect(await onGuest.status('dora', 'DELETE', `v1/federation/invitation/${id}`)).toBe(400);
    const session = await join(onGuest, 'dora', local, 'dora');
    const secret = guest.state.rooms.get(local)!.remote!.secret;
    const login = Buffer.from(`${encodeURIComponent(`dora@${guest.url}`)}:${secret}`).toString('base64');
    const headers = { 'x-nextcloud-federation': 'true', authorization: `Basic ${login}` };
    const call = (method: string, sessionId: string, flags = 3): Promise<number> =>
      onHost.status(undefined, method, `v4/call/${room}/federation`, { json: { sessionId, flags }, headers });
    expect(await call('PUT', session)).toBe(400);
    expect(await call('POST', session)).toBe(200);
    expect(await call('PUT', session, 7)).toBe(200);
    expect(await call('DELETE', session)).toBe(200);
    expect(await onGuest.status('dora', 'POST', `v4/call/${local}`, { json: { flags: 3 }, browser: 'dora' })).toBe(200);
    expect(host.state.rooms.get(room)!.call?.flags).toBe(3);
    expect(await onGuest.status('dora', 'DELETE', `v4/call/${local}`, { browser: 'dora' })).toBe(200);
    host.state.rooms.get(room)!.recordingConsent = 1;
    expect(await call('POST', session)).toBe(400);
    expect(await onHost.status('alice', 'DELETE', `v1/chat/${room}`)).toBe(202);
    const active = `v4/room/${room}/federation/active`;
    const opened = { json: { sessionId: 'another' }, headers };
    expect(await onHost.status(undefined, 'POST', active, opened)).toBe(200);
    expect(await onHost.status(undefined, 'DELETE', active, { query: { sessionId: session }, headers })).toBe(200);
    expect(await onGuest.status('dora', 'POST', `v1/chat/${local}/share`, { json: {} })).toBe(406);
    expect(await onGuest.status('dora', 'DELETE', `v4/room/${local}/participants/self`)).toBe(200);
    const again = await invite();
    await host.stop();
    expect(await onGuest.status('dora', 'POST', `v1/federation/invitation/${again}`)).toBe(410);
    await guest.stop();
    asker.seen.push(...onHost.seen, ...onGuest.seen);
  });
}
