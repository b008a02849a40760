import { memoryStore } from '../../../test/contract/talk-at-sandbox.js';
import { MovedClock } from '../../../test/support/moved-clock.js';
import type { AccountStore } from '../../model/account-store.js';
import type { PresenceChanged } from '../../model/bridge-event.js';
import { accountId, roomId, type RoomId } from '../../model/ids.js';
import { participant, type Participant } from './api/room.answers.js';
import { presencesIn, TalkStatuses } from './talk.statuses.js';

const room = roomId('abcd1234');
const some = (actorType: string, actorId: string, status: object = {}): Participant =>
  participant.parse({
    attendeeId: 1,
    actorType,
    actorId,
    displayName: 'Anna',
    participantType: 3,
    lastPing: 0,
    ...status,
  });

describe('talk.statuses', () => {
  it.each([
    [{ status: 'online', statusIcon: null, statusMessage: null }, { state: 'online' }],
    [
      { status: 'away', statusIcon: '🏖', statusMessage: 'on the\n meadow ' },
      { state: 'away', emoji: '🏖', text: 'on the meadow' },
    ],
    [{ status: 'dnd', statusMessage: '' }, { state: 'doNotDisturb' }],
    [
      { status: 'busy', statusIcon: '💬', statusMessage: 'In a call' },
      { state: 'busy', emoji: '💬', text: 'In a call' },
    ],
    [{ status: 'invisible' }, { state: 'offline' }],
    [{ status: 'of tomorrow' }, { state: 'offline' }],
    [{}, { state: 'offline' }],
  ])('%j is %j', (status, presence) => {
    const at = { account: accountId('home'), id: room };
    expect(presencesIn(at, [some('users', 'anna', status)], 'bridge')).toEqual([
      {
        kind: 'presenceChanged',
        room: at,
        person: { account: 'home', id: 'users/anna', name: 'Anna', standing: 'person' },
        presence,
      },
    ]);
  });

  it('nothing is told of our own user, bots, guests and people of other servers', () => {
    const others = [
      some('users', 'bridge', { status: 'online' }),
      some('users', 'bridge-bot', { status: 'online' }),
      some('guests', 'a1', { status: 'online' }),
      some('federated_users', 'dora@https://there.example.org', { status: 'online' }),
    ];
    expect(presencesIn({ account: accountId('home'), id: room }, others, 'bridge')).toEqual([]);
  });

  describe('which rooms are asked', () => {
    let clock: MovedClock;
    let store: AccountStore;
    let told: PresenceChanged[];
    const make = (presence = true): TalkStatuses =>
      new TalkStatuses({
        account: accountId('home'),
        settings: { presence, presenceIntervalMs: 60_000 },
        store,
        clock,
        presence: (changed) => told.push(changed),
        self: () => 'bridge',
      });
    beforeEach(() => {
      [clock, store, told] = [new MovedClock(), memoryStore(), []];
    });
    const due = async (statuses: TalkStatuses): Promise<RoomId[]> => [...(await statuses.due())];

    it('those in which something was written within ten minutes, each once a minute', async () => {
      const statuses = make();
      expect(await due(statuses)).toEqual([]);
      await statuses.noticeActivity(room);
      expect(await due(statuses)).toEqual([room]);
      statuses.tell(room, [some('users', 'anna', { status: 'online' })], true);
      await clock.pass(59_999);
      expect(await due(statuses)).toEqual([]);
      await clock.pass(1);
      expect(await due(statuses)).toEqual([room]);
      await clock.pass(540_000);
      expect(await due(statuses)).toEqual([]);
      expect(told).toHaveLength(1);
    });

    it('thirty at most, those that were written in last', async () => {
      const statuses = make();
      for (let at = 0; at < 40; at += 1) await statuses.noticeActivity(roomId(`room${at}`));
      await statuses.due();
      await statuses.noticeActivity(roomId('last'));
      const rooms = await due(statuses);
      expect(rooms).toHaveLength(30);
      expect(rooms).toContain('last');
    });

    it('what another replica read is known to the owner', async () => {
      await make().noticeActivity(room);
      expect(await due(make())).toEqual([room]);
    });

    it('a server without statuses is asked again in an hour', async () => {
      const statuses = make();
      const active = async (): Promise<RoomId[]> => {
        await statuses.noticeActivity(room);
        return due(statuses);
      };
      expect(await active()).toEqual([room]);
      statuses.tell(room, [some('users', 'anna')], false);
      await clock.pass(3_540_000);
      expect(await active()).toEqual([]);
      await clock.pass(60_000);
      expect(await active()).toEqual([room]);
      expect(told).toEqual([]);
    });

    it('none where the settings do not say so, and nothing is written down', async () => {
      const statuses = make(false);
      await statuses.noticeActivity(room);
      expect(await due(statuses)).toEqual([]);
      expect(await store.list('')).toEqual([]);
    });
  });
});
