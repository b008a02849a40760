import { skeleton } from '../../formatting/look-alike.js';
import { NetworkUnavailable } from '../../model/errors.js';
import { accountId, roomId, userId } from '../../model/ids.js';
import { systemClock } from '../../workers/system-clock.js';
import { GuestNames, type Named, shownName } from './talk.guest-names.js';
import { RoomPeople } from './talk.room-people.js';

const mia = (name: string, handle?: string): Named => ({
  person: { account: accountId('hs'), id: userId('@mia:there'), name, standing: 'person' },
  profile: { name, ...(handle === undefined ? {} : { handle }) },
  networkLabel: 'Matrix',
});
const taken = (...names: string[]): ReadonlySet<string> => new Set(names.map(skeleton));

describe('shownName', () => {
  it('a name has its network behind it', () => {
    expect(shownName(mia('Mia'), taken('Anna'))).toBe('Mia (Matrix)');
  });

  it('one that is, or looks like, somebody’s of the room has the handle with it', () => {
    expect(shownName(mia('Anna'), taken('Anna'))).toBe('Anna [@mia:there] (Matrix)');
    expect(shownName(mia('Αnna', '@mia'), taken('anna'))).toBe('Αnna [@mia] (Matrix)');
    expect(shownName(mia('Mia'), taken('Mia (Matrix)'))).toBe('Mia [@mia:there] (Matrix)');
  });

  it('one that was told apart already has it once', () => {
    expect(shownName(mia('Anna [@mia:there]'), taken('Anna [@mia:there]'))).toBe('Anna [@mia:there] (Matrix)');
  });

  it('of two whose long names are the same, each is still told apart', () => {
    const long = 'Anna '.repeat(16);
    const shown = (handle: string) => shownName({ ...mia(long, handle), networkLabel: 'N'.repeat(300) }, taken(long));
    expect(shown('@one').slice(0, 80)).not.toBe(shown('@two').slice(0, 80));
    expect(shown('@one')).toHaveLength(250);
  });

  it('what cannot be seen or does not fit is left out; there is always a name', () => {
    expect(shownName(mia('\u202eM\u200bia\n'), taken())).toBe('Mia (Matrix)');
    expect(shownName(mia(' '), taken())).toBe('Someone (Matrix)');
    expect(shownName(mia('long '.repeat(100), `@${'x'.repeat(500)}`), taken('long '.repeat(100))).length).toBeLessThan(
      251,
    );
  });
});

describe('GuestNames', () => {
  const room = roomId('abcd1234');
  const signal = new AbortController().signal;
  let nowMs: number;
  let asked: number;
  let answer: () => Promise<{ data: readonly { actorType: string; displayName: string }[] }>;

  const names = (): GuestNames => {
    const list = (): ReturnType<typeof answer> => {
      asked += 1;
      return answer();
    };
    const client = { api: { participants: { list } } } as unknown as ConstructorParameters<typeof RoomPeople>[0];
    return new GuestNames(new RoomPeople(client, { ...systemClock, monotonicMs: () => nowMs }));
  };
  const people = (...given: readonly [string, string][]) => {
    answer = () => Promise.resolve({ data: given.map(([actorType, displayName]) => ({ actorType, displayName })) });
  };

  beforeEach(() => {
    nowMs = 0;
    asked = 0;
  });

  it('the names of those who have an account are asked for once in ten minutes; guests have none of their own', async () => {
    people(['users', 'Anna'], ['guests', 'Zoe']);
    const known = names();
    expect(await known.of(room, mia('Anna'), signal)).toBe('Anna [@mia:there] (Matrix)');
    expect(await known.of(room, mia('Zoe'), signal)).toBe('Zoe (Matrix)');
    nowMs += 599_999;
    await known.of(room, mia('Anna'), signal);
    expect(asked).toBe(1);
    nowMs += 1;
    await known.of(room, mia('Anna'), signal);
    expect(asked).toBe(2);
  });

  it('where the room does not say, what was known holds, and it is asked again soon', async () => {
    answer = () => Promise.reject(new NetworkUnavailable('no', { certainty: 'notSent' }));
    const known = names();
    expect(await known.of(room, mia('Anna'), signal)).toBe('Anna (Matrix)');
    people(['users', 'Anna']);
    nowMs += 30_000;
    expect(await known.of(room, mia('Anna'), signal)).toBe('Anna [@mia:there] (Matrix)');
    answer = () => Promise.reject(new NetworkUnavailable('no', { certainty: 'notSent' }));
    nowMs += 600_000;
    expect(await known.of(room, mia('Anna'), signal)).toBe('Anna [@mia:there] (Matrix)');
  });

  it('what is no fault of the room is told', async () => {
    answer = () => Promise.reject(new TypeError('a mistake of ours'));
    await expect(names().of(room, mia('Anna'), signal)).rejects.toThrow('a mistake of ours');
  });
});
