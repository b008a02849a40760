import { Conversation } from './conversation.js';
import { numbersFrom } from './numbers.js';
import type { Side } from './reference-model.js';
import { TwoSides } from './two-sides.js';
import { patientSlack, type Replica, until, World, type WorldOptions } from './world.js';

/** How many times as many sequences as usual. */
const times = Number(process.env['CROSSTALK_MODEL_TIMES'] ?? 1);
const stepsEach = 8;
const seed = Number(process.env['CROSSTALK_MODEL_SEED'] ?? Date.now() % 1_000_000);

interface Kind {
  readonly what: string;
  readonly sides: readonly Side[];
  /** Sequences run side by side, one in each link. */
  readonly links: number;
  readonly rounds: number;
  readonly options: WorldOptions;
}

const kinds: readonly Kind[] = [
  { what: 'two linked rooms', sides: ['talk', 'matrix'], links: 50, rounds: 20, options: {} },
  {
    what: 'two linked rooms, people from Matrix being guests in Talk',
    sides: ['talk', 'matrix'],
    links: 15,
    rounds: 6,
    options: { talkRooms: 'public' },
  },
  {
    what: 'three linked rooms',
    sides: ['talk', 'matrix', 'slack'],
    links: 20,
    rounds: 10,
    options: { slack: 'linked', slackServer: patientSlack },
  },
];

describe.each(kinds)('a model of $what', ({ sides, links, rounds, options }) => {
  let world: World;

  beforeAll(async () => {
    world = await World.build({ ...options, rooms: links, talk: { maxHeldPolls: links } });
  });
  afterAll(async () => {
    await world.close();
  });

  it(
    `${String(links * rounds * times)} random sequences of posts, edits, deletions, reactions and kills end as it says (seed ${String(seed)})`,
    async () => {
      const random = numbersFrom(seed);
      const conversations = world.rooms.map(
        (room, at) => new Conversation(sides, new TwoSides(world, room), numbersFrom(seed + 1 + at)),
      );
      const differences = (): string[] =>
        conversations.flatMap((conversation, at) =>
          conversation.differences().map((line) => `room ${String(at)}: ${line}`),
        );
      let replica: Replica = world.start();
      await replica.ready();
      for (let round = 0; round < rounds * times; round += 1) {
        const killAfter = Math.floor(random() * stepsEach);
        for (let step = 0; step < stepsEach; step += 1) {
          for (const conversation of conversations) conversation.step();
          await new Promise((done) => setTimeout(done, 20 + random() * 60));
          if (step === killAfter) {
            await replica.kill();
            replica = world.start();
          }
        }
        await until(
          'all sides to show what the model says',
          () => conversations.every((it) => it.isShown()),
          60_000,
        ).catch((error: unknown) => {
          throw new Error(
            `${String(error)}, seed ${String(seed)}\n${differences().join('\n')}\n${replica.log.slice(-3_000)}`,
          );
        });
      }
      // Nothing comes later that should not have come.
      await new Promise((done) => setTimeout(done, 2_000));
      expect(differences()).toEqual([]);
    },
    30 * 60_000 * times,
  );
});
