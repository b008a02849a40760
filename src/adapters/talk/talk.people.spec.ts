import { memoryStore } from '../../../test/contract/talk-at-sandbox.js';
import { MovedClock } from '../../../test/support/moved-clock.js';
import type { AccountStore } from '../../model/account-store.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import { LoginRefused, NetworkUnavailable, RoomClosed } from '../../model/errors.js';
import { accountId, roomId, type RoomId } from '../../model/ids.js';
import type { RawPayload, WatchedRoom, Watching } from '../../model/network-adapter.js';
import { silentLog } from '../../observability/log.js';
import { participant, type Participant } from './api/room.answers.js';
import { fromPerson } from './from-talk-people.js';
import { parseStoredPerson } from './talk.payloads.js';
import { TalkPeople } from './talk.people.js';
import { TalkStatuses } from './talk.statuses.js';

const room = roomId('abcd1234');
const { signal } = new AbortController();
const some = (actorType: string, actorId: string, more: object = {}): Participant =>
  participant.parse({
    attendeeId: 1,
    actorType,
    actorId,
    displayName: actorId.toUpperCase(),
    participantType: 3,
    lastPing: 0,
    ...more,
  });
const watched = (token: RoomId, state: WatchedRoom['state'] = 'open'): WatchedRoom => ({
  room: token,
  watch: 'swept',
  cursor: null,
  pushedAt: null,
  state,
});

describe('talk.people', () => {
  let clock: MovedClock;
  let store: AccountStore;
  let there: Participant[];
  let asked: string[];
  let answer: () => Promise<void>;
  let kept: Map<string, RawPayload>;
  let refusals: Error[];
  let people: TalkPeople;
  let statuses: TalkStatuses;
  /** How often it was asked how people are, and what was told of it. */
  let withStatuses: number;
  let howTheyAre: string[];
  /** Rooms into whose links another one came. */
  let cameLater: { room: RoomId; at: string }[];

  const make = (membersShown = 100): TalkPeople => {
    const list = async ({ token, includeStatus }: { token: string; includeStatus?: boolean }) => {
      asked.push(token);
      if (includeStatus === true) withStatuses += 1;
      await answer();
      return { data: there, headers: { hasUserStatuses: true } };
    };
    const made = new TalkPeople({
      client: { api: { participants: { list } }, skewMs: 0 } as never,
      store,
      clock,
      log: silentLog,
      membersShown,
      statuses,
      self: () => 'bridge',
      isOurGuest: (actor) => Promise.resolve(actor === 'ours'),
    });
    made.listen({
      accept: (payloads) => {
        const refusal = refusals.pop();
        if (refusal !== undefined) return Promise.reject(refusal);
        for (const payload of payloads) if (!kept.has(payload.key)) kept.set(payload.key, payload);
        return Promise.resolve();
      },
    });
    return made;
  };
  beforeEach(() => {
    clock = new MovedClock();
    store = memoryStore();
    there = [some('users', 'bridge'), some('users', 'anna', { participantType: 1 }), some('users', 'ben')];
    asked = [];
    answer = () => Promise.resolve();
    kept = new Map();
    refusals = [];
    cameLater = [];
    withStatuses = 0;
    howTheyAre = [];
    statuses = statusesThatAre(false);
    people = make();
  });

  const statusesThatAre = (presence: boolean): TalkStatuses =>
    new TalkStatuses({
      account: accountId('home'),
      settings: { presence, presenceIntervalMs: 60_000 },
      store,
      clock,
      presence: ({ person, presence: is }) => howTheyAre.push(`${person.id} ${is.state}`),
      self: () => 'bridge',
    });

  const row = (id: number, systemMessage: string) => ({ id, systemMessage }) as never;
  const joined: Watching['joined'] = (since) => {
    const rooms = cameLater.filter(({ at }) => since !== null && at > since).map((came) => came.room);
    return Promise.resolve({ rooms, upTo: cameLater.at(-1)?.at ?? '1' });
  };
  const step = async (by = people, rooms = [watched(room)]) => {
    await by.welcome(joined);
    await by.step(rooms, signal);
  };
  /** A row tells of the room's people, and a minute is over. */
  const stepLater = async (id: number, systemMessage = 'user_added'): Promise<void> => {
    await people.noticeRow(room, row(id, systemMessage));
    await clock.pass(60_000);
    await step();
  };
  const told = (): string[] => {
    const payloads = [...kept.values()].map(({ body }) =>
      parseStoredPerson(JSON.parse(Buffer.from(body).toString('utf8'))),
    );
    kept.clear();
    return payloads
      .flatMap((stored) => {
        const result = stored === undefined ? { events: [] } : fromPerson(stored, accountId('home'));
        return 'events' in result ? result.events : [];
      })
      .map(wordsOf);
  };

  it('who is in a room that is begun is told, with who sees to it, and asked for no more', async () => {
    await people.began(room);
    await step();
    expect(told()).toEqual(['users/anna joined', 'users/anna is moderator', 'users/ben joined']);
    await clock.pass(3_600_000);
    await step();
    expect(asked).toEqual([room]);
  });

  it('a room that is begun anew, in another link, tells all of them again', async () => {
    await people.began(room);
    await step();
    told();
    await people.began(room);
    await clock.pass(60_000);
    await step();
    expect(told()).toEqual(['users/anna joined', 'users/anna is moderator', 'users/ben joined']);
  });

  it('all of them are told again where another room comes into the link later, once, also after a restart', async () => {
    await people.began(room);
    await step();
    told();
    cameLater = [{ room, at: '2' }];
    await clock.pass(60_000);
    await step(make());
    expect(told()).toEqual(['users/anna joined', 'users/anna is moderator', 'users/ben joined']);
    await clock.pass(60_000);
    await step();
    await step(make());
    expect(asked).toHaveLength(2);
  });

  it('rows about people have it looked again, at most once a minute; other rows do not', async () => {
    await people.began(room);
    await step();
    await people.noticeRow(room, row(1, ''));
    await people.noticeRow(room, row(2, 'call_started'));
    await clock.pass(60_000);
    await step();
    expect(asked).toHaveLength(1);
    for (let second = 0; second < 180; second += 1) {
      await people.noticeRow(room, row(100 + second, 'user_added'));
      await step();
      await clock.pass(1000);
    }
    expect(asked).toHaveLength(4);
  });

  it('only what changed since the last look is told: who came, who is gone, who became moderator and who is none any more', async () => {
    await people.began(room);
    await step();
    told();
    there = [some('users', 'ben', { participantType: 2 }), some('users', 'carol')];
    await stepLater(1);
    expect(told()).toEqual(['users/anna left', 'users/ben is moderator', 'users/carol joined']);
    there = [some('users', 'ben'), some('users', 'carol')];
    await stepLater(2, 'moderator_demoted');
    expect(told()).toEqual(['users/ben is member']);
    await stepLater(3);
    expect(told()).toEqual([]);
  });

  it('guests are told who gave a name, none of ours, and who was invited by e-mail once he came; groups and the invited of other servers are not', async () => {
    there = [
      some('guests', 'g1', { displayName: 'Mia' }),
      some('guests', 'g2', { displayName: '' }),
      some('guests', 'ours', { displayName: 'Ida (Matrix)' }),
      some('emails', 'e1', { displayName: 'max@example.org', lastPing: 7 }),
      some('emails', 'e2', { displayName: 'Max', lastPing: 0 }),
      some('emails', 'e3', { displayName: 'Eva', lastPing: 7, participantType: 6 }),
      some('groups', 'staff'),
      some('circles', 'team'),
      some('federated_users', 'dora@https://there.example.org'),
      some('users', 'bridge-bot'),
    ];
    await people.began(room);
    await step();
    expect(told()).toEqual(['guests/g1 joined', 'emails/e3 joined', 'emails/e3 is moderator']);
    there = there.slice(1);
    await stepLater(1);
    expect(told()).toEqual(['guests/g1 left']);
  });

  it('of a large room as many as the settings say, who stay the same while they are there', async () => {
    people = make(2);
    there = ['a', 'b', 'c'].map((id) => some('users', id));
    await people.began(room);
    await step();
    expect(told()).toEqual(['users/a joined', 'users/b joined']);
    there = ['c', 'b', 'a'].map((id) => some('users', id));
    await stepLater(1);
    expect(told()).toEqual([]);
    there = ['c', 'b'].map((id) => some('users', id));
    await stepLater(2);
    expect(told()).toEqual(['users/a left', 'users/c joined']);
  });

  /** What is asked in the seconds to come, in each of which it is seen what is due. */
  const askedWithin = async (seconds: number, each: (second: number) => Promise<void> | void): Promise<number> => {
    const before = asked.length;
    for (let second = 0; second < seconds; second += 1) {
      await each(second);
      await step();
      await clock.pass(1000);
    }
    return asked.length - before;
  };
  const looks = async (second: number): Promise<void> => {
    if (second % 10 === 0) await people.somebodyLooks(room);
  };
  const nobody = (): void => undefined;

  it('while somebody looks the room is asked every 3 s, and not at all when they do no more', async () => {
    await step();
    expect(asked).toEqual([]);
    expect(await askedWithin(60, looks)).toBe(20);
    there = [...there, some('users', 'carol')];
    told();
    await step();
    expect(told()).toEqual(['users/carol joined']);
    // Until 15 s after they were told to look, the last time 10 s ago.
    expect(await askedWithin(30, nobody)).toBeLessThanOrEqual(2);
    expect(await askedWithin(3600, nobody)).toBe(0);
  });

  it('another replica hears that somebody looks, and the owner asks', async () => {
    await make().somebodyLooks(room);
    await step();
    expect(asked).toEqual([room]);
  });

  it('what was found is written down where it changed alone', async () => {
    let written = 0;
    const put = store.put.bind(store);
    store = { ...store, put: (key, value) => ((written += key.startsWith('people/') ? 1 : 0), put(key, value)) };
    people = make();
    await askedWithin(30, looks);
    expect(written).toBe(1);
  });

  it('a room that fails is asked once a minute, whoever looks', async () => {
    answer = () => Promise.reject(new NetworkUnavailable('not now', { certainty: 'notSent' }));
    expect(await askedWithin(180, looks)).toBe(3);
    answer = () => Promise.reject(new RoomClosed('not allowed', 'noPermission'));
    await clock.pass(60_000);
    expect(await askedWithin(180, looks)).toBe(3);
  });

  it.each([100, 0])(
    'a room in which something was written is asked once a minute how its people are; shown: %s',
    async (membersShown) => {
      statuses = statusesThatAre(true);
      people = make(membersShown);
      there = [some('users', 'anna', { status: 'away' })];
      await statuses.noticeActivity(room);
      expect(await askedWithin(300, nobody)).toBe(5);
      expect([withStatuses, howTheyAre.length, howTheyAre[0]]).toEqual([5, 5, 'users/anna away']);
      // Ten minutes after it was written.
      expect(await askedWithin(3600, nobody)).toBe(5);
    },
  );

  it('somebody who looks has it asked no sooner how people are', async () => {
    statuses = statusesThatAre(true);
    people = make();
    await statuses.noticeActivity(room);
    expect(await askedWithin(60, looks)).toBe(20);
    expect(withStatuses).toBe(1);
  });

  it('a closed room, and one in no active link, is not asked however much they look', async () => {
    for (const rooms of [[watched(room, 'closed')], [watched(roomId('other123'))]]) {
      await people.somebodyLooks(room);
      await step(people, rooms);
    }
    expect(asked).toEqual([]);
  });

  it('nobody is asked for where nobody is to be shown', async () => {
    people = make(0);
    await people.began(room);
    await people.noticeRow(room, row(1, 'user_added'));
    await people.somebodyLooks(room);
    await step();
    expect(asked).toEqual([]);
    expect(await store.list('')).toEqual([]);
  });

  it('what another replica read, or an earlier program, is looked at by whoever owns the account now', async () => {
    await people.began(room);
    await step(make());
    expect(told()).toHaveLength(3);
    await step();
    expect(asked).toHaveLength(1);
  });

  it('two that look at the same time tell the same once', async () => {
    await people.began(room);
    await Promise.all([step(), step(make())]);
    expect(told()).toEqual(['users/anna joined', 'users/anna is moderator', 'users/ben joined']);
  });

  it('a row that is read while it is looked has it looked again', async () => {
    await people.began(room);
    answer = () => people.noticeRow(room, row(1, 'user_added'));
    await step();
    answer = () => Promise.resolve();
    await clock.pass(59_999);
    await step();
    expect(asked).toHaveLength(1);
    await clock.pass(1);
    await step();
    expect(asked).toHaveLength(2);
  });

  it('what fails is tried again in a minute; where we may not look, the next row has it tried', async () => {
    await people.began(room);
    answer = () => Promise.reject(new NetworkUnavailable('not now', { certainty: 'notSent' }));
    await step();
    await step();
    expect(asked).toHaveLength(1);
    answer = () => Promise.reject(new RoomClosed('not allowed', 'noPermission'));
    await clock.pass(60_000);
    await step();
    await clock.pass(60_000);
    await step();
    expect(asked).toHaveLength(2);
    answer = () => Promise.resolve();
    await stepLater(1);
    expect(told()).toHaveLength(3);
  });

  it('what could not be stored is told by the next look, a minute later', async () => {
    await people.began(room);
    refusals = [new Error('the database is away')];
    await expect(step()).rejects.toThrow('the database is away');
    await clock.pass(60_000);
    await step();
    expect(told()).toHaveLength(3);
  });

  it('a refused login is for the room list to tell', async () => {
    await people.began(room);
    answer = () => Promise.reject(new LoginRefused('revoked'));
    await expect(step()).rejects.toThrow(LoginRefused);
  });

  it('a room that is closed, or in no active link, is not asked', async () => {
    await people.began(room);
    await step(people, [watched(room, 'closed')]);
    await step(people, [watched(roomId('other123'))]);
    expect(asked).toEqual([]);
  });
});

function wordsOf(event: BridgeEvent): string {
  switch (event.kind) {
    case 'memberJoined':
      return `${event.member.id} joined`;
    case 'memberLeft':
      return `${event.member.id} ${event.how}`;
    case 'roleChanged':
      return `${event.member.id} is ${event.role}`;
    default:
      return event.kind;
  }
}
