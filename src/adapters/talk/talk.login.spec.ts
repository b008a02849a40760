import { memoryStore, talkAdapter, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { LoginRefused, NetworkUnavailable } from '../../model/errors.js';

const signal = new AbortController().signal;
const realPassword = 'pw-alice-12345678';

describe('talk.login', () => {
  let at: TalkAtSandbox;

  const asked = (): string[] => {
    const paths: string[] = [];
    const next = at.talk.faults.next.bind(at.talk.faults);
    at.talk.faults.next = (method, path) => {
      paths.push(`${method} ${path}`);
      return next(method, path);
    };
    return paths;
  };
  const exchanges = (paths: readonly string[]): number =>
    paths.filter((path) => path.includes('getapppassword')).length;

  beforeEach(async () => {
    at = await talkAtSandbox();
  });

  afterEach(async () => {
    await at.close();
  });

  it('says who is logged in where, and which version answers', async () => {
    expect(await at.adapter.connect(signal)).toEqual({
      login: `${at.talk.url} alice`,
      summary: `alice at ${at.talk.url}: Nextcloud 32.0.1, Talk 22.0.11, no signaling server`,
    });
  });

  it('says that a server has a signaling server', async () => {
    const other = await talkAtSandbox({ signaling: {} });
    expect((await other.adapter.connect(signal)).summary).toMatch(/, a signaling server$/);
    await other.close();
  });

  it('an app password is used as it is, and nothing is kept', async () => {
    expect(await at.store.get('login')).toBeUndefined();
  });

  it('a real password is exchanged once, and the app password kept', async () => {
    const store = memoryStore();
    const paths = asked();
    await at.make({ password: realPassword }, store).connect(signal);
    await at.make({ password: realPassword }, store).connect(signal);
    expect(exchanges(paths)).toBe(1);
    expect(await store.get('login')).toMatchObject({
      appPassword: expect.stringMatching(/^[A-Za-z0-9]{72}$/) as unknown,
    });
    expect(JSON.stringify(await store.get('login'))).not.toContain(realPassword);
  });

  it('a changed setting is exchanged again', async () => {
    const store = memoryStore();
    await at.make({ password: realPassword }, store).connect(signal);
    const kept = await store.get('login');
    await at.make({ password: at.talk.accounts.issueAppPassword('alice') }, store).connect(signal);
    expect(await store.get('login')).toEqual(kept);
    const wrong = at.make({ password: 'changed to something wrong' }, store);
    await expect(wrong.connect(signal)).rejects.toBeInstanceOf(LoginRefused);
  });

  it('a kept app password that was revoked is replaced by a new one', async () => {
    const store = memoryStore();
    const adapter = at.make({ password: realPassword }, store);
    await adapter.connect(signal);
    const before = await store.get('login');
    at.talk.accounts.revokeAppPassword('alice');
    await adapter.connect(signal);
    expect(await store.get('login')).not.toEqual(before);
  });

  it('trouble of the server is no refused login, and keeps what is kept', async () => {
    const store = memoryStore();
    const adapter = at.make({ password: realPassword }, store);
    await adapter.connect(signal);
    const before = await store.get('login');
    at.talk.faults.add({ path: '/cloud/user', fault: { do: 'answer', status: 503 } });
    await expect(adapter.connect(signal)).rejects.toBeInstanceOf(NetworkUnavailable);
    expect(await store.get('login')).toEqual(before);
  });

  it('after a refused login nothing is asked until somebody connects again', async () => {
    at.talk.accounts.revokeAppPassword('alice');
    await expect(at.adapter.describeRoom(at.room, signal)).rejects.toBeInstanceOf(LoginRefused);
    const paths = asked();
    for (let times = 0; times < 5; times += 1) {
      await expect(at.pulling.pull(at.room, null, 'now', signal)).rejects.toBeInstanceOf(LoginRefused);
    }
    expect(paths).toEqual([]);
    await expect(at.adapter.connect(signal)).rejects.toBeInstanceOf(LoginRefused);
    expect(paths).toHaveLength(1);
  });

  it('a server without Talk for the account is not ready', async () => {
    const body = JSON.stringify({ ocs: { data: { version: { string: '32.0.1' }, capabilities: {} } } });
    at.talk.faults.add({ path: '/cloud/capabilities', fault: { do: 'answer', status: 200, body } });
    await expect(at.adapter.connect(signal)).rejects.toThrow('no Talk');
  });

  it('no log line has a secret', async () => {
    await at.make({ password: realPassword }, memoryStore()).connect(signal);
    expect(at.logged.length).toBeGreaterThan(0);
    expect(JSON.stringify(at.logged)).not.toMatch(/pw-alice|[A-Za-z0-9]{72}/);
  });

  it('a bearer token logs in as whose it is; one that is nobody’s is refused', async () => {
    const made = [at.talk.accounts.issueAppPassword('bob'), 'nobody'].map((bearerToken) =>
      talkAdapter({ url: at.talk.url, user: 'alice', bearerToken }, { store: at.store }),
    );
    const [bob, nobody] = made;
    expect(await bob!.connect(signal)).toMatchObject({ login: `${at.talk.url} bob` });
    await expect(nobody!.connect(signal)).rejects.toBeInstanceOf(LoginRefused);
    for (const adapter of made) await adapter.start({ accept: () => Promise.resolve() }, AbortSignal.abort());
  });
});
