import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { Abandoned, BridgeError, NetworkUnavailable, RateLimited, RoomClosed } from '../../model/errors.js';
import { roomId, userId } from '../../model/ids.js';

const signal = new AbortController().signal;

describe('talk.client', () => {
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
  const describeRoom = (by: AbortSignal = signal) => at.adapter.describeRoom(at.room, by);

  const setUp = async (settings = {}): Promise<void> => {
    at = await talkAtSandbox({}, settings);
  };

  afterEach(async () => {
    await at.close();
  });

  it('a room that is gone is asked for three times, then not until the room list shows it', async () => {
    await setUp();
    at.talk.rooms.removeMember(at.token, 'alice', 'bob');
    const paths = asked();
    for (let times = 0; times < 10; times += 1) await expect(describeRoom()).rejects.toBeInstanceOf(RoomClosed);
    expect(paths).toHaveLength(3);
  });

  it('a server that slows us down is left alone for as long', async () => {
    await setUp();
    const headers = { 'x-nextcloud-bruteforce-throttled': '5000ms' };
    at.talk.faults.add({ path: '/v4/room/', fault: { do: 'answer', status: 404, headers, body: '{}' } });
    await expect(describeRoom()).rejects.toBeInstanceOf(RoomClosed);
    const paths = asked();
    const error: unknown = await at.adapter.describeRoom(roomId('another1'), signal).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RateLimited);
    const { retry } = (error as BridgeError).failure;
    expect((retry as { afterMs: number }).afterMs).toBeGreaterThan(0);
    expect((retry as { afterMs: number }).afterMs).toBeLessThanOrEqual(5000);
    expect(paths).toEqual([]);
  });

  it('so is one that slows us down over a picture', async () => {
    await setUp();
    const headers = { 'x-nextcloud-bruteforce-throttled': '5000ms' };
    at.talk.faults.add({ path: '/avatar/', fault: { do: 'answer', status: 404, headers, body: '' } });
    await at.adapter.describeUser(userId('users/bob'), signal);
    await expect(describeRoom()).rejects.toBeInstanceOf(RateLimited);
  });

  it('an answer that does not come in time is given up', async () => {
    // What comes after it has to come in time, on a busy machine too.
    await setUp({ requestTimeoutMs: 2_000 });
    at.talk.faults.add({ path: '/v4/room/', fault: { do: 'hang', forMs: 20_000 } });
    await expect(describeRoom()).rejects.toThrow('did not answer in time');
    expect((await describeRoom()).name).toBe('Team');
  });

  it('an answer that trickles is given up too', async () => {
    await setUp({ requestTimeoutMs: 300 });
    at.talk.faults.add({ path: '/v4/room/', fault: { do: 'slow', delayMs: 0, bytesPerSecond: 20 } });
    await expect(describeRoom()).rejects.toBeInstanceOf(NetworkUnavailable);
  });

  it('an answer beyond all bounds is not kept', async () => {
    await setUp();
    const body = JSON.stringify({ ocs: { data: 'x'.repeat(17 * 1024 * 1024) } });
    at.talk.faults.add({ path: '/v4/room/', fault: { do: 'answer', status: 200, body } });
    await expect(describeRoom()).rejects.toThrow('too large');
  });

  it('a request that is given up ends at once', async () => {
    await setUp();
    at.talk.faults.add({ path: '/v4/room/', fault: { do: 'hang', forMs: 20_000 } });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    await expect(describeRoom(stop.signal)).rejects.toBeInstanceOf(Abandoned);
    await expect(describeRoom(AbortSignal.abort())).rejects.toBeInstanceOf(Abandoned);
  });

  it.each([
    ['no JSON', 'half a {'],
    ['no envelope', '{}'],
    ['an envelope with something else', '{"ocs":{"data":[1,2]}}'],
    ['a deep one', '['.repeat(100_000)],
    ['a prototype', '{"__proto__":{"ocs":{"data":{}}}}'],
  ])('a success with %s is no answer', async (_, body) => {
    await setUp();
    at.talk.faults.add({ path: '/v4/room/', fault: { do: 'answer', status: 200, body } });
    await expect(describeRoom()).rejects.toBeInstanceOf(NetworkUnavailable);
  });

  it('the limits of the server and how sessions connect are read again at once when it says that something changed', async () => {
    // Without guests nobody asks what the room is like.
    await setUp({ maxGuestSessions: 0 });
    const hash = (value: string): { readonly struck: number } =>
      at.talk.faults.add({
        path: '/v4/room/',
        fault: { do: 'answer', status: 200, headers: { 'x-nextcloud-talk-hash': value }, body: '{}' },
      });
    const paths = asked();
    hash('one');
    await expect(describeRoom()).rejects.toBeInstanceOf(NetworkUnavailable);
    hash('one');
    await expect(describeRoom()).rejects.toBeInstanceOf(NetworkUnavailable);
    await at.adapter.capabilities(at.room);
    expect(paths).toHaveLength(2);
    hash('two');
    await expect(describeRoom()).rejects.toBeInstanceOf(NetworkUnavailable);
    await until(() => at.logged.some(({ event }) => event === 'the server has changed'));
    await Promise.all([1, 2, 3].map(() => at.adapter.capabilities(at.room)));
    expect(paths.slice(3).sort()).toEqual([
      'GET /ocs/v2.php/apps/spreed/api/v3/signaling/settings',
      'GET /ocs/v2.php/cloud/capabilities',
    ]);
    expect(at.logged).toContainEqual({
      fields: { talk: '22.0.11', signalingMode: 'internal' },
      event: 'the server has changed',
    });
  });

  it('the limit of a text is the server’s own', async () => {
    await setUp();
    expect(await at.adapter.capabilities(at.room)).toMatchObject({
      maxTextChars: 32_000,
      speakers: ['relay'],
      replies: 'quote',
    });
  });

  it('after it was stopped it can be used again', async () => {
    await setUp();
    const stop = new AbortController();
    await at.adapter.start({ accept: () => Promise.resolve() }, stop.signal);
    stop.abort();
    expect((await describeRoom()).name).toBe('Team');
  });
});

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
