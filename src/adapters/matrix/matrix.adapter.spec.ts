import { MatrixBench, until } from '../../../test/contract/matrix-bench.js';
import { failureOf } from '../../../test/contract/matrix-team.js';

describe('matrix account', () => {
  let bench: MatrixBench;

  beforeEach(async () => {
    bench = await MatrixBench.open();
  });

  afterEach(async () => {
    await bench.close();
  });

  const told = (): unknown[] =>
    bench.log.filter(({ event }) => event.includes('ping')).map(({ level, fields }) => [level, fields['fault']]);

  it('says who is logged in where, and is called by its name', async () => {
    const adapter = bench.make();
    expect(await adapter.connect(bench.signal)).toEqual({
      login: '@crosstalk:sandbox.test',
      summary: `@crosstalk:sandbox.test at ${bench.url} (a homeserver, Matrix v1.12)`,
    });
    expect(await adapter.describeUser('@crosstalk:sandbox.test' as never, bench.signal)).toEqual({ name: 'Crosstalk' });
  });

  it('a homeserver that is away is tried again', async () => {
    const failure = await failureOf(bench.make({ homeserver: 'http://127.0.0.1:9' }).connect(bench.signal));
    expect([failure.code, failure.failure.retry]).toEqual(['networkUnavailable', 'later']);
  });

  it('a token of another user or server is refused', async () => {
    expect((await failureOf(bench.make({ bot: 'somebody' }).connect(bench.signal))).code).toBe('loginRefused');
    expect((await failureOf(bench.make({ serverName: 'else.test' }).connect(bench.signal))).code).toBe('loginRefused');
  });

  it('settles after its own timeout and five seconds, unless told else', () => {
    expect(bench.make({ requestTimeoutMs: 1000 }).settling).toEqual({ afterTimeoutMs: 6000, afterDisconnectMs: 2000 });
    const settling = { afterTimeoutMs: 10, afterDisconnectMs: 20 };
    expect(bench.make({ settling }).settling).toEqual(settling);
  });

  it('what waited while we were away comes at once', async () => {
    const alice = bench.sandbox.addUser('alice', 'Alice');
    const room = bench.sandbox.createRoom({ creator: alice, name: 'Team', public: true });
    bench.linked.add(room);
    const adapter = bench.make();
    await adapter.connect(bench.signal);
    await adapter.resolveRoom({ room }, 'team', bench.signal);
    await until(() => bench.sandbox.pendingTransactions().some(({ failures }) => failures >= 6));
    // The next try would be more than a second away.
    const startedMs = Date.now();
    await bench.begin(adapter);
    await until(() => bench.sandbox.isPushed);
    expect(Date.now() - startedMs).toBeLessThan(20 * 2 ** 6);
  });

  it('a ping that fails is told once with what to do, and once more when it works', async () => {
    const adapter = bench.make();
    await adapter.connect(bench.signal);
    const stop = new AbortController();
    await adapter.start(bench.ingest, stop.signal);
    await until(() => told().length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(told()).toEqual([['warn', 'M_BAD_STATUS']]);
    expect(bench.log[0]?.fields['remedy']).toContain('hs_token');
    await bench.begin(bench.make());
    await until(() => bench.log.some(({ event }) => event === 'the homeserver reaches us'));
    stop.abort();
  });

  it('a ping that comes while the homeserver hands over what waited raises no alarm', async () => {
    const alice = bench.sandbox.addUser('alice', 'Alice');
    const room = bench.sandbox.createRoom({ creator: alice, name: 'Team', public: true });
    bench.linked.add(room);
    const adapter = bench.make();
    await adapter.connect(bench.signal);
    await adapter.resolveRoom({ room }, 'team', bench.signal);
    await until(() => bench.sandbox.pendingTransactions().some(({ failures }) => failures >= 1));
    let handOver: () => void = () => undefined;
    bench.ingest.before = () => new Promise((resolve) => (handOver = resolve));
    await bench.begin(adapter);
    await until(() => bench.log.some(({ event }) => event === 'the homeserver reaches us'));
    bench.log.splice(0);
    const second = new AbortController();
    await adapter.start(bench.ingest, second.signal);
    await until(() => bench.log.some(({ event }) => event.includes('ping') || event.includes('reaches us')));
    expect(bench.log.map(({ level, event }) => [level, event])).toEqual([['info', 'the homeserver reaches us']]);
    second.abort();
    bench.ingest.before = undefined;
    handOver();
    await until(() => bench.sandbox.isPushed);
  });

  it('logs hold no tokens and no contents', async () => {
    const alice = bench.sandbox.addUser('alice', 'Alice');
    const room = bench.sandbox.createRoom({ creator: alice, name: 'Team', public: true });
    bench.linked.add(room);
    const adapter = bench.make();
    await bench.begin(adapter);
    await adapter.resolveRoom({ room }, 'team', bench.signal);
    bench.sandbox.post(room, alice, 'a secret');
    await until(() => bench.sandbox.isPushed);
    await adapter.source.receive('1', Buffer.from('{"events":"a secret"}'));
    const logged = JSON.stringify(bench.log);
    for (const word of ['as-secret', 'hs-secret', 'a secret']) expect(logged).not.toContain(word);
  });
});
