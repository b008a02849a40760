import { MatrixBench, until } from '../../../test/contract/matrix-bench.js';
import type { BridgeError, RoomClosed } from '../../model/errors.js';
import { roomId, userId } from '../../model/ids.js';
import type { MatrixAdapter } from './matrix.adapter.js';

const bot = '@crosstalk:sandbox.test';

describe('matrix rooms', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let alice: string;

  beforeEach(async () => {
    bench = await MatrixBench.open();
    alice = bench.sandbox.addUser('alice', 'Alice');
    adapter = bench.make();
    await bench.begin(adapter);
  });

  afterEach(async () => {
    await bench.close();
  });

  const resolve = (room: string) => adapter.resolveRoom({ room }, 'team', bench.signal);
  const refusalOf = (attempt: Promise<unknown>): Promise<RoomClosed> =>
    attempt.then(
      () => Promise.reject(new Error('it worked')),
      (error: unknown) => error as RoomClosed,
    );
  const membershipOf = (room: string, user: string): string | undefined =>
    bench.sandbox.members(room).find(({ userId: id }) => id === user)?.membership;

  describe('resolveRoom', () => {
    it('enters an open room by its id, its alias or a link to it', async () => {
      const room = bench.sandbox.createRoom({ creator: alice, name: 'Team', alias: 'team', public: true });
      for (const name of [
        room,
        '#team:sandbox.test',
        `https://matrix.to/#/${encodeURIComponent('#team:sandbox.test')}`,
      ]) {
        expect(await resolve(name)).toBe(room);
      }
      expect(membershipOf(room, bot)).toBe('join');
    });

    it('a room that does not let us in asks for an invitation', async () => {
      const room = bench.sandbox.createRoom({ creator: alice, name: 'Closed' });
      const refusal = await refusalOf(resolve(room));
      expect([refusal.code, refusal.reason]).toEqual(['roomClosed', 'notJoined']);
      expect(refusal.message).toContain(bot);
    });

    it('one that is named by an alias is entered once somebody invites us', async () => {
      const room = bench.sandbox.createRoom({ creator: alice, name: 'Closed', alias: 'closed' });
      expect((await refusalOf(resolve('#closed:sandbox.test'))).reason).toBe('notJoined');
      bench.sandbox.invite(room, alice, bot);
      await until(() => membershipOf(room, bot) === 'join');
      expect(await resolve('#closed:sandbox.test')).toBe(room);
    });

    it.each(['#nothing:sandbox.test', '!nothing:sandbox.test', 'nothing'])('%s is gone', async (name) => {
      expect((await refusalOf(resolve(name))).reason).toBe('gone');
    });

    it('a room of our own is made once for a link, and its people are invited once', async () => {
      const bob = bench.sandbox.addUser('bob', 'Bob');
      const create = { name: 'Team', invite: [alice, bob] };
      const room = await adapter.resolveRoom({ create }, 'team', bench.signal);
      expect(membershipOf(room, alice)).toBe('invite');
      bench.sandbox.leave(room, bob);
      expect(await bench.make().resolveRoom({ create }, 'team', bench.signal)).toBe(room);
      expect(membershipOf(room, bob)).toBe('leave');
      expect(bench.sandbox.roomIdOf('#crosstalk_team:sandbox.test')).toBe(room);
      expect(await adapter.describeRoom(room, bench.signal)).toEqual({ name: 'Team' });
    });

    it('a room that was made without our hearing of it is found again', async () => {
      bench.sandbox.faults.add({ method: 'POST', path: '/createRoom', fault: { do: 'acceptThenDrop' } });
      const create = { name: 'Team', invite: [] };
      const failure = await adapter.resolveRoom({ create }, 'team', bench.signal).catch((error: unknown) => error);
      expect((failure as BridgeError).code).toBe('networkUnavailable');
      expect(await adapter.resolveRoom({ create }, 'team', bench.signal)).toBe(
        bench.sandbox.roomIdOf('#crosstalk_team:sandbox.test'),
      );
    });
  });

  describe('invitations', () => {
    const invited = (event: string): Promise<void> => until(() => bench.log.some((line) => line.event.includes(event)));

    it('into a linked room is accepted', async () => {
      const room = bench.sandbox.createRoom({ creator: alice, name: 'Team' });
      bench.linked.add(room);
      bench.sandbox.invite(room, alice, bot);
      await until(() => membershipOf(room, bot) === 'join');
    });

    it('into any other is declined, once, with a reason', async () => {
      const room = bench.sandbox.createRoom({ creator: alice, name: 'Other' });
      bench.sandbox.invite(room, alice, bot);
      await invited('declined');
      const answers = bench.sandbox.messages(room).filter(({ stateKey, sender }) => stateKey === bot && sender === bot);
      expect(answers.map(({ content }) => content)).toEqual([
        {
          membership: 'leave',
          reason: 'Crosstalk does not link this room: name it in a link first, then invite again.',
        },
      ]);
    });

    it('is answered when the homeserver can be asked again', async () => {
      const room = bench.sandbox.createRoom({ creator: alice, name: 'Team' });
      bench.linked.add(room);
      bench.sandbox.faults.add({ method: 'POST', path: '/join/', times: 2, fault: { do: 'answer', status: 503 } });
      bench.sandbox.invite(room, alice, bot);
      await until(() => membershipOf(room, bot) === 'join');
    });
  });

  describe('profiles', () => {
    it('a room has name, topic and picture', async () => {
      const room = bench.sandbox.createRoom({ creator: alice, name: 'Team', public: true });
      bench.sandbox.sendState(room, alice, 'm.room.topic', '', { topic: 'About' });
      const url = bench.sandbox.upload(Buffer.from('x'), 'image/png');
      bench.sandbox.sendState(room, alice, 'm.room.avatar', '', { url, info: { mimetype: 'image/png', size: 1 } });
      await resolve(room);
      expect(await adapter.describeRoom(roomId(room), bench.signal)).toEqual({
        name: 'Team',
        topic: 'About',
        avatar: { version: url, file: { account: 'home', id: url, name: 'avatar', mime: 'image/png', bytes: 1 } },
      });
    });

    it('a room that we left is not described', async () => {
      const room = bench.sandbox.createRoom({ creator: alice, name: 'Team', public: true });
      await resolve(room);
      bench.sandbox.leave(room, bot);
      expect((await refusalOf(adapter.describeRoom(roomId(room), bench.signal))).reason).toBe('notJoined');
    });

    it('a person has a name; without one, the id’s', async () => {
      expect(await adapter.describeUser(userId(alice), bench.signal)).toEqual({ name: 'Alice' });
      expect(await adapter.describeUser(userId('@nobody:sandbox.test'), bench.signal)).toEqual({ name: 'nobody' });
    });

    it('a file is opened with our token, as it comes', async () => {
      const id = bench.sandbox.upload(Buffer.from('a picture'), 'image/png', 'cat.png');
      const file = { account: adapter.account, id, name: 'cat.png', mime: 'image/png', bytes: 9 };
      const { mime, bytes, body } = await adapter.openFile(file, bench.signal);
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      expect([mime, bytes, Buffer.concat(chunks).toString()]).toEqual(['image/png', 9, 'a picture']);
      const gone = adapter.openFile({ ...file, id: 'mxc://sandbox.test/nothing' }, bench.signal);
      expect((await refusalOf(gone)).code).toBe('targetGone');
      expect((await refusalOf(adapter.openFile({ ...file, id: '../secret' }, bench.signal))).code).toBe('targetGone');
    });
  });
});
