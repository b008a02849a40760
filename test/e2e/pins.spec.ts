import { mia, type Side, sides, Three } from './three.js';
import { until, World } from './world.js';

let world: World;

afterEach(async () => {
  await world.close();
});

async function begin(talkVersion: 22 | 23): Promise<Three> {
  world = await World.build({ slack: 'linked', talkServer: { talkVersion } });
  await world.start().ready();
  const { sandbox, app } = world.slack;
  await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
  return new Three(world);
}

function pin(three: Three, side: Side, id: string, state: 'pinned' | 'unpinned'): void {
  const { talk, matrix, slack } = world;
  if (side === 'talk') talk.pin(three.talkRoom, 'anna', Number(id), state);
  else if (side === 'slack') slack.sandbox.pin(three.channel, slack.people.pia, id, state);
  else {
    const pinned =
      state === 'pinned' ? [...pinsOn(three, 'matrix'), id] : pinsOn(three, 'matrix').filter((it) => it !== id);
    matrix.sendState(three.matrixRoom, mia, 'm.room.pinned_events', '', { pinned });
  }
}

function pinsOn(three: Three, side: Side): readonly string[] {
  const { talk, matrix, slack } = world;
  if (side === 'talk') return talk.pins(three.talkRoom).map(String);
  if (side === 'slack') return slack.sandbox.pins(three.channel);
  const state = matrix.messages(three.matrixRoom).findLast(({ type }) => type === 'm.room.pinned_events');
  return (state?.content['pinned'] as readonly string[] | undefined) ?? [];
}

async function everywhere(what: string, holds: (side: Side) => boolean): Promise<void> {
  for (const side of sides) await until(`${what} on ${side}`, () => holds(side));
}

it('what is pinned and unpinned on any network is so on the others, and comes back to none', async () => {
  const three = await begin(23);
  const { content: levels = {} } =
    world.matrix.messages(three.matrixRoom).findLast(({ type }) => type === 'm.room.power_levels') ?? {};
  const users = { ...(levels['users'] as object), '@crosstalk:sandbox.test': 50 };
  world.matrix.sendState(three.matrixRoom, mia, 'm.room.power_levels', '', { ...levels, users });
  for (const side of sides) three.post(side, `a word from ${side}`);
  for (const side of sides) await everywhere(side, (there) => three.idsOf(there, `a word from ${side}`).length === 1);
  const isPinned = (side: Side, text: string): boolean => pinsOn(three, side).includes(three.idOf(side, text));
  // Each pins what the next one said.
  for (const [at, side] of sides.entries()) {
    const text = `a word from ${sides[(at + 1) % sides.length] ?? ''}`;
    pin(three, side, three.idOf(side, text), 'pinned');
    await everywhere(`the pin of ${side}`, (there) => isPinned(there, text));
  }
  for (const side of sides) expect([side, pinsOn(three, side).length]).toEqual([side, 3]);
  for (const [at, side] of sides.entries()) {
    const text = `a word from ${sides[(at + 2) % sides.length] ?? ''}`;
    pin(three, side, three.idOf(side, text), 'unpinned');
    await everywhere(`no pin of ${side}`, (there) => !isPinned(there, text));
  }
  three.post('talk', 'the last word');
  await everywhere('the last word', (side) => three.idsOf(side, 'the last word').length === 1);
  for (const side of sides) expect([side, pinsOn(three, side)]).toEqual([side, []]);
  // No line tells of what is to be seen.
  for (const side of sides) expect([side, three.idsOf(side, '📌')]).toEqual([side, []]);
});

it('a Talk that knows no pins tells of them in one quiet line each; a homeserver that lets us not, too', async () => {
  const three = await begin(22);
  three.post('matrix', 'the plan');
  await everywhere('the plan', (side) => three.idsOf(side, 'the plan').length === 1);
  pin(three, 'slack', three.idOf('slack', 'the plan'), 'pinned');
  await until('the line', () => three.idsOf('talk', 'Pia (Slack) pinned a message').length === 1);
  expect(three.answeredBy('talk', 'Pia (Slack) pinned a message')).toBe(three.idOf('talk', 'the plan'));
  // Our own user has no power there.
  await until('the line', () => three.idsOf('matrix', 'Pia (Slack) pinned a message').length === 1);
  expect(three.answeredBy('matrix', 'Pia (Slack) pinned a message')).toBe(three.idOf('matrix', 'the plan'));
  expect(three.idsOf('slack', '📌')).toEqual([]);
});
