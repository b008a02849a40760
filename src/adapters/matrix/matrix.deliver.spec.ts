import { annasGhost, type Asked, keyOf, saying, unsaying } from '../../../test/contract/matrix-deliveries.js';
import { MatrixBench, until } from '../../../test/contract/matrix-bench.js';
import { failureOf } from '../../../test/contract/matrix-team.js';
import { NetworkUnavailable, RoomClosed, ShardLost } from '../../model/errors.js';
import { accountId, remoteId } from '../../model/ids.js';
import type { MessageDeleted, MessageSent } from '../../model/bridge-event.js';
import type { MatrixAdapter } from './matrix.adapter.js';

const bot = '@crosstalk:sandbox.test';
const png = Buffer.from('89504e470d0a1a0a', 'hex');

describe('matrix deliver', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let alice: string;
  let room: string;

  const say = (sent: Asked<MessageSent>, by = adapter): Promise<void> =>
    by.deliver.messageSent?.send(sent.request, bench.signal) ?? Promise.reject(new Error('cannot'));
  const unsay = (sent: Asked<MessageDeleted>): Promise<void> =>
    adapter.deliver.messageDeleted?.send(sent.request, bench.signal) ?? Promise.reject(new Error('cannot'));
  const bodies = (): unknown[] =>
    bench.sandbox
      .messages(room)
      .filter(({ type }) => type === 'm.room.message')
      .map(({ sender, content }) => [sender, content['body']]);
  const memberNames = (): Record<string, string> =>
    Object.fromEntries(
      bench.sandbox.members(room).map(({ userId, name, membership }) => [userId, `${name} ${membership}`]),
    );
  const setLevels = (by: string, levels: Record<string, unknown>): void => {
    const state = bench.sandbox.messages(room).findLast(({ type }) => type === 'm.room.power_levels');
    bench.sandbox.sendState(room, by, 'm.room.power_levels', '', { ...state?.content, ...levels });
  };

  beforeEach(async () => {
    bench = await MatrixBench.open();
    alice = bench.sandbox.addUser('alice', 'Alice');
    room = bench.sandbox.createRoom({ creator: alice, name: 'Team' });
    bench.linked.add(room);
    adapter = bench.make();
    await bench.begin(adapter);
    bench.sandbox.invite(room, alice, bot);
    await until(() => memberNames()[bot] === 'Crosstalk join');
  });

  afterEach(async () => {
    await bench.close();
  });

  it('a ghost is registered, named, invited and joins; from then on a message is one request', async () => {
    await say(saying('one', room, 'hello'));
    expect(memberNames()[annasGhost]).toBe('Anna (Talk) join');
    const warm = saying('two', room, 'again');
    await say(warm);
    expect(warm.writes()).toBe(1);
    expect(bodies()).toEqual([
      [annasGhost, 'hello'],
      [annasGhost, 'again'],
    ]);
  });

  it('another process knows from the store what was done', async () => {
    await say(saying('one', room, 'hello'));
    const later = bench.make();
    const warm = saying('two', room, 'again');
    await say(warm, later);
    expect(warm.writes()).toBe(1);
  });

  it('in an open room nobody needs an invitation', async () => {
    room = bench.sandbox.createRoom({ creator: alice, name: 'Open', public: true });
    await adapter.resolveRoom({ room }, 'open', bench.signal);
    await say(saying('one', room, 'hello'));
    expect(bodies()).toEqual([[annasGhost, 'hello']]);
    expect(bench.sandbox.messages(room).filter(({ content }) => content['membership'] === 'invite')).toEqual([]);
  });

  it('a new name is shown before what is said under it', async () => {
    await say(saying('one', room, 'hello'));
    await say(saying('two', room, 'again', { speaker: { profile: { name: 'Anna B.' } } }));
    expect(memberNames()[annasGhost]).toBe('Anna B. (Talk) join');
  });

  it('a picture is brought once for each of its versions, and taken away with the person’s', async () => {
    let opened = 0;
    const withPicture = (version: string) => ({
      profile: {
        name: 'Anna',
        avatar: { version, file: { account: accountId('cloud'), id: 'a', name: 'a', mime: 'image/png', bytes: 8 } },
      },
      openAvatar: () => {
        opened += 1;
        return Promise.resolve({ mime: 'image/png', body: [png] as unknown as AsyncIterable<Uint8Array> });
      },
    });
    const picture = async (): Promise<string | undefined> =>
      (await adapter.describeUser(annasGhost as never, bench.signal)).avatar?.version;
    await say(saying('one', room, 'hello', { speaker: withPicture('1') }));
    await say(saying('two', room, 'hello', { speaker: withPicture('1') }));
    expect(opened).toBe(1);
    const first = await picture();
    expect(first).toMatch(/^mxc:\/\/sandbox\.test\//);
    await say(saying('three', room, 'hello', { speaker: withPicture('2') }));
    expect(opened).toBe(2);
    expect(await picture()).not.toBe(first);
    await say(saying('four', room, 'hello'));
    expect(await picture()).toBeUndefined();
  });

  it('a picture that cannot be had keeps no message back, and is not asked for each time', async () => {
    let opened = 0;
    const broken = {
      profile: {
        name: 'Anna',
        avatar: {
          version: '1',
          file: { account: accountId('cloud'), id: 'a', name: 'a', mime: 'image/png', bytes: 8 },
        },
      },
      openAvatar: () => {
        opened += 1;
        return Promise.reject(new NetworkUnavailable('no', { certainty: 'notSent' }));
      },
    };
    await say(saying('one', room, 'hello', { speaker: broken }));
    await say(saying('two', room, 'again', { speaker: broken }));
    expect(opened).toBe(1);
    expect(bodies()).toHaveLength(2);
  });

  it('a ghost that was removed comes back when its person speaks again', async () => {
    await say(saying('one', room, 'hello'));
    bench.sandbox.leave(room, annasGhost);
    await say(saying('two', room, 'again'));
    expect(bodies()).toHaveLength(2);
    expect(memberNames()[annasGhost]).toBe('Anna (Talk) join');
  });

  it('one who is banned is not heard, and nobody speaks in his name', async () => {
    await say(saying('one', room, 'hello'));
    await bench.act(alice, 'POST', `/rooms/${encodeURIComponent(room)}/ban`, { user_id: annasGhost });
    expect((await failureOf(say(saying('two', room, 'again')))).code).toBe('messageRefused');
    expect(bodies()).toHaveLength(1);
  });

  it('where ghosts may not come in, we speak ourselves, with the name in the text', async () => {
    setLevels(alice, { invite: 100 });
    await say(saying('one', room, 'hello'));
    await say(saying('two', room, 'again'));
    expect(bodies()).toEqual([
      [bot, 'Anna (Talk): hello'],
      [bot, 'Anna (Talk): again'],
    ]);
    expect((await adapter.capabilities(room as never)).speakers).toEqual(['relay']);
  });

  it('where we may give the power to speak, we do; else the room is closed', async () => {
    await say(saying('one', room, 'hello'));
    setLevels(alice, { events_default: 50 });
    const refused = await failureOf(say(saying('two', room, 'may I?')));
    expect(refused).toBeInstanceOf(RoomClosed);
    expect(refused.reason).toBe('noPermission');
    const events = { 'm.room.power_levels': 50 };
    setLevels(alice, { events_default: 50, events, users: { [bot]: 50 } });
    await say(saying('two', room, 'may I?'));
    expect(bodies()).toHaveLength(2);
  });

  it('where we were removed nobody speaks, until somebody invites us again', async () => {
    await say(saying('one', room, 'hello'));
    await bench.act(alice, 'POST', `/rooms/${encodeURIComponent(room)}/kick`, { user_id: bot });
    await until(() => bench.log.some(({ event }) => event.includes('removed from a linked room')));
    const refused = await failureOf(say(saying('two', room, 'again')));
    expect(refused.reason).toBe('notJoined');
    expect([bodies().length, bench.rooms.closed.get(room)]).toEqual([1, `${bot} is not in the room: invite it`]);
    bench.sandbox.invite(room, alice, bot);
    await until(
      async () =>
        await say(saying('two', room, 'again')).then(
          () => true,
          () => false,
        ),
    );
    expect(bodies()).toHaveLength(2);
    await until(() => bench.rooms.closed.size === 0);
    expect(bench.rooms.alarms).toBe(1);
  });

  it('where we were banned it is told that the ban is to be lifted', async () => {
    await say(saying('one', room, 'hello'));
    await bench.act(alice, 'POST', `/rooms/${encodeURIComponent(room)}/ban`, { user_id: bot });
    await until(() => bench.rooms.closed.size === 1);
    expect(bench.rooms.closed.get(room)).toBe(`${bot} is banned from the room: lift the ban, then invite it`);
  });

  it('a reply answers what stands in the room', async () => {
    const question = bench.sandbox.post(room, alice, 'well?');
    await say(saying('one', room, 'yes', { replyTo: { part: 0, id: remoteId(question) } }));
    expect(bench.sandbox.messages(room).at(-1)?.content).toEqual({
      msgtype: 'm.text',
      body: 'yes',
      'm.mentions': {},
      'm.relates_to': { 'm.in_reply_to': { event_id: question } },
      'org.crosstalk.delivery': keyOf('one', 0),
    });
  });

  it('a trouble while the ghost is prepared leaves nothing in doubt', async () => {
    bench.sandbox.faults.add({ method: 'POST', path: '/register', fault: { do: 'acceptThenDrop' } });
    expect((await failureOf(say(saying('one', room, 'hello')))).failure.certainty).toBe('notSent');
    await say(saying('one', room, 'hello'));
    expect(bodies()).toHaveLength(1);
  });

  it('one who may not write any more prepares no ghost either', async () => {
    const lost = saying('one', room, 'hello', {
      beforeSend: () => {
        throw new ShardLost('another replica has it');
      },
    });
    expect(await failureOf(say(lost))).toBeInstanceOf(ShardLost);
    expect(memberNames()).not.toHaveProperty([annasGhost]);
  });

  it('a connection that cannot be made leaves nothing in doubt', async () => {
    const away = bench.make({ homeserver: 'http://127.0.0.1:9' });
    const failure = await failureOf(say(saying('one', room, 'hello'), away));
    expect([failure.code, failure.failure.certainty]).toEqual(['networkUnavailable', 'notSent']);
  });

  it('no answer in time leaves a message in doubt for as long as the homeserver may be at it', async () => {
    await say(saying('one', room, 'hello'));
    const hasty = bench.make({ requestTimeoutMs: 100 });
    bench.sandbox.faults.add({ method: 'PUT', path: '/send/', fault: { do: 'slow', delayMs: 1000 } });
    const sent = saying('two', room, 'again');
    expect((await failureOf(say(sent, hasty))).failure.certainty).toBe('unknownAfterTimeout');
    await until(() => bodies().length === 2);
  });

  it('what was said is unsaid by who said it, in all its parts, once', async () => {
    const sent = saying('one', room, 'word '.repeat(13_000));
    await say(sent);
    expect(sent.made).toHaveLength(2);
    const deletion = unsaying('two', room, sent.made);
    expect((await adapter.wasDone([deletion.uncertain], new Date(), bench.signal))[0]?.done).toBe('notFound');
    await unsay(deletion);
    const redactions = bench.sandbox.messages(room).filter(({ type }) => type === 'm.room.redaction');
    expect(
      redactions.map(({ sender, redacts, content }) => [sender, redacts, content['org.crosstalk.delivery']]),
    ).toEqual([
      [annasGhost, sent.made[0]?.id, keyOf('two', 0)],
      [annasGhost, sent.made[1]?.id, keyOf('two', 1)],
    ]);
    expect((await adapter.wasDone([deletion.uncertain], new Date(), bench.signal))[0]?.done).toBe('alreadySo');
    await unsay(unsaying('three', room, sent.made));
  });

  it('what another person wrote is deleted where we have the power, and else left to the moderators', async () => {
    const id = remoteId(bench.sandbox.post(room, alice, 'hers'));
    const deletion = unsaying('one', room, [{ part: 0, id }]);
    expect((await failureOf(unsay(deletion))).code).toBe('messageRefused');
    setLevels(alice, { users: { [bot]: 50 } });
    await unsay(deletion);
    expect(bench.sandbox.messages(room).at(-1)).toMatchObject({ type: 'm.room.redaction', sender: bot, redacts: id });
  });

  it('what is gone needs no deletion', async () => {
    await unsay(unsaying('one', room, [{ part: 0, id: remoteId('$nothing') }]));
    expect(bench.sandbox.messages(room).filter(({ type }) => type === 'm.room.redaction')).toEqual([]);
  });
});
