import type { Side } from '../e2e/reference-model.js';
import { people, TwoSides } from '../e2e/two-sides.js';
import { patientSlack, type Replica, until, World } from '../e2e/world.js';

const accounts: Record<Side, string> = { talk: 'cloud', matrix: 'hs', slack: 'town' };
const sides: readonly Side[] = ['talk', 'matrix', 'slack'];
/** Whoever may delete what our account says there. Of Slack nobody: it does not say who deleted something of ours. */
const moderators: Partial<Record<Side, string>> = { talk: 'anna', matrix: 'mia' };

const cases = sides.flatMap((to) => {
  const from: Side = to === 'talk' ? 'matrix' : 'talk';
  const moderator = moderators[to];
  return [
    ...(moderator === undefined ? [] : [{ from, to, deletedOn: to, by: moderator }]),
    { from, to, deletedOn: from, by: people[from][0] },
  ];
});

describe('what is deleted while the service is dead', () => {
  let world: World;
  let replica: Replica;
  let next = 1;

  beforeAll(async () => {
    world = await World.build({ slack: 'linked', slackServer: patientSlack });
    replica = world.start();
    await replica.ready();
    // The bridge may delete what people of Matrix say.
    for (const { matrix } of world.rooms) {
      const levels = world.matrix.messages(matrix).findLast(({ type }) => type === 'm.room.power_levels')?.content;
      const content = { ...levels, redact: 0 };
      world.matrix.sendState(matrix, '@mia:sandbox.test', 'm.room.power_levels', '', content);
    }
  });
  afterAll(async () => {
    await world.close();
  });

  it.each(cases)(
    'what was sent from $from to $to, and not written down, is deleted on $deletedOn: it is gone everywhere',
    async ({ from, to, deletedOn, by }) => {
      const [room] = world.rooms;
      if (room === undefined) throw new Error('no room is linked');
      const seen = new TwoSides(world, room);
      const say = (): string => {
        const name = `${from.charAt(0)}${String(next)}x`;
        next += 1;
        seen.post(from, people[from][0], `${name}v0`);
        return name;
      };
      // Who speaks is known everywhere then, so that the next that is sent is the message.
      const first = say();
      await until('the first', () => sides.every((side) => seen.idOf(side, first) !== undefined));
      await replica.stop();
      const dying = world.start({ failpoint: `afterResponse@${accounts[to]}:1:kill` });
      await dying.ready();
      const name = say();
      await until('the kill', () => !dying.running);
      await until(`${name} on ${to}`, () => seen.idOf(to, name) !== undefined);
      seen.delete(deletedOn, by, name);
      replica = world.start();
      await replica.ready();
      const last = say();
      await until(
        `${name} to be gone`,
        () =>
          sides.every((side) => seen.idOf(side, last) !== undefined) &&
          sides.every((side) => seen.idOf(side, name) === undefined),
      ).catch((error: unknown) => {
        const shown = sides.map((side) => `${side}: ${seen.shownOn(side).join(', ')}`);
        throw new Error(`${String(error)}\n${shown.join('\n')}\n${replica.log.slice(-3_000)}`);
      });
    },
    120_000,
  );
});
