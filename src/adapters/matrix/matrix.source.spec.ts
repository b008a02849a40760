import { MatrixBench, MemoryIngest, until } from '../../../test/contract/matrix-bench.js';
import { matrixTeam } from '../../../test/contract/matrix-team.js';
import type { MessageSent } from '../../model/bridge-event.js';
import { accountId, roomId, userId } from '../../model/ids.js';
import type { PublicAnswer } from '../../model/network-definition.js';
import type { MatrixAdapter } from './matrix.adapter.js';
import { matrixDefinition } from './matrix.definition.js';

const bot = '@crosstalk:sandbox.test';

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly params?: Record<string, string>;
  readonly token?: string | null;
  readonly query?: string;
  readonly body?: unknown;
}

describe('matrix source', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let alice: string;
  let room: string;

  beforeEach(async () => {
    ({ bench, adapter, alice, room } = await matrixTeam());
    await until(() => bench.sandbox.isPushed);
  });

  afterEach(async () => {
    await bench.close();
  });

  /** Calls a route as the public listener does. */
  const call = ({
    method = 'PUT',
    path = '/_matrix/app/v1/transactions/:txnId',
    ...more
  }: Call): Promise<PublicAnswer> => {
    const route = matrixDefinition.httpRoutes([adapter]).find((each) => each.method === method && each.path === path);
    if (route === undefined) throw new Error(`no route ${method} ${path}`);
    const { token = 'hs-secret', body = { events: [] } } = more;
    return route.handle({
      // Not counted: those of the sandbox are.
      params: more.params ?? { txnId: 'by hand' },
      query: new URLSearchParams(more.query ?? ''),
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    });
  };
  const event = (id: string, more: object = {}): object => ({
    event_id: id,
    room_id: room,
    type: 'm.room.message',
    sender: alice,
    origin_server_ts: 1_795_230_333_871,
    content: { msgtype: 'm.text', body: id },
    ...more,
  });
  const messages = (): MessageSent[] =>
    bench
      .arrived(adapter)
      .flatMap(({ result }) => ('events' in result ? result.events : []))
      .filter((each): each is MessageSent => each.kind === 'messageSent');
  const stored = (key: string): unknown => {
    const body = bench.ingest.payloads.get(key)?.body;
    return body === undefined ? undefined : JSON.parse(Buffer.from(body).toString());
  };

  it('what the homeserver left behind is stored before what came later', async () => {
    bench.sandbox.post(room, alice, 'first');
    await until(() => bench.sandbox.isPushed);
    bench.sandbox.setPushFault({ strand: true, times: 1 });
    bench.sandbox.post(room, alice, 'left behind');
    await until(() => bench.sandbox.pendingTransactions().length === 1);
    bench.sandbox.post(room, alice, 'later');
    await until(() => bench.sandbox.isPushed);
    const texts = messages().map(({ body }) => JSON.stringify(body).match(/first|left behind|later/)?.[0]);
    expect(texts).toEqual(['first', 'left behind', 'later']);
  });

  describe('who may call', () => {
    it.each([
      [{ token: 'wrong' }, 403, 'M_FORBIDDEN'],
      [{ token: '' }, 401, 'M_MISSING_TOKEN'],
      [{ token: null }, 401, 'M_MISSING_TOKEN'],
      [{ token: null, query: 'access_token=wrong' }, 403, 'M_FORBIDDEN'],
      [{ query: 'access_token=wrong' }, 403, 'M_FORBIDDEN'],
    ])('%j is refused before its body is looked at', async (how, status, errcode) => {
      const before = bench.ingest.payloads.size;
      for (const body of [{ events: [event('$1')] }, Buffer.from('{')]) {
        expect(await call({ ...how, body })).toEqual({ status, json: { errcode } });
      }
      expect(bench.ingest.payloads.size).toBe(before);
    });

    it('the token may come as older homeservers send it', async () => {
      const old = { path: '/transactions/:txnId', token: null, query: 'access_token=hs-secret' };
      expect((await call({ ...old, body: { events: [event('$1')] } })).status).toBe(200);
      expect(stored('$1')).toBeDefined();
    });

    it('accounts are told apart by their tokens', async () => {
      const other = bench.make({ hsToken: 'other-secret' });
      const ingest = new MemoryIngest();
      await other.start(ingest, AbortSignal.abort());
      const routes = matrixDefinition.httpRoutes([adapter, other]);
      const request = {
        params: { txnId: '1' },
        query: new URLSearchParams(),
        headers: { authorization: 'Bearer other-secret' },
        body: Buffer.from('{"events":[]}'),
      };
      // The other one does not listen any more.
      expect((await routes[0]?.handle(request))?.status).toBe(503);
      expect(matrixDefinition.httpRoutes([])).toEqual([]);
    });
  });

  describe('transactions', () => {
    it('each event is stored under its id before the answer, in order', async () => {
      const before = bench.ingest.told.length;
      expect(await call({ body: { events: [event('$a'), event('$b')] } })).toEqual({ status: 200, json: {} });
      expect(bench.ingest.told.slice(before)).toEqual(['$a', '$b']);
      expect(messages().map(({ message }) => message.id)).toEqual(['$a', '$b']);
    });

    it('where storing fails the homeserver keeps the events', async () => {
      bench.ingest.fail = new Error('the disk is full');
      expect((await call({ body: { events: [event('$a')] } })).status).toBe(500);
      bench.sandbox.post(room, alice, 'kept');
      await until(() => bench.sandbox.pendingTransactions().some(({ failures }) => failures > 1));
      bench.ingest.fail = undefined;
      await until(() => bench.sandbox.isPushed);
      expect(messages().at(-1)?.body).toEqual([{ type: 'paragraph', content: [{ type: 'text', text: 'kept' }] }]);
    });

    it('they are handled one at a time', async () => {
      let underWay = 0;
      let most = 0;
      const slow = {
        accept: async () => {
          underWay += 1;
          most = Math.max(most, underWay);
          await new Promise((resolve) => setTimeout(resolve, 5));
          underWay -= 1;
        },
      };
      const stop = new AbortController();
      await adapter.start(slow, stop.signal);
      await Promise.all(['$a', '$b', '$c'].map((id) => call({ body: { events: [event(id)] } })));
      stop.abort();
      expect(most).toBe(1);
    });

    it('the same events in another transaction have the same keys', async () => {
      bench.sandbox.post(room, alice, 'once');
      await until(() => bench.sandbox.isPushed);
      const size = bench.ingest.payloads.size;
      expect(await bench.sandbox.replayTransaction('otherId')).toBe(true);
      expect(bench.ingest.payloads.size).toBe(size);
    });

    it('a body that was damaged on its way comes again; one without events does not', async () => {
      expect((await call({ body: Buffer.from('{"events":[') })).status).toBe(400);
      expect((await call({ body: Buffer.from('') })).status).toBe(400);
      for (const body of [[], 5, null, {}, { events: null }, { events: 'x' }]) {
        expect((await call({ body })).status).toBe(200);
      }
    });

    it('nothing that an event holds keeps others waiting', async () => {
      const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
      const body = Buffer.from(
        `{"events":[null,5,{"event_id":"$\\u0000"},${JSON.stringify(event('$deep')).replace('"body":"$deep"', `"body":${deep}`)},` +
          `{"__proto__":{"event_id":"$x"}},${JSON.stringify(event('$good'))}]}`,
      );
      expect((await call({ body })).status).toBe(200);
      expect(stored('$good')).toBeDefined();
      const keys = [...bench.ingest.payloads.keys()].slice(-6);
      expect(keys.every((key) => /^[$:\w-]+$/.test(key))).toBe(true);
      for (const key of keys.filter((each) => each !== '$good')) {
        expect(() => adapter.read(stored(key))).toThrow();
      }
    });

    it('before it listens, and after, the homeserver keeps the events', async () => {
      const stop = new AbortController();
      const early = bench.make();
      const handle = (): Promise<PublicAnswer> => early.source.receive('1', Buffer.from('{"events":[]}'));
      expect((await handle()).status).toBe(503);
      await early.start(bench.ingest, stop.signal);
      expect((await handle()).status).toBe(200);
      stop.abort();
      expect((await handle()).status).toBe(503);
    });

    it('later events have later versions, also when the clock goes back', async () => {
      const react = (id: string): object =>
        event(id, {
          type: 'm.reaction',
          content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$a', key: '👍' } },
        });
      await call({ body: { events: [react('$r1'), react('$r2')] } });
      await call({ body: { events: [react('$r3')] } });
      const orders = ['$r1', '$r2', '$r3'].map((key) => BigInt((stored(key) as { order: string }).order));
      expect(orders[0]! < orders[1]! && orders[1]! < orders[2]!).toBe(true);
    });
  });

  describe('what an event lacks', () => {
    it('the sender’s name in the room is asked once, and follows its changes', async () => {
      const calls: string[] = [];
      const next = bench.sandbox.faults.next.bind(bench.sandbox.faults);
      bench.sandbox.faults.next = (method, path) => {
        if (path.includes('m.room.member')) calls.push(path);
        return next(method, path);
      };
      const later = bench.make();
      await bench.begin(later);
      for (const text of ['one', 'two', 'three']) bench.sandbox.post(room, alice, text);
      await until(() => messages().length === 3);
      expect(calls).toHaveLength(1);
      await bench.act(alice, 'PUT', `/profile/${encodeURIComponent(alice)}/displayname`, { displayname: 'Alice B.' });
      bench.sandbox.post(room, alice, 'four');
      await until(() => messages().length === 4);
      expect(messages().map(({ actor }) => actor.name)).toEqual(['Alice', 'Alice', 'Alice', 'Alice B.']);
      expect(calls).toHaveLength(1);
    });

    it('a name that nobody tells in time holds nothing up', async () => {
      bench.sandbox.faults.add({ path: 'm.room.member', times: 9, fault: { do: 'hang', forMs: 60_000 } });
      const hasty = bench.make({ lookupTimeoutMs: 50 });
      await bench.begin(hasty);
      bench.sandbox.post(room, alice, 'hello');
      await until(() => messages().length === 1);
      expect(messages()[0]?.actor.name).toBe('alice');
    });

    it('of rooms that no link names nothing is asked', async () => {
      const other = bench.sandbox.createRoom({ creator: alice, name: 'Other', public: true });
      bench.sandbox.join(other, bot);
      const asked: string[] = [];
      const next = bench.sandbox.faults.next.bind(bench.sandbox.faults);
      bench.sandbox.faults.next = (method, path) => {
        asked.push(path);
        return next(method, path);
      };
      bench.sandbox.post(other, alice, 'hello');
      await until(() => messages().length === 1);
      expect(asked).toEqual([]);
    });

    it('an edit counts where its author wrote the message, also one from before we listened', async () => {
      const old = bench.sandbox.post(room, alice, 'before');
      await until(() => bench.sandbox.isPushed);
      const later = bench.make();
      await bench.begin(later);
      const mallory = bench.sandbox.addUser('mallory', 'Mallory');
      bench.sandbox.join(room, mallory);
      bench.sandbox.edit(room, alice, old, 'after');
      bench.sandbox.edit(room, mallory, old, 'forged');
      await until(() => bench.sandbox.isPushed);
      const results = bench.arrived(adapter).map(({ result }) => result);
      expect(results.slice(-2)).toMatchObject([
        { events: [{ kind: 'messageEdited', message: { id: old } }] },
        { ignored: 'm.replace by somebody else than the author' },
      ]);
    });

    it('an edit of a reply knows what that answers, also of one from before we listened', async () => {
      const asked = bench.sandbox.post(room, alice, 'who has the keys?');
      const reply = bench.sandbox.post(room, alice, 'me', { replyTo: asked });
      await until(() => bench.sandbox.isPushed);
      const later = bench.make();
      await bench.begin(later);
      bench.sandbox.edit(room, alice, reply, 'I do');
      await until(() => bench.sandbox.isPushed);
      bench.sandbox.edit(room, alice, asked, 'who?');
      await until(() => bench.sandbox.isPushed);
      const [answered, first] = bench
        .arrived(adapter)
        .slice(-2)
        .map(({ result }) => ('events' in result ? result.events[0] : undefined));
      expect(answered).toMatchObject({ replyTo: { id: asked }, quoted: { name: 'Alice', text: 'who has the keys?' } });
      expect(first).not.toHaveProperty('replyTo');
    });

    it('an edit waits for a homeserver that does not answer, but not for ever', async () => {
      const old = bench.sandbox.post(room, alice, 'before');
      await until(() => bench.sandbox.isPushed);
      const later = bench.make();
      await bench.begin(later);
      bench.sandbox.faults.add({ method: 'GET', path: '/event/', times: 1, fault: { do: 'answer', status: 502 } });
      bench.sandbox.edit(room, alice, old, 'after');
      await until(() => bench.sandbox.isPushed);
      expect(bench.arrived(adapter).at(-1)?.result).toMatchObject({ events: [{ kind: 'messageEdited' }] });
      const unknown = bench.make();
      await bench.begin(unknown);
      bench.sandbox.faults.add({ method: 'GET', path: '/event/', times: 99, fault: { do: 'answer', status: 502 } });
      bench.sandbox.edit(room, alice, old, 'again');
      await until(() => bench.sandbox.isPushed);
      expect(bench.arrived(adapter).at(-1)?.result).toHaveProperty('ignored');
    });
  });

  describe('who types', () => {
    const types = (typing: boolean): Promise<void> =>
      bench.act(alice, 'PUT', `/rooms/${room}/typing/${alice}`, { typing, timeout: 30_000 });

    it('is told as the homeserver tells it', async () => {
      await types(true);
      await until(() => bench.typing.length === 1);
      await types(false);
      await until(() => bench.typing.length === 2);
      expect(bench.typing).toEqual([
        {
          kind: 'typingChanged',
          room: { account: 'home', id: room },
          typing: [{ account: 'home', id: alice, name: '', standing: 'person' }],
        },
        { kind: 'typingChanged', room: { account: 'home', id: room }, typing: [] },
      ]);
    });

    it('is told by homeservers that know the name of the proposal alone', async () => {
      const typing = { type: 'm.typing', room_id: room, content: { user_ids: [alice] } };
      await call({ body: { events: [], 'de.sorunome.msc2409.ephemeral': [typing] } });
      expect(bench.typing.map(({ typing: people }) => people.map(({ id }) => id))).toEqual([[alice]]);
    });

    it('is nobody’s business where the settings say so', async () => {
      const quiet = bench.make({ typing: false });
      await bench.begin(quiet);
      await types(true);
      await until(() => bench.sandbox.isPushed);
      expect([bench.typing, quiet.showTyping]).toEqual([[], undefined]);
    });

    it('elsewhere is shown by our users, who are told of as nobody', async () => {
      const person = { account: accountId('cloud'), id: userId('anna'), name: 'Anna', standing: 'person' } as const;
      const openAvatar = () => Promise.reject(new Error('no picture'));
      const anna = { as: 'relay', person, networkLabel: 'Talk', profile: { name: 'Anna' }, openAvatar } as const;
      await adapter.showTyping?.(roomId(room), [anna, { ...anna, as: 'ghost' }], bench.signal);
      await until(() => bench.typing.length === 1);
      await types(true);
      await until(() => bench.typing.length === 2);
      expect(bench.typing.map(({ typing: people }) => people.map(({ id }) => id))).toEqual([[], [alice]]);
    });
  });

  describe('what homeservers ask', () => {
    it('a ping is answered', async () => {
      expect((await call({ method: 'POST', path: '/_matrix/app/v1/ping' })).status).toBe(200);
      expect((await call({ method: 'POST', path: '/_matrix/app/v1/ping', token: 'wrong' })).status).toBe(403);
    });

    it('users are there when we made them; rooms are not made for the asking', async () => {
      bench.store.set('ghost/crosstalk_cloud_anna', { name: 'Anna' });
      const ask = async (userId: string): Promise<number> =>
        (await call({ method: 'GET', path: '/_matrix/app/v1/users/:userId', params: { userId } })).status;
      expect(await ask('@crosstalk_cloud_anna:sandbox.test')).toBe(200);
      expect(await ask('@crosstalk_cloud_bob:sandbox.test')).toBe(404);
      expect(await ask('@alice:sandbox.test')).toBe(404);
      const alias = await call({
        method: 'GET',
        path: '/_matrix/app/v1/rooms/:alias',
        params: { alias: '#crosstalk_x:sandbox.test' },
      });
      expect(alias).toEqual({ status: 404, json: { errcode: 'M_NOT_FOUND' } });
    });
  });
});
