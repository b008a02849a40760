import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { ask, chatPath, ids, readBackward, readForward, texts } from './talk-client.js';

describe('reading a Talk room forward', () => {
  let sandbox: TalkSandbox;
  let base: string;
  let token: string;
  let cursor: number;

  async function startWith(settings: ConstructorParameters<typeof TalkSandbox>[0]): Promise<void> {
    sandbox = new TalkSandbox(settings);
    base = (await sandbox.start(0)).url;
    token = sandbox.rooms.create({ name: 'Room', owner: 'alice', members: ['bob'] });
    cursor = sandbox.post(token, 'alice', 'first');
  }

  afterEach(async () => {
    await sandbox.stop();
  });

  test('with nothing new the poll ends after its steps with a 304 without Talk headers', async () => {
    await startWith({ pollStepMs: 5 });
    const answer = await readForward(base, 'bob', token, cursor, 3);
    expect(answer.status).toBe(304);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('x-'))).toEqual([]);
  });

  test('a waiting poll returns what was posted meanwhile, with the next cursor', async () => {
    await startWith({ pollStepMs: 20 });
    const waiting = readForward(base, 'bob', token, cursor, 30);
    const id = sandbox.post(token, 'alice', 'second');
    const answer = await waiting;
    expect(answer.status).toBe(200);
    expect(texts(answer)).toEqual(['second']);
    expect(answer.headers.get('x-chat-last-given')).toBe(String(id));
  });

  test('a message is seen at the next step, not when it is stored', async () => {
    await startWith({ pollStepMs: 60_000 });
    let isAnswered = false;
    const waiting = readForward(base, 'bob', token, cursor, 30).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await until(() => sandbox.state.longPoll.waiting === 1);
    sandbox.post(token, 'alice', 'second');
    await readBackward(base, 'bob', token);
    expect(isAnswered).toBe(false);
    sandbox.state.longPoll.stop();
    expect(texts(await waiting)).toEqual(['second']);
  });

  test('a held poll holds its worker: other requests wait in line', async () => {
    await startWith({ pollStepMs: 20, phpWorkers: 1 });
    const waiting = readForward(base, 'bob', token, cursor, 30);
    await until(() => sandbox.load.busy === 1);
    const behind = readBackward(base, 'alice', token);
    await until(() => sandbox.load.waiting === 1);
    sandbox.post(token, 'alice', 'second');
    expect((await waiting).status).toBe(200);
    expect((await behind).status).toBe(200);
    expect(sandbox.load).toEqual({ busy: 0, waiting: 0 });
  });

  test('what is committed late sorts before what was read and never comes forward', async () => {
    await startWith({});
    const read = await readForward(base, 'bob', token, 0);
    const known = Number(read.headers.get('x-chat-last-given'));
    const late = sandbox.commitLate(token, 'alice', 'late', 5);
    expect((await readForward(base, 'bob', token, known)).status).toBe(304);
    const next = sandbox.post(token, 'alice', 'next');
    expect(ids(await readForward(base, 'bob', token, known))).toEqual([next]);
    const page = await readBackward(base, 'bob', token);
    expect(ids(page)).toContain(late);
    expect(ids(page).indexOf(late)).toBeGreaterThan(ids(page).indexOf(known));
  });

  test('with a commit delay a message keeps the time when its request began', async () => {
    let nowMs = 1_700_000_000_000;
    await startWith({ clock: () => nowMs, commitDelayMs: 50 });
    const posting = ask(base, 'alice', { method: 'POST', path: `${chatPath}/${token}`, body: { message: 'slow' } });
    await until(() => sandbox.state.pendingCommits === 1);
    nowMs += 2_000;
    const quick = sandbox.post(token, 'bob', 'quick');
    const slow = (await posting).data as { id: number; timestamp: number };
    expect(slow.id).toBeGreaterThan(quick);
    expect(slow.timestamp).toBe(1_700_000_000);
    expect(sandbox.messages(token).map((row) => row['message'])).toEqual([
      '{actor} created the conversation',
      '{actor} added {user}',
      'first',
      'slow',
      'quick',
    ]);
  });

  test('without the cursor row, as after a cleared history, the cursor is the id alone', async () => {
    await startWith({});
    sandbox.rooms.clearHistory(token);
    const answer = await readForward(base, 'bob', token, cursor);
    expect(texts(answer)).toEqual(['{actor} cleared the history of the conversation']);
  });
});

describe('reading a Talk room with a memory cache', () => {
  const cacheMs = 30_000;
  let nowMs: number;
  let sandbox: TalkSandbox;
  let base: string;
  let token: string;
  let cursor: number;

  beforeEach(async () => {
    nowMs = 1_700_000_000_000;
    sandbox = new TalkSandbox({ cacheMs, pollStepMs: 5, clock: () => nowMs });
    base = (await sandbox.start(0)).url;
    token = sandbox.rooms.create({ name: 'Room', owner: 'alice', members: ['bob'] });
    cursor = sandbox.post(token, 'alice', 'first');
  });

  afterEach(async () => {
    await sandbox.stop();
  });

  test('an added reaction is not seen by forward reads until the cache ends', async () => {
    expect((await readForward(base, 'bob', token, cursor)).status).toBe(304);
    sandbox.react(token, 'alice', cursor, '👍');
    expect((await readForward(base, 'bob', token, cursor, 3)).status).toBe(304);
    nowMs += cacheMs + 1;
    expect(texts(await readForward(base, 'bob', token, cursor))).toEqual(['👍']);
  });

  test('a removed reaction comes at once', async () => {
    sandbox.react(token, 'alice', cursor, '👍');
    expect((await readForward(base, 'bob', token, cursor + 1)).status).toBe(304);
    sandbox.unreact(token, 'alice', cursor, '👍');
    expect(texts(await readForward(base, 'bob', token, cursor + 1))).toEqual(['{actor} deleted a reaction']);
  });

  test('a stored message drops the cache', async () => {
    expect((await readForward(base, 'bob', token, cursor)).status).toBe(304);
    sandbox.post(token, 'alice', 'second');
    expect(texts(await readForward(base, 'bob', token, cursor))).toEqual(['second']);
  });

  test('a save that races an empty read is hidden from forward reads, never from the newest page', async () => {
    sandbox.raceNextSave(token);
    sandbox.post(token, 'alice', 'second');
    expect((await readForward(base, 'bob', token, cursor)).status).toBe(304);
    expect(texts(await readBackward(base, 'bob', token))[0]).toBe('second');
    nowMs += cacheMs + 1;
    expect(texts(await readForward(base, 'bob', token, cursor))).toEqual(['second']);
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
