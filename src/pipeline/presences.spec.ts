import { MovedClock } from '../../test/support/moved-clock.js';
import { accountId, roomId, userId, type RoomRef, type UserRef } from '../model/ids.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { Presence } from '../model/presence.js';
import { silentLog } from '../observability/log.js';
import { Presences } from './presences.js';

const ref = (account: string, id = account): RoomRef => ({ account: accountId(account), id: roomId(id) });
const person = (name: string, standing: UserRef['standing'] = 'person'): UserRef => ({
  account: accountId('talk'),
  id: userId(name),
  name,
  standing,
});

describe('pipeline: presences', () => {
  let clock: MovedClock;
  let shown: string[];
  let beside: Map<string, RoomRef[]>;
  let asked: number;
  let stop: AbortController;
  let running: Promise<void>;
  let presences: Presences;
  let showing: ((account: string) => Promise<void>) | undefined;

  const showsAt = (account: string): NetworkAdapter =>
    ({
      showPresence: async ({ name }: UserRef, { state, emoji = '', text = '' }: Presence) => {
        shown.push(`${account}: ${name} ${state} ${emoji}${text}`.trimEnd());
        await showing?.(account);
      },
    }) as unknown as NetworkAdapter;

  beforeEach(() => {
    clock = new MovedClock();
    shown = [];
    asked = 0;
    showing = undefined;
    beside = new Map([
      ['talk', [ref('matrix'), ref('matrix', 'two'), ref('slack')]],
      ['other', [ref('far')]],
    ]);
    presences = new Presences({
      adapters: new Map([
        ['matrix', showsAt('matrix')],
        ['far', showsAt('far')],
        ['slack', {} as NetworkAdapter],
      ]),
      beside: ({ id }) => {
        asked += 1;
        return Promise.resolve(beside.get(id) ?? []);
      },
      clock,
      log: silentLog,
    });
    stop = new AbortController();
    running = presences.run(stop.signal);
  });

  afterEach(async () => {
    stop.abort();
    await running;
  });

  const is = async (name: string, presence: Presence, room = 'talk'): Promise<void> => {
    presences.changed({ kind: 'presenceChanged', room: ref('talk', room), person: person(name), presence });
    await clock.pass(1000);
  };

  it('how somebody is, is shown once at each account that has a room beside and can show it', async () => {
    await is('anna', { state: 'online', emoji: '🏖', text: 'on the meadow' });
    await is('anna', { state: 'away' });
    expect(shown).toEqual(['matrix: anna online 🏖on the meadow', 'matrix: anna away']);
  });

  it('what was told before is no news', async () => {
    await is('anna', { state: 'online' });
    await is('anna', { state: 'online' });
    expect(shown).toEqual(['matrix: anna online']);
  });

  it('it is said again every twenty seconds, and no longer than five minutes after it was told last', async () => {
    await is('anna', { state: 'online', text: 'here' });
    await clock.pass(60_000);
    expect(shown).toHaveLength(4);
    await is('anna', { state: 'online', text: 'here' });
    shown.length = 0;
    await clock.pass(320_000);
    expect(shown.at(-1)).toBe('matrix: anna offline here');
    expect(shown.filter((line) => line.includes('offline'))).toHaveLength(1);
    shown.length = 0;
    await clock.pass(600_000);
    expect(shown).toEqual([]);
  });

  it('who is gone is said to be so once, and who never was there is not', async () => {
    await is('ben', { state: 'offline' });
    await is('anna', { state: 'online' });
    await is('anna', { state: 'offline' });
    await clock.pass(600_000);
    expect(shown).toEqual(['matrix: anna online', 'matrix: anna offline']);
  });

  it('who is in rooms of several links is shown beside each of them', async () => {
    await is('anna', { state: 'online' });
    await is('anna', { state: 'online' }, 'other');
    shown.length = 0;
    await clock.pass(20_000);
    expect(shown).toEqual(['matrix: anna online', 'far: anna online']);
  });

  it('nobody is shown whom we ourselves control', async () => {
    presences.changed({
      kind: 'presenceChanged',
      room: ref('talk'),
      person: person('ghost', 'ours'),
      presence: { state: 'online' },
    });
    await clock.pass(1000);
    expect(shown).toEqual([]);
  });

  it('fifty people of an account at most, and others when one of them is gone', async () => {
    for (let at = 0; at < 60; at += 1) {
      presences.changed({
        kind: 'presenceChanged',
        room: ref('talk'),
        person: person(`p${at}`),
        presence: { state: 'away' },
      });
    }
    await clock.pass(10_000);
    expect(shown).toHaveLength(50);
    const ofAnother = { ...person('noah'), account: accountId('third') };
    presences.changed({ kind: 'presenceChanged', room: ref('talk'), person: ofAnother, presence: { state: 'busy' } });
    await clock.pass(1000);
    expect(shown.at(-1)).toBe('matrix: noah busy');
    await is('p0', { state: 'offline' });
    shown.length = 0;
    await is('p55', { state: 'away' });
    expect(shown).toContain('matrix: p55 away');
  });

  it('an account that takes its time holds up no other, and is told the newest alone', async () => {
    beside.set('talk', [ref('matrix'), ref('far')]);
    let finish = (): void => undefined;
    showing = (account) => (account === 'matrix' ? new Promise((resolve) => (finish = resolve)) : Promise.resolve());
    await is('anna', { state: 'online' });
    await is('anna', { state: 'away' });
    await is('anna', { state: 'busy' });
    expect(shown).toEqual(['matrix: anna online', 'far: anna online', 'far: anna away', 'far: anna busy']);
    showing = undefined;
    finish();
    await clock.pass(1000);
    expect(shown.slice(4)).toEqual(['matrix: anna busy']);
  });

  it('what cannot be shown is no harm, and is tried again', async () => {
    showing = () => Promise.reject(new Error('no'));
    await is('anna', { state: 'online' });
    await clock.pass(20_000);
    expect(shown).toEqual(['matrix: anna online', 'matrix: anna online']);
  });

  it('in a link that is paused it is shown no more, and where it leads is asked once for all of a room', async () => {
    for (const name of ['anna', 'ben', 'carol']) await is(name, { state: 'online' });
    expect(asked).toBe(1);
    beside.set('talk', []);
    shown.length = 0;
    await clock.pass(60_000);
    expect(shown).toEqual([]);
  });
});
