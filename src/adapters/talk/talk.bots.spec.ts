import { memoryStore } from '../../../test/contract/talk-at-sandbox.js';
import { MovedClock } from '../../../test/support/moved-clock.js';
import { LoginRefused } from '../../model/errors.js';
import { accountId, roomId, type RoomId } from '../../model/ids.js';
import type { WatchedRoom } from '../../model/network-adapter.js';
import { silentLog } from '../../observability/log.js';
import { TalkSandbox } from '../../sandbox/talk/talk-sandbox.js';
import { BotSecrets } from './talk.bot-secrets.js';
import { TalkBots } from './talk.bots.js';
import { installation } from './talk.bot-command.js';
import { TalkClient } from './talk.client.js';
import { TurnedOnBots } from './talk.turned-on-bots.js';
import { PushTrust } from './talk.push-trust.js';
import { talkSettings } from './talk.settings.js';

const url = 'http://127.0.0.1:1/talk/home/webhook';

describe('talk.bots', () => {
  let talk: TalkSandbox;
  let client: TalkClient;
  let clock: MovedClock;
  let secrets: BotSecrets;
  let command: BotSecrets;
  let trust: PushTrust;
  let bots: TalkBots;
  let rooms: WatchedRoom[];
  let asked: string[];
  /** Beside `rooms`: those of paused links. */
  let linked: Set<string>;
  const { signal } = new AbortController();

  const createRoom = (members: string[] = []): RoomId =>
    roomId(talk.rooms.create({ name: 'Team', owner: members.length === 0 ? 'alice' : 'bob', members }));
  const watched = (room: RoomId, toldS: number | null = null): WatchedRoom => ({
    room,
    watch: 'swept',
    cursor: null,
    pushedAt: toldS === null ? null : new Date(toldS * 1000),
    state: 'open',
  });

  /** What `crosstalk talk bot` prints is run, as an administrator does. */
  const install = async (name = 'Crosstalk'): Promise<void> => {
    const { made } = await command.make(url);
    const printed = installation(accountId('home'), made, []);
    const [, secret = '', at = '', description = ''] = [...printed.matchAll(/'([^']*)'/g)].map(([, word]) => word);
    talk.bots.install({ name, secret, url: at, description, features: ['webhook', 'response', 'reaction'] });
  };

  const step = async (): Promise<void> => {
    trust.learn(rooms);
    await bots.step(rooms, signal);
  };
  const namesOn = (room: RoomId): string[] =>
    talk.state.bots.on(talk.state.rooms.get(room)!, []).map(({ name }) => name);
  const isOn = (room: RoomId): boolean => namesOn(room).length > 0;

  beforeEach(async () => {
    talk = new TalkSandbox();
    const server = await talk.start(0);
    clock = new MovedClock();
    const settings = talkSettings.parse({ url: server.url, user: 'alice', password: 'any' });
    client = new TalkClient(settings, clock, silentLog);
    client.use({ user: 'alice', password: talk.accounts.issueAppPassword('alice') });
    const store = memoryStore();
    secrets = new BotSecrets(store, clock, silentLog);
    command = new BotSecrets(store, clock, silentLog);
    trust = new PushTrust(settings, clock, silentLog);
    linked = new Set();
    const turnedOn = new TurnedOnBots({ client, store, log: silentLog, isLinked: (room) => linked.has(room) });
    bots = new TalkBots(client, secrets, trust, turnedOn, settings, clock, silentLog);
    asked = [];
    talk.faults.watch((method, path) => {
      if (path.includes('/bot/')) asked.push(method);
    });
  });

  afterEach(async () => {
    await client.close();
    await talk.stop();
  });

  it('nothing is asked where no secret was ever made', async () => {
    rooms = [watched(createRoom())];
    await step();
    expect(asked).toEqual([]);
  });

  it('the bot is turned on in linked rooms where the account is a moderator, a few at a time, and each is asked once', async () => {
    await install();
    talk.bots.install({
      name: 'Other',
      secret: 'x'.repeat(40),
      url: 'http://127.0.0.1:1/other',
      features: ['webhook'],
    });
    rooms = Array.from({ length: 7 }, () => watched(createRoom()));
    await step();
    expect(rooms.map(({ room }) => isOn(room))).toEqual([true, true, true, true, true, false, false]);
    await step();
    expect(rooms.every(({ room }) => isOn(room))).toBe(true);
    expect(asked).toHaveLength(14);
    await step();
    expect(asked).toHaveLength(14);
    expect(namesOn(rooms[0]!.room)).toEqual(['Crosstalk']);
  });

  it('in a room that is unlinked it is turned off again, unless somebody else turned it on; linked again it is on again', async () => {
    await install();
    const [left, stays, theirs] = [createRoom(), createRoom(), createRoom()];
    talk.state.rooms.get(theirs)!.bots.add(talk.state.bots.all()[0]!.id);
    rooms = [left, stays, theirs].map((room) => watched(room, 1));
    trust.doubtAll(rooms);
    await step();
    expect(rooms.map(({ room }) => isOn(room))).toEqual([true, true, true]);
    rooms = [watched(stays, 1)];
    linked.add(left);
    await step();
    expect(isOn(left)).toBe(true);
    linked.delete(left);
    await step();
    expect([left, stays, theirs].map(isOn)).toEqual([false, true, true]);
    rooms = [watched(stays, 1), watched(left, 1)];
    await step();
    expect(isOn(left)).toBe(true);
  });

  it('what was unlinked while nobody was there, or while the server was away, is turned off all the same', async () => {
    await install();
    const room = createRoom();
    rooms = [watched(room)];
    await step();
    rooms = [];
    talk.faults.add({ path: '/bot/', times: 1, fault: { do: 'answer', status: 503 } });
    await bots.step(rooms, signal);
    expect(isOn(room)).toBe(true);
    await step();
    expect(isOn(room)).toBe(false);
  });

  it('a room whose bots are not ours to see is asked once, and again when we are its moderator', async () => {
    await install();
    const room = createRoom(['alice']);
    rooms = [watched(room)];
    await step();
    await step();
    expect([asked, isOn(room)]).toEqual([['GET'], false]);
    talk.rooms.promote(room, 'alice');
    trust.maySee(room);
    await step();
    expect(isOn(room)).toBe(true);
  });

  it('until the bot is installed one room is asked now and then, and it is found soon after', async () => {
    await command.make(url);
    rooms = [watched(createRoom()), watched(createRoom())];
    for (let s = 0; s < 300; s += 3) {
      await step();
      await clock.pass(3_000);
    }
    expect(asked.length).toBeLessThan(7);
    await install();
    await clock.pass(3_000);
    await step();
    expect(rooms.map(({ room }) => isOn(room))).toEqual([true, true]);
  });

  it('the bot of a new secret is looked for in rooms that the one before tells of, and takes its place in each', async () => {
    await install('First');
    rooms = [watched(createRoom(), 10), watched(createRoom(), 11)];
    await step();
    await command.make(url);
    for (let s = 0; s < 300; s += 3) {
      await clock.pass(3_000);
      await step();
    }
    expect(asked.length).toBeLessThan(12);
    expect(rooms.map(({ room }) => namesOn(room))).toEqual([['First'], ['First']]);
    await install('Second');
    await clock.pass(3_000);
    await step();
    expect(rooms.map(({ room }) => namesOn(room))).toEqual([
      ['First', 'Second'],
      ['First', 'Second'],
    ]);
  });

  it('after the first call with a new secret its bot is turned on everywhere', async () => {
    await install('First');
    rooms = [watched(createRoom(), 10), watched(createRoom(), 11)];
    await step();
    expect(asked).toEqual([]);
    await install('Second');
    await clock.pass(3_000);
    const [, second] = await secrets.known();
    await secrets.used(second!);
    await step();
    expect(rooms.map(({ room }) => namesOn(room))).toEqual([['Second'], ['Second']]);
  });

  it('a bot that was taken away is believed nowhere, and turned on everywhere when it is back', async () => {
    await install();
    rooms = [watched(createRoom(), 10), watched(createRoom(), 11)];
    await step();
    trust.failed(rooms[0]!);
    talk.bots.uninstall('Crosstalk');
    await step();
    expect(rooms.filter((room) => trust.isBelieved(room))).toEqual([]);
    const [{ secret } = { secret: '' }] = await secrets.known();
    const description = installation(accountId('home'), { secret, url }, []);
    talk.bots.install({ name: 'Crosstalk', secret, url, description, features: ['webhook'] });
    await clock.pass(60_000);
    await step();
    expect(rooms.map(({ room }) => isOn(room))).toEqual([true, true]);
  });

  it('a server in trouble is left alone for a while; a login that is refused ends it', async () => {
    await install();
    rooms = [watched(createRoom())];
    talk.faults.add({ path: '/bot/', times: 1, fault: { do: 'answer', status: 503 } });
    await step();
    await step();
    expect(asked).toHaveLength(1);
    await clock.pass(30_000);
    talk.accounts.revokeAppPassword('alice');
    await expect(step()).rejects.toBeInstanceOf(LoginRefused);
  });
});
