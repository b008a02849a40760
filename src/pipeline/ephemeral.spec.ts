import { MovedClock } from '../../test/support/moved-clock.js';
import type { BridgeEvent } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { accountId, roomId, userId, type RoomRef, type UserRef } from '../model/ids.js';
import type { NetworkAdapter, Speaker } from '../model/network-adapter.js';
import { silentLog } from '../observability/log.js';
import { Ephemeral } from './ephemeral.js';

const ref = (account: string, id = account): RoomRef => ({ account: accountId(account), id: roomId(id) });
const person = (account: string, name: string, standing: UserRef['standing'] = 'person'): UserRef => ({
  account: accountId(account),
  id: userId(name),
  name,
  standing,
});
const said = (account: string, name: string): BridgeEvent =>
  ({ kind: 'messageSent', room: ref(account), actor: person(account, name) }) as BridgeEvent;

describe('pipeline: ephemeral', () => {
  let clock: MovedClock;
  let shown: string[];
  let beside: Map<string, RoomRef[]>;
  let asked: number;
  let stop: AbortController;
  let running: Promise<void>;
  let ephemeral: Ephemeral;
  let parts: ConstructorParameters<typeof Ephemeral>[0];
  let showing: (() => Promise<void>) | undefined;
  /** Accounts that another replica has. */
  let elsewhere: Set<string>;
  let told: string[];

  const showsIn = (account: string): NetworkAdapter =>
    ({
      capabilities: () => Promise.resolve({ speakers: ['relay'] } as unknown as Capabilities),
      showTyping: async (room: string, who: readonly Speaker[]) => {
        shown.push(`${account} ${room}: ${who.map((one) => one.person.name).join(' ')}`.trimEnd());
        await showing?.();
      },
    }) as unknown as NetworkAdapter;

  beforeEach(() => {
    clock = new MovedClock();
    shown = [];
    asked = 0;
    showing = undefined;
    elsewhere = new Set();
    told = [];
    beside = new Map([
      ['talk', [ref('matrix'), ref('slack')]],
      ['matrix', [ref('talk')]],
    ]);
    parts = {
      adapters: new Map([
        ['talk', showsIn('talk')],
        ['matrix', showsIn('matrix')],
        ['slack', {} as NetworkAdapter],
      ]),
      beside: ({ account }) => {
        asked += 1;
        return Promise.resolve(beside.get(account) ?? []);
      },
      choose: (one) => Promise.resolve({ as: 'relay', person: one } as unknown as Speaker),
      isShownHere: (account) => !elsewhere.has(account),
      tellReplicas: ({ room, typing }) =>
        told.push(`${room.id}: ${typing.map(({ name }) => name).join(' ')}`.trimEnd()),
      clock,
      log: silentLog,
    };
    ephemeral = new Ephemeral(parts);
    stop = new AbortController();
    running = ephemeral.run(stop.signal);
  });

  afterEach(async () => {
    stop.abort();
    await running;
  });

  const types = async (account: string, ...names: string[]): Promise<void> => {
    const typing = names.map((name) => person(account, name));
    ephemeral.typing({ kind: 'typingChanged', room: ref(account), typing });
    await clock.pass(500);
  };

  it('who types is shown in the other rooms of the link that can show it, and who stops no longer', async () => {
    await types('talk', 'anna');
    await types('talk', 'anna', 'ben');
    await types('talk');
    expect(shown).toEqual(['matrix matrix: anna', 'matrix matrix: anna ben', 'matrix matrix:']);
  });

  it('it is shown again every ten seconds while it lasts, and no longer than a minute after it was told last', async () => {
    await types('talk', 'anna');
    await clock.pass(25_000);
    expect(shown).toEqual(['matrix matrix: anna', 'matrix matrix: anna', 'matrix matrix: anna']);
    await types('talk', 'anna');
    shown.length = 0;
    await clock.pass(70_000);
    // Told at 25 s: at 30, 40, 50, 60, 70 and 80.
    expect(shown.filter((line) => line === 'matrix matrix: anna')).toHaveLength(6);
    expect(shown.at(-1)).toBe('matrix matrix:');
    shown.length = 0;
    await clock.pass(60_000);
    expect(shown).toEqual([]);
  });

  it('whoever said something types no longer', async () => {
    await types('talk', 'anna', 'ben');
    ephemeral.stored([said('talk', 'anna'), said('talk', 'carol'), said('matrix', 'ben')]);
    await clock.pass(0);
    expect(shown).toEqual(['matrix matrix: anna ben', 'matrix matrix: ben']);
  });

  it('nobody is shown whom we ourselves control', async () => {
    ephemeral.typing({ kind: 'typingChanged', room: ref('talk'), typing: [person('talk', 'ghost', 'ours')] });
    await clock.pass(0);
    expect(shown).toEqual(['matrix matrix:']);
  });

  it('those who type in several rooms of a link are shown together', async () => {
    beside.set('slack', [ref('matrix')]);
    await types('talk', 'anna');
    await types('slack', 'sam');
    await types('talk');
    expect(shown).toEqual(['matrix matrix: anna', 'matrix matrix: anna sam', 'matrix matrix: sam']);
  });

  it('a network that takes its time holds up no other, and is told the newest alone', async () => {
    let finish = (): void => undefined;
    showing = () => new Promise((resolve) => (finish = resolve));
    await types('talk', 'anna');
    showing = undefined;
    await types('talk', 'anna', 'ben');
    await types('talk', 'carol');
    await types('matrix', 'mia');
    expect(shown).toEqual(['matrix matrix: anna', 'talk talk: mia']);
    finish();
    await clock.pass(500);
    expect(shown.slice(2)).toEqual(['matrix matrix: carol']);
  });

  it('what cannot be shown is no harm, and is tried again', async () => {
    showing = () => Promise.reject(new Error('no'));
    await types('talk', 'anna');
    await clock.pass(10_000);
    expect(shown).toEqual(['matrix matrix: anna', 'matrix matrix: anna']);
  });

  it('that nobody types any more, and could not be shown, is tried again as renewals are, and then no longer', async () => {
    await types('talk', 'anna');
    showing = () => Promise.reject(new Error('no'));
    await types('talk');
    expect(shown.at(-1)).toBe('matrix matrix:');
    showing = undefined;
    shown.length = 0;
    await clock.pass(10_000);
    expect(shown).toEqual(['matrix matrix:']);
    await clock.pass(120_000);
    expect(shown).toEqual(['matrix matrix:']);
  });

  it('a room that takes nothing is told for a minute that nobody types there, not for ever', async () => {
    await types('talk', 'anna');
    showing = () => Promise.reject(new Error('no'));
    await types('talk');
    shown.length = 0;
    await clock.pass(60_000);
    expect(shown.length).toBeGreaterThanOrEqual(5);
    expect(shown.length).toBeLessThanOrEqual(7);
    shown.length = 0;
    await clock.pass(120_000);
    expect(shown).toEqual([]);
  });

  it('in a link that is paused it ends, and where it leads is asked every few seconds at most', async () => {
    await types('talk', 'anna');
    await types('talk', 'anna', 'ben');
    expect(asked).toBe(1);
    beside.set('talk', []);
    await clock.pass(10_000);
    expect(shown.at(-1)).toBe('matrix matrix:');
  });

  it('who begins and stops all the time is shown twice a second at most, and right in the end', async () => {
    for (let times = 0; times < 50; times += 1) {
      const typing = times % 2 === 0 ? [person('talk', 'anna')] : [];
      ephemeral.typing({ kind: 'typingChanged', room: ref('talk'), typing });
      await clock.pass(20);
    }
    await clock.pass(500);
    expect(shown).toHaveLength(3);
    expect(shown.at(-1)).toBe('matrix matrix:');
  });

  it('that nobody types is no news where nobody did', async () => {
    await types('talk');
    expect([shown, asked]).toEqual([[], 0]);
  });

  it('in the rooms of an account that another replica has, that one shows it: it is told what is heard here', async () => {
    elsewhere.add('matrix');
    await types('talk', 'anna');
    await types('matrix', 'mia');
    ephemeral.stored([said('talk', 'anna')]);
    await clock.pass(500);
    expect(shown).toEqual(['talk talk: mia']);
    expect(told).toEqual(['talk: anna', 'matrix: mia', 'talk:']);
  });

  it('what another replica heard is shown here, and not told again', async () => {
    const hear = (...names: string[]): void =>
      ephemeral.typingElsewhere({
        kind: 'typingChanged',
        room: ref('talk'),
        typing: names.map((name) => person('talk', name)),
      });
    hear('anna', 'ben');
    await clock.pass(500);
    // Its message is stored here: whoever heard it does not know that.
    ephemeral.stored([said('talk', 'ben')]);
    await clock.pass(500);
    hear();
    await clock.pass(500);
    expect(shown).toEqual(['matrix matrix: anna ben', 'matrix matrix: anna', 'matrix matrix:']);
    expect(told).toEqual(['talk: anna']);
  });

  it('other replicas are told again every ten seconds while it lasts, and that it does no longer', async () => {
    await types('talk', 'anna');
    for (let times = 0; times < 20; times += 1) await types('talk', 'anna');
    expect(told).toEqual(['talk: anna', 'talk: anna']);
    await clock.pass(70_000);
    expect(told.at(-1)).toBe('talk:');
    told.length = 0;
    await clock.pass(60_000);
    expect(told).toEqual([]);
  });

  it('an end is told although it is no news here: a word of another replica may have crossed the one that ended it', async () => {
    const anna = { kind: 'typingChanged', room: ref('talk'), typing: [person('talk', 'anna')] } as const;
    ephemeral.typing(anna);
    // Stored elsewhere is what she said; the last renewal of her typing may be on its way there still.
    ephemeral.typingElsewhere({ ...anna, typing: [] });
    await clock.pass(500);
    ephemeral.typing({ ...anna, typing: [] });
    expect(told).toEqual(['talk: anna', 'talk:']);
  });

  it('what another replica told ends when it is not told again', async () => {
    ephemeral.typingElsewhere({ kind: 'typingChanged', room: ref('talk'), typing: [person('talk', 'anna')] });
    await clock.pass(24_000);
    expect(shown.at(-1)).toBe('matrix matrix: anna');
    await clock.pass(6_500);
    expect(shown.at(-1)).toBe('matrix matrix:');
  });

  it('two replicas that heard the same do not tell each other for ever', async () => {
    const other = new Ephemeral({ ...parts, tellReplicas: (changed) => one.typingElsewhere(changed) });
    const one = new Ephemeral({ ...parts, tellReplicas: (changed) => other.typingElsewhere(changed) });
    const both = [one, other].map((replica) => replica.run(stop.signal));
    const typing = [person('talk', 'anna')];
    for (const replica of [one, other]) replica.typing({ kind: 'typingChanged', room: ref('talk'), typing });
    await clock.pass(500);
    expect(shown).toEqual(['matrix matrix: anna', 'matrix matrix: anna']);
    await clock.pass(180_000);
    const last = shown.slice(-2);
    stop.abort();
    await Promise.all(both);
    expect(last).toEqual(['matrix matrix:', 'matrix matrix:']);
  });
});
