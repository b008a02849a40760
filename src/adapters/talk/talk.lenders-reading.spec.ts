import { MovedClock } from '../../../test/support/moved-clock.js';
import type { ReadUpTo } from '../../model/bridge-event.js';
import { NetworkUnavailable } from '../../model/errors.js';
import { accountId, roomId, userId, type RoomId } from '../../model/ids.js';
import type { LoginUse } from '../../model/lending.js';
import { silentLog } from '../../observability/log.js';
import { LendersReading } from './talk.lenders-reading.js';
import type { LentLogin } from './talk.lent-logins.js';
import type { OwnReading } from './talk.own-reading.js';

const team = roomId('team');
const other = roomId('other');
const unlinked = roomId('unlinked');

describe('talk.lenders-reading', () => {
  let clock: MovedClock;
  let logins: LentLogin[];
  let members: Map<RoomId, ReadonlySet<string>>;
  /** By user and room. */
  let marks: Map<string, Map<RoomId, number>>;
  let fault: Error | undefined;
  let hidden: boolean;
  let shows: boolean;
  let asked: { user: string; atMs: number; since: number }[];
  let privacies: number;
  let told: ReadUpTo[];
  let stop: AbortController;
  let reading: LendersReading;
  let running: Promise<void>;

  const lent = (id: string, user: string, uses: LoginUse[] = ['reading']): LentLogin => ({
    owner: { account: accountId('hs'), id: userId(`@${id}:there`) },
    user,
    name: user,
    at: clock.now().toISOString(),
    uses,
  });
  const nowSeconds = (): number => Math.floor(clock.now().getTime() / 1000);
  const say = (room: RoomId, row: number): void => reading.noticeNew(room, row, nowSeconds());
  const reads = (user: string, room: RoomId, row: number): void => {
    marks.set(user, (marks.get(user) ?? new Map<RoomId, number>()).set(room, row));
  };
  const said = (): string[] => told.map(({ actor, room, message }) => `${actor.id} ${room.id} ${message.id}`);

  beforeEach(() => {
    clock = new MovedClock();
    logins = [lent('mia', 'anna')];
    members = new Map([team, other, unlinked].map((room) => [room, new Set(['anna', 'ben'])]));
    marks = new Map();
    [fault, hidden, shows, asked, privacies, told] = [undefined, false, true, [], 0, []];
    const readingOf = (user: string): Pick<OwnReading, 'marks' | 'isPrivate'> => ({
      marks: (since) => {
        asked.push({ user, atMs: clock.elapsedMs, since });
        return fault === undefined ? Promise.resolve(new Map(marks.get(user))) : Promise.reject(fault);
      },
      isPrivate: () => {
        privacies += 1;
        return Promise.resolve(hidden);
      },
    });
    reading = new LendersReading({
      account: accountId('cloud'),
      settings: { ownReadIntervalMs: 30_000 },
      client: { skewMs: 0 },
      clock,
      log: silentLog,
      logins: { all: () => Promise.resolve(logins) },
      people: { of: (room) => Promise.resolve({ members: members.get(room) ?? new Set(), skeletons: new Set() }) },
      isLinked: (room) => room !== unlinked,
      wasRead: (upTo) => told.push(upTo),
      showsRead: () => shows,
      asReader: (login, ask) => ask(readingOf(login.user) as OwnReading),
    });
    stop = new AbortController();
    running = reading.run(stop.signal);
  });

  afterEach(async () => {
    stop.abort();
    await running;
  });

  it('who reads what was said in a linked room is told of, as whom the login is of, within half a minute', async () => {
    reads('anna', team, 4);
    say(team, 5);
    await clock.pass(10_000);
    expect(said()).toEqual([]);
    reads('anna', team, 5);
    await clock.pass(60_000);
    expect(told).toMatchObject([
      {
        room: { account: 'cloud', id: 'team' },
        actor: { account: 'hs', id: '@mia:there' },
        message: { id: '5' },
        ids: 'ascending',
      },
    ]);
    expect(told[0]).not.toHaveProperty('isPrivate');
  });

  it('nobody is asked while nothing is new, nor once they have read it all', async () => {
    await clock.pass(3_600_000);
    expect(asked).toEqual([]);
    say(team, 5);
    reads('anna', team, 5);
    await clock.pass(3_600_000);
    expect(asked).toHaveLength(1);
    expect(said()).toEqual(['@mia:there team 5']);
    say(team, 6);
    await clock.pass(10_000);
    expect(asked).toHaveLength(2);
  });

  it('who reads nothing is asked ever more seldom, and not any more after a day', async () => {
    say(team, 5);
    await clock.pass(3_600_000);
    expect(asked.length).toBeLessThanOrEqual(5 + 12);
    await clock.pass(24 * 3_600_000);
    const before = asked.length;
    await clock.pass(24 * 3_600_000);
    expect(asked).toHaveLength(before);
  });

  it('many are asked no faster than two a second', async () => {
    logins = Array.from({ length: 20 }, (_, at) => lent(`p${String(at)}`, `user${String(at)}`));
    members.set(team, new Set(logins.map(({ user }) => user)));
    say(team, 5);
    await clock.pass(60_000);
    const first = asked.slice(0, 20);
    expect(new Set(first.map(({ user }) => user)).size).toBe(20);
    for (const [at, { atMs }] of first.entries())
      if (at > 0) expect(atMs - first[at - 1]!.atMs).toBeGreaterThanOrEqual(500);
  });

  it('asked is only who was told of it, is in such a room, and whose own network shows it', async () => {
    logins = [lent('pia', 'ben', ['presence']), lent('olga', 'carol')];
    say(team, 5);
    say(unlinked, 7);
    await clock.pass(60_000);
    logins = [lent('mia', 'anna')];
    shows = false;
    await clock.pass(60_000);
    expect(asked).toEqual([]);
  });

  it('a room that nobody linked is told of to nobody, and what was said before is asked for with the rest', async () => {
    say(team, 5);
    const since = nowSeconds();
    await clock.pass(10_000);
    say(other, 8);
    reads('anna', unlinked, 9);
    reads('anna', other, 8);
    await clock.pass(60_000);
    expect(said()).toEqual(['@mia:there other 8']);
    expect(new Set(asked.map((each) => each.since))).toEqual(new Set([since]));
  });

  it('what was read long before anybody asked is no news, and what is read from then on is', async () => {
    reading.noticeNew(team, 5, nowSeconds() - 3600);
    reads('anna', team, 5);
    await clock.pass(30_000);
    say(team, 7);
    reads('anna', team, 6);
    await clock.pass(60_000);
    expect(said()).toEqual(['@mia:there team 6']);
  });

  it('who marks a room as unread has read nothing, and reads on from there', async () => {
    say(team, 5);
    reads('anna', team, 4);
    await clock.pass(10_000);
    reads('anna', team, 2);
    await clock.pass(60_000);
    reads('anna', team, 3);
    await clock.pass(120_000);
    expect(said()).toEqual(['@mia:there team 3']);
  });

  it('what somebody lets nobody see is told so; that is asked for where there is something to tell, and not each time', async () => {
    hidden = true;
    say(team, 5);
    await clock.pass(20_000);
    expect(privacies).toBe(0);
    reads('anna', team, 4);
    await clock.pass(120_000);
    reads('anna', team, 5);
    await clock.pass(300_000);
    expect(told.map(({ isPrivate }) => isPrivate)).toEqual([true]);
    expect(privacies).toBe(1);
  });

  it('a server that fails is asked again, later each time, and nothing is lost', async () => {
    reads('anna', team, 1);
    say(team, 5);
    await clock.pass(10_000);
    fault = new NetworkUnavailable('down', { certainty: 'notSent' });
    reads('anna', team, 5);
    await clock.pass(200_000);
    fault = undefined;
    await clock.pass(300_000);
    expect(said()).toEqual(['@mia:there team 5']);
  });
});
