import { TalkSandbox } from '../../../src/sandbox/talk/talk-sandbox.js';
import { Asker } from '../talk-asker.js';
import { pixel, type Town } from './town.js';

/** Endpoints of what people say, and of their files. */
export function testChats(town: Town): void {
  test('chats: what is not there and what is too much', async () => {
    const { sandbox, asker, token } = town;
    const at = `v1/chat/${token}`;
    const id = sandbox.post(token, 'alice', 'hello');
    const note = sandbox.state.rooms.get(token)!.log.all()[0]!.id;
    expect(await asker.status('alice', 'PUT', `${at}/${id}`, { json: { message: 'x'.repeat(32_001) } })).toBe(413);
    expect(await asker.status('alice', 'GET', `${at}/${id}/context`, { query: { threadId: 99_999 } })).toBe(304);
    const metaData = 'x'.repeat(32_001);
    expect(
      await asker.status('alice', 'POST', `${at}/share`, { json: { objectType: 'x', objectId: '1', metaData } }),
    ).toBe(413);
    expect(await asker.status('dave', 'POST', `${at}/share`, { json: { objectType: 'x', objectId: '1' } })).toBe(404);
    for (const method of ['POST', 'GET', 'DELETE']) {
      expect(await asker.status('alice', method, `${at}/99999/reminder`)).toBe(404);
    }
    expect(await asker.status('alice', 'GET', `v1/reaction/${token}/99999`)).toBe(404);
    expect(await asker.status('alice', 'DELETE', `v1/reaction/${token}/${note}`, { query: { reaction: '👍' } })).toBe(
      400,
    );
    expect(await asker.status('alice', 'GET', `${at}/threads/${id}`)).toBe(404);
    expect(await asker.status('alice', 'PUT', `${at}/threads/${id}`, { json: { threadTitle: 'x' } })).toBe(404);
    expect(await asker.status('alice', 'POST', `${at}/threads/${id}/notify`, { json: { level: 1 } })).toBe(404);
    const thread = sandbox.post(token, 'alice', 'root', { threadTitle: 'Plans' });
    expect(await asker.status('alice', 'PUT', `${at}/threads/${thread}`, { json: { threadTitle: ' ' } })).toBe(400);
    expect(await asker.status('bob', 'PUT', `${at}/threads/${thread}`, { json: { threadTitle: 'x' } })).toBe(403);
    expect(await asker.status('alice', 'POST', `${at}/threads/${thread}/notify`, { json: { level: 9 } })).toBe(400);
  });

  test('polls: a closed one stays closed', async () => {
    const { asker, token } = town;
    const at = `v1/poll/${token}`;
    const question = { question: 'Lunch?', options: ['Soup', 'Salad'], resultMode: 0, maxVotes: 1 };
    const { id } = (await asker.ask('alice', 'POST', at, { json: question })).data as { id: number };
    expect(await asker.status('alice', 'DELETE', `${at}/${id}`)).toBe(200);
    expect(await asker.status('alice', 'DELETE', `${at}/${id}`)).toBe(400);
    expect(await asker.status('alice', 'DELETE', `${at}/99999`)).toBe(404);
    expect(await asker.status('alice', 'POST', `${at}/99999`, { json: { optionIds: [0] } })).toBe(404);
    expect(await asker.status('alice', 'POST', `${at}/draft/99999`, { json: question })).toBe(404);
    expect(await asker.status('dave', 'GET', `${at}/drafts`)).toBe(404);
  });

  test('files: a shared one has a room of its own', async () => {
    const { sandbox, asker } = town;
    sandbox.state.files.makeFolder('alice', '/Docs');
    const data = Buffer.from('text');
    const { file } = sandbox.state.files.put({ owner: 'alice', path: '/Docs/a.txt', mimetype: 'text/plain', data });
    expect(await asker.status('alice', 'GET', `v1/file/${file.id}`)).toBe(404);
    const shares = '/ocs/v2.php/apps/files_sharing/api/v1/shares';
    const share = await asker.ask('alice', 'POST', shares, { json: { shareType: 3, path: '/Docs/a.txt' } });
    const { token: link } = share.data as { token: string };
    const room = (await asker.ask('alice', 'GET', `v1/file/${file.id}`)).data as { token: string };
    expect(await asker.ask('bob', 'GET', `v1/publicshare/${link}`)).toMatchObject({
      status: 200,
      data: { token: room.token, userId: 'bob', userDisplayName: 'bob' },
    });
    expect(await asker.status(undefined, 'GET', 'v1/publicshare/none')).toBe(404);
    expect(await asker.status(undefined, 'POST', 'v1/publicshareauth', { json: { shareToken: link } })).toBe(201);
    expect(await asker.status(undefined, 'POST', 'v1/publicshareauth', { json: { shareToken: 'none' } })).toBe(404);
    const strict = new TalkSandbox({ fileRooms: false });
    await strict.start(0);
    const strictAsker = new Asker(() => strict.url);
    const own = strict.state.files.put({ owner: 'alice', path: '/a.txt', mimetype: 'text/plain', data }).file;
    const shared = await strictAsker.ask('alice', 'POST', shares, { json: { shareType: 3, path: '/a.txt' } });
    const strictLink = (shared.data as { token: string }).token;
    expect(await strictAsker.status('alice', 'GET', `v1/file/${own.id}`)).toBe(400);
    expect(await strictAsker.status(undefined, 'GET', `v1/publicshare/${strictLink}`)).toBe(400);
    await strict.stop();
    asker.seen.push(...strictAsker.seen);
  });

  test('e-mail lists, meetings, own pictures and settings', async () => {
    const { sandbox, asker, token } = town;
    const list = (file: string): Promise<number> =>
      asker.status('alice', 'POST', `v4/room/${token}/import-emails`, { file });
    expect(await list('name,email\nAda,ada@example.org\nAda,ada@example.org\n')).toBe(200);
    expect(await list('name\nAda\n')).toBe(400);
    const meet = (json: unknown): Promise<number> =>
      asker.status('alice', 'POST', `v4/room/${token}/meeting`, { json });
    const start = Math.floor(Date.now() / 1000) + 3600;
    expect(await meet({ calendarUri: 'calendars/alice/personal', start })).toBe(200);
    expect(await meet({ calendarUri: 'calendars/alice/personal', start: 1 })).toBe(400);
    const two = await asker.ask('alice', 'POST', 'v4/room', { json: { roomType: 1, invite: 'bob' } });
    const pair = (two.data as { token: string }).token;
    expect(await asker.status('alice', 'GET', `v4/room/${pair}/mutual-events`)).toBe(200);
    const picture = '/ocs/v2.php/apps/spreed/temp-user-avatar';
    expect(await asker.status('alice', 'DELETE', picture)).toBe(400);
    expect(await asker.status('alice', 'POST', picture, { file: 'no picture' })).toBe(400);
    expect(await asker.status('alice', 'POST', picture, { file: pixel })).toBe(200);
    const shown = await fetch(`${sandbox.url}/index.php/avatar/alice/64`);
    expect(shown.headers.get('x-nc-iscustomavatar')).toBe('1');
    expect(await asker.status('alice', 'DELETE', picture)).toBe(200);
    expect(await asker.status('alice', 'POST', 'v1/settings/user', { json: { key: 'no', value: 1 } })).toBe(400);
    const heartbeat = '/ocs/v2.php/apps/user_status/api/v1/heartbeat';
    expect(await asker.status('alice', 'PUT', heartbeat, { json: { status: 'dnd' } })).toBe(400);
    expect(await asker.status('alice', 'PUT', heartbeat, { json: { status: 'away' } })).toBe(200);
    expect(sandbox.accounts.status('alice').status).toBe('away');
    sandbox.accounts.setStatus('alice', { status: 'dnd', icon: null, message: null });
    expect(await asker.status('alice', 'PUT', heartbeat, { json: { status: 'online' } })).toBe(204);
    const cloudId = 'x@example.org';
    for (const path of [`v1/proxy/new/user-avatar/64/dark`, `v1/proxy/${token}/user-avatar/512/dark`]) {
      expect(await asker.status('alice', 'GET', path, { query: { cloudId } })).toBe(200);
    }
  });
}
