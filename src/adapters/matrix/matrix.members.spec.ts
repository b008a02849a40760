import {
  annasGhost,
  type Asked,
  changing,
  joining,
  leaving,
  saying,
} from '../../../test/contract/matrix-deliveries.js';
import { MatrixBench, until } from '../../../test/contract/matrix-bench.js';
import { deliverBy, failureOf, matrixTeam } from '../../../test/contract/matrix-team.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import { NetworkUnavailable } from '../../model/errors.js';
import { accountId, userId } from '../../model/ids.js';
import type { MatrixAdapter } from './matrix.adapter.js';

const bot = '@crosstalk:sandbox.test';
const cloud = accountId('cloud');
const picture = { account: cloud, id: 'room/1', name: 'avatar', mime: 'image/png', bytes: 8 };

describe('matrix rooms and their members', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let alice: string;
  let room: string;

  beforeEach(async () => {
    ({ bench, adapter, alice, room } = await matrixTeam());
  });

  afterEach(async () => {
    await bench.close();
  });

  const deliver = (asked: Asked<BridgeEvent>): Promise<void> => deliverBy(adapter, asked, bench);
  const memberNames = (): Record<string, string> =>
    Object.fromEntries(
      bench.sandbox.members(room).map(({ userId: id, name, membership }) => [id, `${name} ${membership}`]),
    );
  const stateOf = (type: string): unknown[] =>
    bench.sandbox
      .messages(room)
      .filter((event) => event.type === type)
      .map(({ sender, content }) => [sender, { ...content, 'org.crosstalk.delivery': undefined }]);
  const setLevels = (levels: Record<string, unknown>): void => {
    const state = bench.sandbox.messages(room).findLast(({ type }) => type === 'm.room.power_levels');
    bench.sandbox.sendState(room, alice, 'm.room.power_levels', '', { ...state?.content, ...levels });
  };

  describe('people', () => {
    it('one who joins elsewhere is a member here, by name, and may do so again', async () => {
      await deliver(joining('one', room));
      await deliver(joining('two', room));
      expect(memberNames()[annasGhost]).toBe('Anna (Talk) join');
    });

    it('of one whom somebody else let in only the name is known', async () => {
      const added = { person: { account: cloud, id: userId('users/ben'), name: 'Ben', standing: 'person' as const } };
      await deliver(joining('one', room, { speaker: { ...added, profile: { name: 'Ben' } } }));
      expect(memberNames()[annasGhost]).toBe('Anna (Talk) join');
      expect(Object.values(memberNames())).not.toContain('Ben (Talk) join');
    });

    it('one who leaves elsewhere leaves here, whichever way, and may do so again', async () => {
      for (const [how, reason] of [
        ['left', undefined],
        ['removed', 'removed on Talk'],
        ['banned', 'banned on Talk'],
      ] as const) {
        await deliver(joining('in', room));
        await deliver(leaving('out', room, how));
        await deliver(leaving('out again', room, how));
        expect(memberNames()[annasGhost]).toMatch(/ leave$/);
        const last = bench.sandbox.messages(room).findLast(({ type }) => type === 'm.room.member');
        expect([last?.sender, last?.content['reason']]).toEqual([annasGhost, reason]);
      }
    });

    it('one who was never here need not leave', async () => {
      const before = bench.sandbox.messages(room).length;
      await deliver(leaving('out', room, 'left'));
      expect(bench.sandbox.messages(room)).toHaveLength(before);
    });

    it('one who left and speaks again is a member again', async () => {
      await deliver(joining('in', room));
      await deliver(leaving('out', room, 'left'));
      await deliver(saying('said', room, 'hello'));
      expect(memberNames()[annasGhost]).toBe('Anna (Talk) join');
    });

    describe('of Matrix, as the settings know them elsewhere', () => {
      const noah = '@noah:sandbox.test';
      const own = (name: string, how: 'removed' | 'banned') => {
        const { request } = leaving(name, room, how);
        const member = { ...request.event.member, account: adapter.account, id: userId(noah) };
        const inLine = { ...saying('line', room, 'Noah was removed').request.event, style: 'notice' as const };
        return {
          request: { ...request, event: { ...request.event, member }, inLine, speaker: bridge(request.speaker) },
        };
      };
      const bridge = (speaker: Asked<BridgeEvent>['request']['speaker']) => ({ ...speaker, as: 'bridge' as const });
      const send = ({ request }: ReturnType<typeof own>) => adapter.deliver.memberLeft?.send(request, bench.signal);
      const membership = () => bench.sandbox.members(room).find(({ userId: id }) => id === noah)?.membership;

      beforeEach(() => {
        bench.sandbox.addUser('noah', 'Noah');
        bench.sandbox.join(room, noah);
      });

      it('one who is removed there is removed here, as far as we may, and may be so again', async () => {
        setLevels({ users: { [bot]: 50 } });
        await send(own('one', 'removed'));
        await send(own('two', 'removed'));
        expect(membership()).toBe('leave');
        await send(own('three', 'banned'));
        await send(own('four', 'banned'));
        expect(membership()).toBe('ban');
      });

      it('whoever he was shown as from there goes too, also where we may not remove him', async () => {
        await deliver(joining('in', room));
        const { request } = own('one', 'removed');
        const { member: shown } = leaving('one', room, 'removed').request.event;
        await send({ request: { ...request, event: { ...request.event, shown } } });
        expect(membership()).toBe('join');
        expect(memberNames()[annasGhost]).toMatch(/ leave$/);
      });

      it('where we may not, it is told', async () => {
        await send(own('one', 'removed'));
        expect(membership()).toBe('join');
        expect(bench.sandbox.messages(room).at(-1)).toMatchObject({
          sender: bot,
          content: { body: 'Noah was removed' },
        });
      });

      it('where we may not, and the link does not tell of it, that says so', async () => {
        const { request } = own('one', 'removed');
        const { inLine: _told, ...untold } = request;
        const failure = await failureOf(adapter.deliver.memberLeft?.send(untold, bench.signal) ?? Promise.resolve());
        expect(failure.message).toBe(`${bot} may not change the members of the room: give it the power for that`);
        expect(bench.sandbox.messages(room).at(-1)).not.toMatchObject({ type: 'm.room.message' });
      });

      it('one who is added there is invited here', async () => {
        setLevels({ invite: 0 });
        const pia = bench.sandbox.addUser('pia', 'Pia');
        const { request } = joining('one', room);
        const member = { ...request.event.member, account: adapter.account, id: userId(pia) };
        await adapter.deliver.memberJoined?.send({ ...request, event: { ...request.event, member } }, bench.signal);
        expect(bench.sandbox.messages(room).at(-1)).toMatchObject({
          type: 'm.room.member',
          sender: bot,
          content: { membership: 'invite' },
        });
      });
    });

    it('a room that lets no ghosts in shows nobody', async () => {
      bench.sandbox.sendState(room, alice, 'm.room.join_rules', '', { join_rule: 'invite' });
      setLevels({ invite: 50 });
      await deliver(joining('in', room));
      await deliver(joining('in', room, { speaker: { as: 'relay' } }));
      expect(memberNames()).not.toHaveProperty([annasGhost]);
    });
  });

  describe('the room', () => {
    const asAdministrator = (): void => {
      setLevels({ users: { [bot]: 50 } });
    };

    it('gets the name and the topic of the other, once', async () => {
      asAdministrator();
      for (const name of ['one', 'two']) {
        await deliver(changing(name, room, { of: 'name', name: 'Crew' }));
        await deliver(changing(name, room, { of: 'topic', topic: 'All of us' }));
      }
      await deliver(changing('three', room, { of: 'name', name: 'Crew 2' }));
      expect(stateOf('m.room.name')).toEqual([
        [alice, { name: 'Team' }],
        [bot, { name: 'Crew' }],
        [bot, { name: 'Crew 2' }],
      ]);
      expect(stateOf('m.room.topic')).toEqual([[bot, { topic: 'All of us' }]]);
    });

    it('an empty topic where there is none is nothing new', async () => {
      asAdministrator();
      await deliver(changing('one', room, { of: 'topic', topic: '' }));
      expect(stateOf('m.room.topic')).toEqual([]);
    });

    it('gets the picture of the other, once, and loses it', async () => {
      asAdministrator();
      let pixels = Buffer.from('89504e470d0a1a0a', 'hex');
      const openFile = () =>
        Promise.resolve({
          name: 'picture.png',
          mime: 'image/png',
          bytes: 8,
          body: [pixels] as unknown as AsyncIterable<Uint8Array>,
        });
      for (const name of ['one', 'two'])
        await deliver(changing(name, room, { of: 'avatar', avatar: picture }, { openFile }));
      expect(stateOf('m.room.avatar')).toEqual([
        [
          bot,
          {
            url: expect.stringMatching(/^mxc:\/\/sandbox\.test\//) as unknown,
            info: { mimetype: 'image/png', size: 8 },
          },
        ],
      ]);
      pixels = Buffer.from('89504e470d0a1a0b', 'hex');
      await deliver(changing('three', room, { of: 'avatar', avatar: picture }, { openFile }));
      expect(stateOf('m.room.avatar')).toHaveLength(2);
      for (const name of ['four', 'five']) await deliver(changing(name, room, { of: 'avatar', avatar: null }));
      expect(stateOf('m.room.avatar').slice(2)).toEqual([[bot, {}]]);
    });

    it('an emoji that is drawn as SVG is no picture: the one before is gone', async () => {
      asAdministrator();
      const named = (name: string, mime: string, body: string) => ({
        openFile: () =>
          Promise.resolve({ name, mime, bytes: 8, body: [Buffer.from(body)] as unknown as AsyncIterable<Uint8Array> }),
      });
      const drawn = ['image/svg+xml', 'application/octet-stream'].map((mime) => named('1.svg', mime, '<svg/>'));
      await deliver(changing('none', room, { of: 'avatar', avatar: picture }, drawn[0]));
      expect(stateOf('m.room.avatar')).toEqual([]);
      for (const [at, svg] of drawn.entries()) {
        await deliver(
          changing(`one${at}`, room, { of: 'avatar', avatar: picture }, named('1.png', 'image/png', 'png')),
        );
        await deliver(changing(`two${at}`, room, { of: 'avatar', avatar: picture }, svg));
        expect(stateOf('m.room.avatar').at(-1)).toEqual([bot, {}]);
      }
    });

    it('a picture that cannot be had holds nothing up', async () => {
      asAdministrator();
      const openFile = () => Promise.reject(new NetworkUnavailable('no', { certainty: 'notSent' }));
      const failure = await failureOf(deliver(changing('one', room, { of: 'avatar', avatar: picture }, { openFile })));
      expect(failure.code).toBe('messageRefused');
    });

    it('where we may not, it says so and holds nothing up', async () => {
      const refused = await failureOf(deliver(changing('one', room, { of: 'name', name: 'Crew' })));
      expect([refused.code, refused.message]).toEqual([
        'messageRefused',
        `${bot} may not change the name of the room: give it the power for that`,
      ]);
    });

    it('where we are out, it waits', async () => {
      await bench.act(alice, 'POST', `/rooms/${encodeURIComponent(room)}/kick`, { user_id: bot });
      await until(() => bench.log.some(({ event }) => event.includes('removed from a linked room')));
      expect((await failureOf(deliver(changing('one', room, { of: 'name', name: 'Crew' })))).code).toBe('roomClosed');
      expect((await failureOf(deliver(joining('two', room)))).code).toBe('roomClosed');
    });

    it('its history is not cleared by us', async () => {
      const before = bench.sandbox.messages(room).length;
      await deliver(changing('one', room, { of: 'history', cleared: 'all' }));
      expect(bench.sandbox.messages(room)).toHaveLength(before);
    });
  });
});
