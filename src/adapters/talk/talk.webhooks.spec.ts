import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { MovedClock } from '../../../test/support/moved-clock.js';
import { accountId, type RoomId } from '../../model/ids.js';
import type { PublicAnswer, PublicRequest, PublicRoute } from '../../model/network-definition.js';
import type { BotSecret } from './talk.bot-secrets.js';
import { TalkWebhooks, webhookRoutes } from './talk.webhooks.js';

const account = accountId('home');
const secret = 's'.repeat(64);
const later = 't'.repeat(64);
const random = 'r'.repeat(64);

const said = (room: unknown): string => JSON.stringify({ type: 'Create', target: { type: 'Collection', id: room } });

/** A receiver in whose account `t1` and `t2` are linked, on a clock that the spec moves. */
class Receiver {
  readonly clock = new MovedClock();
  readonly woken: RoomId[] = [];
  readonly told: RoomId[][] = [];
  readonly used: string[] = [];
  readonly warned: object[] = [];
  secrets: readonly string[] = [secret];
  linked = new Set(['t1', 't2']);
  /** Those that were made after the others were read. */
  newSecrets: readonly string[] | undefined;
  wake: () => Promise<void> = () => Promise.resolve();
  readonly route: PublicRoute;
  readonly webhooks: TalkWebhooks;

  constructor() {
    const known = (): readonly BotSecret[] => this.secrets.map((each) => ({ key: each, secret: each, url: '' }));
    this.webhooks = new TalkWebhooks({
      account,
      url: 'https://cloud.example.org',
      secrets: {
        known: (are) => {
          if (are === 'doubted') this.secrets = this.newSecrets ?? this.secrets;
          return Promise.resolve(known());
        },
        used: ({ key }) => Promise.resolve(void this.used.push(key)),
      },
      clock: this.clock,
      log: {
        debug: () => undefined,
        info: () => undefined,
        warn: (fields) => this.warned.push(fields),
        error: (fields) => this.warned.push(fields),
      },
      isLinked: (room) => this.linked.has(room),
      wake: async (rooms) => {
        this.woken.push(...rooms);
        await this.wake();
      },
      pushed: (rooms) => Promise.resolve(void this.told.push([...rooms])),
    });
    const [route] = webhookRoutes([this.webhooks]);
    if (route === undefined) throw new Error('there is no route');
    this.route = route;
  }

  /** A call, answered as the public listener answers it. */
  async call(body: string | Buffer, change: Partial<Call> = {}): Promise<number> {
    const { random: by = random, path = 'home', with: key = secret, headers = {} } = change;
    const bytes = Buffer.from(body);
    const signature = createHmac('sha256', key).update(by).update(bytes).digest('hex');
    const request: PublicRequest = {
      params: { account: path },
      query: new URLSearchParams(),
      headers: {
        'x-nextcloud-talk-random': by,
        'x-nextcloud-talk-signature': signature,
        'x-nextcloud-talk-backend': 'https://cloud.example.org/',
        ...headers,
      },
      body: bytes,
    };
    const answer: PublicAnswer = this.route.refusal?.(request) ?? (await this.route.handle(request));
    await this.clock.settle();
    this.answers.push(JSON.stringify(answer));
    return answer.status;
  }

  readonly answers: string[] = [];
}

interface Recorded {
  readonly secret: string;
  readonly calls: readonly { readonly headers: Readonly<Record<string, string>>; readonly body: string }[];
}

interface Call {
  readonly random: string;
  readonly path: string;
  readonly with: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

describe('talk.webhooks', () => {
  let receiver: Receiver;

  beforeEach(() => {
    receiver = new Receiver();
  });

  const effects = async (): Promise<unknown[]> => {
    await receiver.clock.pass(10_000);
    return [receiver.woken, receiver.told, receiver.used];
  };

  it('a signed call wakes its room at once, and it is written down that the room is told of', async () => {
    expect(await receiver.call(said('t1'))).toBe(200);
    expect(receiver.woken).toEqual(['t1']);
    expect(await effects()).toEqual([['t1'], [['t1']], [secret]]);
  });

  it('calls as a server sends them wake their room, but for the one that says that the bot left', async () => {
    const recorded = JSON.parse(readFileSync('test/fixtures/talk/bot-webhooks.json', 'utf8')) as Recorded;
    receiver.secrets = [recorded.secret];
    receiver.linked = new Set(['dg79kamo']);
    const told: [string, number][] = [];
    for (const { headers, body } of recorded.calls) {
      await receiver.clock.pass(1_000);
      receiver.woken.length = 0;
      expect(await receiver.call(body, { headers })).toBe(200);
      told.push([(JSON.parse(body) as { type: string }).type, receiver.woken.length]);
    }
    expect(new Map(told)).toEqual(
      new Map([
        ['Join', 1],
        ['Create', 1],
        ['Like', 1],
        ['Activity', 1],
        ['Undo', 1],
        ['Leave', 0],
      ]),
    );
  });

  it.each<[string, Partial<Call>]>([
    ['no signature', { headers: { 'x-nextcloud-talk-signature': undefined } }],
    ['no random', { headers: { 'x-nextcloud-talk-random': undefined } }],
    ['another secret', { with: later }],
    ['a signature over another random', { headers: { 'x-nextcloud-talk-random': 'q'.repeat(64) } }],
    ['a signature that is cut off', { headers: { 'x-nextcloud-talk-signature': 'ab12' } }],
    ['a signature that is no hex', { headers: { 'x-nextcloud-talk-signature': 'z'.repeat(64) } }],
    ['a short random', { random: 'short' }],
    ['a path of no account', { path: 'nobody' }],
    ['the path of something that every object has', { path: '__proto__' }],
  ])('%s: 401, with the same answer and without any effect', async (_, change) => {
    expect(await receiver.call(said('t1'), change)).toBe(401);
    expect(await effects()).toEqual([[], [], []]);
    await receiver.call(said('t1'), { with: 'wrong' });
    expect(new Set(receiver.answers).size).toBe(1);
  });

  it('an account without a bot takes nothing', async () => {
    receiver.secrets = [];
    expect(await receiver.call(said('t1'))).toBe(401);
    expect(await effects()).toEqual([[], [], []]);
  });

  it('a body that is not the one that was signed is refused', async () => {
    const signature = createHmac('sha256', secret).update(random).update(said('t1')).digest('hex');
    expect(await receiver.call(said('t2'), { headers: { 'x-nextcloud-talk-signature': signature } })).toBe(401);
    expect(await effects()).toEqual([[], [], []]);
  });

  it('a call that is repeated is answered, and wakes nobody', async () => {
    await receiver.call(said('t1'));
    await receiver.clock.pass(10_000);
    expect(await receiver.call(said('t1'))).toBe(200);
    expect((await effects())[0]).toEqual(['t1']);
    await receiver.clock.pass(600_000);
    await receiver.call(said('t1'));
    expect((await effects())[0]).toEqual(['t1', 't1']);
  });

  it('a room is woken forty times a second at most, and once more for what was told meanwhile', async () => {
    for (let at = 0; at < 50; at += 1) await receiver.call(said('t1'), { random: `${random}${String(at)}` });
    await receiver.call(said('t2'));
    await receiver.clock.pass(24);
    expect(receiver.woken).toEqual(['t1', 't2']);
    await receiver.clock.pass(1);
    expect(receiver.woken).toEqual(['t1', 't2', 't1']);
    expect((await effects()).slice(0, 2)).toEqual([['t1', 't2', 't1'], [['t1', 't2']]]);
  });

  it.each<[string, string | Buffer]>([
    ['a room that is not linked', said('t9')],
    ['no room', JSON.stringify({ type: 'Create' })],
    ['a room that is a number', said(7)],
    ['a bot that leaves', JSON.stringify({ type: 'Leave', object: { type: 'Collection', id: 't1' } })],
    ['no JSON', '{'],
    ['JSON that is no object', 'null'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00])],
    ['a lone surrogate', said('\ud800')],
    ['what every object has', '{"__proto__":{"target":{"id":"t1"}},"constructor":{"target":{"id":"t1"}}}'],
    ['ten thousand levels', `{"target":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ])('%s: answered, and nobody is woken', async (_, body) => {
    expect(await receiver.call(body)).toBe(200);
    expect((await effects()).slice(0, 2)).toEqual([[], []]);
  });

  it('of two secrets each is accepted, and it is said which one was', async () => {
    receiver.secrets = [secret, later];
    await receiver.call(said('t1'));
    await receiver.call(said('t2'), { with: later, random: `${random}2` });
    expect(receiver.used).toEqual([secret, later]);
  });

  it('a secret that was made just now is accepted', async () => {
    receiver.newSecrets = [secret, later];
    expect(await receiver.call(said('t1'), { with: later })).toBe(200);
    expect(receiver.woken).toEqual(['t1']);
  });

  it.each([
    'https://cloud.example.org',
    'https://CLOUD.example.org:443/index.php/',
    'https://cloud.example.org/index.php',
  ])('a server that names itself %s is ours', async (backend) => {
    await receiver.call(said('t1'), { headers: { 'x-nextcloud-talk-backend': backend } });
    expect([receiver.warned, receiver.woken]).toEqual([[], ['t1']]);
  });

  it('a server that names another address is told of once', async () => {
    const headers = { 'x-nextcloud-talk-backend': 'https://other.example.org/' };
    await receiver.call(said('t1'), { headers });
    await receiver.call(said('t1'), { headers, random: `${random}2` });
    expect(receiver.warned).toEqual([
      { account: 'home', backend: 'https://other.example.org/', url: 'https://cloud.example.org' },
    ]);
    expect(receiver.woken).toEqual(['t1']);
  });

  it('the answer waits for no wake-up, and one that fails is made again, and told of once', async () => {
    receiver.wake = () => Promise.reject(new Error('the database is away'));
    expect(await receiver.call(said('t1'))).toBe(200);
    await receiver.call(said('t1'), { random: `${random}2` });
    await receiver.clock.pass(60_000);
    expect([receiver.woken.length, receiver.warned.length]).toEqual([13, 1]);
    receiver.wake = () => Promise.resolve();
    receiver.woken.length = 0;
    // The one that failed, and once more for what was told meanwhile.
    await receiver.clock.pass(60_000);
    expect(receiver.woken).toEqual(['t1', 't1']);
  });

  it('a wake-up that fails is given up after minutes, and at the stop', async () => {
    receiver.wake = () => Promise.reject(new Error('the database is away'));
    await receiver.call(said('t1'));
    await receiver.clock.pass(600_000);
    expect([receiver.woken.length, receiver.warned.length]).toEqual([60, 2]);
    const stop = new AbortController();
    receiver.webhooks.begin(stop.signal);
    await receiver.call(said('t1'), { random: `${random}2` });
    stop.abort();
    await receiver.clock.pass(600_000);
    expect(receiver.woken).toHaveLength(62);
  });
});

describe('talk.webhooks, of no account', () => {
  it('have no address', () => {
    expect(webhookRoutes([])).toEqual([]);
  });
});
