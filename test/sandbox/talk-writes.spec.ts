import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { ask, chatPath, texts, readBackward } from './talk-client.js';

describe('writing to the sandbox Talk server', () => {
  let sandbox: TalkSandbox;
  let base: string;
  let token: string;

  beforeEach(async () => {
    sandbox = new TalkSandbox({ pollStepMs: 5 });
    base = (await sandbox.start(0)).url;
    token = sandbox.rooms.create({ name: 'Room', owner: 'alice', members: ['bob'] });
  });

  afterEach(async () => {
    await sandbox.stop();
  });

  const post = (message: string, referenceId: string): ReturnType<typeof ask> =>
    ask(base, 'alice', { method: 'POST', path: `${chatPath}/${token}`, body: { message, referenceId } });

  test('a reference id is stored and returned, never deduplicated', async () => {
    const first = (await post('same', 'r1')).data as { id: number; referenceId: string };
    const second = (await post('same', 'r1')).data as { id: number; referenceId: string };
    expect(first.referenceId).toBe('r1');
    expect(second.referenceId).toBe('r1');
    expect(second.id).not.toBe(first.id);
  });

  test('each accepted write has one ledger entry, a refused one none', async () => {
    const { id } = (await post('hello', 'r1')).data as { id: number };
    const messagePath = `${chatPath}/${token}/${id}`;
    const reactionPath = `/apps/spreed/api/v1/reaction/${token}/${id}`;
    await ask(base, 'bob', { method: 'PUT', path: messagePath, body: { message: 'hacked' } });
    await ask(base, 'bob', { method: 'POST', path: reactionPath, body: { reaction: '👍' } });
    await ask(base, 'bob', { method: 'POST', path: reactionPath, body: { reaction: '👍' } });
    await ask(base, 'bob', { method: 'DELETE', path: reactionPath, query: { reaction: '👍' } });
    await ask(base, 'alice', { method: 'PUT', path: messagePath, body: { message: 'hello!' } });
    await ask(base, 'alice', { method: 'DELETE', path: messagePath });
    const target = String(id);
    expect(sandbox.ledger.entries(token).map(({ atMs: _, ...entry }) => entry)).toEqual([
      { order: 1, kind: 'message', room: token, id: target, actor: 'users/alice', text: 'hello', key: 'r1' },
      { order: 2, kind: 'reaction', room: token, id: String(id + 1), actor: 'users/bob', text: '👍', target },
      { order: 3, kind: 'reactionRemoval', room: token, id: String(id + 2), actor: 'users/bob', text: '👍', target },
      { order: 4, kind: 'edit', room: token, id: String(id + 3), actor: 'users/alice', text: 'hello!', target },
      { order: 5, kind: 'deletion', room: token, id: String(id + 4), actor: 'users/alice', target },
    ]);
  });

  test('what is accepted and then dropped has had its effect', async () => {
    sandbox.faults.add({ method: 'POST', path: '/chat/', fault: { do: 'acceptThenDrop' } });
    await expect(post('lost answer', 'r2')).rejects.toThrow('fetch failed');
    expect(sandbox.ledger.entries(token).map((entry) => entry.key)).toEqual(['r2']);
    expect(texts(await readBackward(base, 'bob', token))[0]).toBe('lost answer');
  });

  test('what is dropped unread has had none', async () => {
    sandbox.faults.add({ method: 'POST', path: '/chat/', fault: { do: 'drop' } });
    await expect(post('never', 'r3')).rejects.toThrow('fetch failed');
    expect(sandbox.ledger.entries(token)).toEqual([]);
  });

  test('lobby, lock and a removed membership answer 412, 403 and 404', async () => {
    const send = (): ReturnType<typeof ask> =>
      ask(base, 'bob', { method: 'POST', path: `${chatPath}/${token}`, body: { message: 'hi' } });
    sandbox.rooms.setLobby(token, true);
    expect((await send()).status).toBe(412);
    sandbox.rooms.setLobby(token, false);
    sandbox.rooms.setReadOnly(token, true);
    expect((await send()).status).toBe(403);
    sandbox.rooms.setReadOnly(token, false);
    expect((await send()).status).toBe(201);
    sandbox.rooms.removeMember(token, 'bob');
    expect((await send()).status).toBe(404);
  });

  test('listeners are told of each change', () => {
    const changes: string[] = [];
    const stop = sandbox.onChange(({ what }) => changes.push(what));
    const id = sandbox.post(token, 'alice', 'one');
    sandbox.edit(token, 'alice', id, 'two');
    sandbox.rooms.addMember(token, 'carol');
    stop();
    sandbox.post(token, 'alice', 'three');
    expect(changes).toEqual(['message', 'message', 'message', 'room', 'members']);
  });

  test('the control endpoints give the ledger from an order on and take faults', async () => {
    sandbox.post(token, 'alice', 'one');
    sandbox.post(token, 'alice', 'two');
    const ledger = (await (await fetch(`${base}/_sandbox/ledger?after=1`)).json()) as { order: number; text: string }[];
    expect(ledger.map(({ order, text }) => ({ order, text }))).toEqual([{ order: 2, text: 'two' }]);
    const rule = { path: '/chat/', times: 100, fault: { do: 'answer', status: 503 } };
    expect((await fetch(`${base}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(rule) })).status).toBe(204);
    expect((await readBackward(base, 'bob', token)).status).toBe(503);
    expect((await fetch(`${base}/_sandbox/faults`, { method: 'DELETE' })).status).toBe(204);
    expect((await readBackward(base, 'bob', token)).status).toBe(200);
  });
});
