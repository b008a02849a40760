import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { ask } from './talk-client.js';

describe('logging in to the sandbox Talk server', () => {
  const rooms = { path: '/apps/spreed/api/v4/room' };
  let sandbox: TalkSandbox;
  let base: string;

  beforeEach(async () => {
    sandbox = new TalkSandbox();
    base = (await sandbox.start(0)).url;
  });

  afterEach(async () => {
    await sandbox.stop();
  });

  test('a real password is exchanged for an app password, which works until it is deleted', async () => {
    const given = (await ask(base, 'alice', { path: '/core/getapppassword' })).data as { apppassword: string };
    const password = given.apppassword;
    expect(password).toMatch(/^[A-Za-z0-9]{72}$/);
    expect((await ask(base, 'alice', { ...rooms, password })).status).toBe(200);
    expect((await ask(base, 'bob', { ...rooms, password })).status).toBe(401);
    expect((await ask(base, 'alice', { path: '/core/getapppassword', password })).status).toBe(403);
    expect((await ask(base, 'alice', { method: 'DELETE', path: '/core/apppassword', password })).status).toBe(200);
    expect((await ask(base, 'alice', { ...rooms, password })).status).toBe(401);
  });

  test('a revoked app password answers 401 while the real one goes on', async () => {
    const password = sandbox.accounts.issueAppPassword('alice');
    expect((await ask(base, 'alice', { ...rooms, password })).status).toBe(200);
    sandbox.accounts.revokeAppPassword('alice');
    expect((await ask(base, 'alice', { ...rooms, password })).status).toBe(401);
    expect((await ask(base, 'alice', rooms)).status).toBe(200);
  });

  test('a login flow gives its app password once, and only after it was granted', async () => {
    const start = await fetch(`${base}/index.php/login/v2`, { method: 'POST' });
    const flow = (await start.json()) as { poll: { token: string; endpoint: string }; login: string };
    const poll = (): Promise<Response> =>
      fetch(flow.poll.endpoint, { method: 'POST', body: new URLSearchParams({ token: flow.poll.token }) });
    expect((await poll()).status).toBe(404);
    const form = new URLSearchParams({ user: 'carol', password: 'pw-carol-12345678' });
    expect((await fetch(flow.login, { method: 'POST', body: form })).status).toBe(200);
    const granted = (await (await poll()).json()) as { server: string; loginName: string; appPassword: string };
    expect(granted).toEqual({ server: base, loginName: 'carol', appPassword: granted.appPassword });
    expect((await ask(base, 'carol', { ...rooms, password: granted.appPassword })).status).toBe(200);
    expect((await poll()).status).toBe(404);
  });

  test('a user who is added later logs in like the others and has a picture', async () => {
    sandbox.accounts.add({ id: 'dora', displayName: 'Dora D', password: 'secret' });
    const me = (await ask(base, 'dora', { path: '/cloud/user', password: 'secret' })).data as { displayname: string };
    expect(me.displayname).toBe('Dora D');
    const picture = await fetch(`${base}/index.php/avatar/dora/64`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect((await fetch(`${base}/index.php/avatar/nobody/64`)).status).toBe(404);
  });
});
