import { installBot, watched } from './bot.js';
import { TwoSides } from './two-sides.js';
import { type Replica, until, World } from './world.js';

/** Nothing but the bot tells of anything for as long as a test lasts. */
const botAlone = { maxHeldPolls: 0, idleSweepIntervalMs: 600_000 };
/** The room list is the net: what the bot does not tell of is found by it, and proves that the bot did not. */
const netBelow = { maxHeldPolls: 0, idleSweepIntervalMs: 300, pushPatienceMs: 500 };

/** Talk rooms of which a bot tells, as an administrator installed it. */
class Town {
  #next = 1;

  private constructor(
    readonly world: World,
    readonly replica: Replica,
  ) {}

  static async build(options: { readonly rooms: number; readonly talk: object }): Promise<Town> {
    const world = await World.build(options);
    const replica = world.start();
    await replica.ready();
    const town = new Town(world, replica);
    await installBot(world);
    await watched(replica, 'webhook', options.rooms);
    return town;
  }

  /** Somebody says something in Talk. Returns the name by which it is known. */
  post(room: number): string {
    const name = `t${String(this.#next)}x`;
    this.#next += 1;
    this.sides(room).post('talk', 'anna', `${name}v0`);
    return name;
  }

  sides(room: number): TwoSides {
    return new TwoSides(this.world, this.world.rooms[room]!);
  }

  /** Until Matrix shows what Talk does. */
  async same(room: number): Promise<void> {
    const sides = this.sides(room);
    const shown = (side: 'talk' | 'matrix'): string => JSON.stringify(sides.shownOn(side));
    await until(`Matrix to show what Talk does: ${shown('talk')}`, () => shown('talk') === shown('matrix'));
  }
}

describe('Talk rooms of which a bot tells', () => {
  let town: Town | undefined;

  afterEach(async () => {
    await town?.world.close();
    town = undefined;
  });

  it('messages, edits, reactions and deletions come by webhooks alone, without held polls or the room list', async () => {
    town = await Town.build({ rooms: 2, talk: botAlone });
    expect((await town.world.command('status')).says).toContain('bot webhook');
    const asked: string[] = [];
    town.world.talk.faults.watch((_, path) => asked.push(path));
    const [first, second] = [town.post(0), town.post(0)];
    await town.same(0);
    const sides = town.sides(0);
    sides.edit('talk', 'anna', first, `${first}v1`);
    await town.same(0);
    sides.react(first, { side: 'talk', person: 'ben', emoji: '👍' });
    await town.same(0);
    sides.unreact(first, { side: 'talk', person: 'ben', emoji: '👍' });
    await town.same(0);
    sides.delete('talk', 'anna', second);
    await town.same(0);
    expect(sides.shownOn('matrix')).toHaveLength(1);
    expect(asked.filter((path) => /lookIntoFuture=1|\/v4\/room\?/.test(path))).toEqual([]);
    // An idle room is not asked.
    expect(asked.filter((path) => path.includes(town!.world.rooms[1]!.talk))).toEqual([]);
  }, 90_000);

  it('webhooks that are lost lose nothing: their rooms are watched otherwise, until webhooks come again', async () => {
    town = await Town.build({ rooms: 4, talk: netBelow });
    town.world.talk.webhooks.loseNext(Infinity);
    for (const room of [0, 1, 2]) {
      town.post(room);
      await town.same(room);
    }
    // Three in a row: it is not the rooms.
    await watched(town.replica, 'swept', 4);
    town.post(3);
    await town.same(3);
    town.world.talk.webhooks.loseNext(0);
    town.post(0);
    await town.same(0);
    await watched(town.replica, 'webhook', 2);
    for (const room of [1, 2]) town.post(room);
    await watched(town.replica, 'webhook', 4);
    for (const room of [1, 2]) await town.same(room);
  }, 120_000);

  it('any replica may be told, and a killed one is replaced: nothing is lost or doubled', async () => {
    town = await Town.build({ rooms: 4, talk: netBelow });
    const { world } = town;
    // From here on the second one is called, whoever reads the room.
    const second = world.start();
    await second.ready();
    for (const room of [0, 1, 2, 3]) town.post(room);
    for (const room of [0, 1, 2, 3]) await town.same(room);
    for (const room of [0, 1, 2, 3]) town.post(room);
    await second.kill();
    world.front.pointTo(town.replica.publicPort);
    for (const room of [0, 1, 2, 3]) town.post(room);
    for (const room of [0, 1, 2, 3]) await town.same(room);
    expect(town.sides(0).shownOn('matrix')).toHaveLength(3);
  }, 120_000);

  it('a new secret takes the place of the one before, in the running service', async () => {
    town = await Town.build({ rooms: 2, talk: botAlone });
    const { talk } = town.world;
    talk.bots.uninstall('Crosstalk');
    await installBot(town.world);
    const isOn = (token: string): boolean => talk.state.rooms.get(token)?.bots.size === 1;
    await until('the new bot to be on everywhere', () => town!.world.rooms.every((room) => isOn(room.talk)));
    await watched(town.replica, 'webhook', 2);
    for (const room of [0, 1]) town.post(room);
    for (const room of [0, 1]) await town.same(room);
  }, 90_000);
});
