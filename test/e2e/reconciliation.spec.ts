import { type Side, sides, Three } from './three.js';
import { type Replica, until, World } from './world.js';

let world: World;

afterEach(async () => {
  await world.close();
});

async function start(): Promise<Replica> {
  const replica = world.start();
  await replica.ready();
  const { sandbox, app } = world.slack;
  await until('the WebSocket', () => sandbox.connections(app.appId) === 1);
  return replica;
}

it('what was edited, deleted and reacted to on each network while nobody listened is found and done', async () => {
  // Slack gives up at once what it cannot tell.
  world = await World.build({ slack: 'linked', slackServer: { retryPausesMs: [] } });
  const before = await start();
  const three = new Three(world);
  const everywhere = async (what: string, holds: (side: Side) => boolean): Promise<void> => {
    for (const side of sides) await until(`${what} on ${side}`, () => holds(side));
  };
  const stands = (text: string): Promise<void> => everywhere(text, (side) => three.idsOf(side, text).length === 1);

  for (const side of sides) {
    for (const fate of ['edited', 'deleted', 'liked', 'disliked', 'untouched'])
      three.post(side, `${side}: to be ${fate}.`);
  }
  for (const side of sides) {
    for (const fate of ['edited', 'deleted', 'liked', 'disliked', 'untouched']) await stands(`${side}: to be ${fate}.`);
  }
  // A thread of Slack: its replies stand in no history.
  three.post('slack', 'slack: a reply to be edited.', 'slack: to be untouched.');
  await stands('slack: a reply to be edited.');
  three.post('slack', 'slack: a reply to be deleted.', 'slack: to be untouched.');
  await stands('slack: a reply to be deleted.');
  const liked = (side: Side): string => `${sides[(sides.indexOf(side) + 1) % sides.length] ?? ''}: to be liked.`;
  const disliked = (side: Side): string => `${sides[(sides.indexOf(side) + 1) % sides.length] ?? ''}: to be disliked.`;
  for (const side of sides) three.react(side, three.idOf(side, disliked(side)));
  for (const side of sides) {
    await everywhere('a reaction', (there) => three.reactionsTo(there, three.idOf(there, disliked(side))) === 1);
  }

  await before.stop();
  for (const side of sides) {
    three.edit(side, three.idOf(side, `${side}: to be edited.`), `${side}: changed meanwhile.`);
    three.remove(side, three.idOf(side, `${side}: to be deleted.`));
    three.react(side, three.idOf(side, liked(side)));
    three.unreact(side, three.idOf(side, disliked(side)));
    const own = three.post(side, `${side}: said meanwhile.`);
    three.react(side, own);
  }
  three.edit('slack', three.idOf('slack', 'slack: a reply to be edited.'), 'slack: a reply that changed.');
  three.remove('slack', three.idOf('slack', 'slack: a reply to be deleted.'));
  await start();

  for (const side of sides) {
    await stands(`${side}: changed meanwhile.`);
    await stands(`${side}: said meanwhile.`);
    await everywhere(
      `nothing of ${side}: to be deleted.`,
      (there) => three.idsOf(there, `${side}: to be deleted.`).length === 0,
    );
    for (const text of [liked(side), `${side}: said meanwhile.`]) {
      await everywhere(`a reaction to ${text}`, (there) => three.reactionsTo(there, three.idOf(there, text)) === 1);
    }
    await everywhere(
      `no reaction to ${disliked(side)}`,
      (there) => three.reactionsTo(there, three.idOf(there, disliked(side))) === 0,
    );
  }
  await stands('slack: a reply that changed.');
  await everywhere('nothing of the reply', (there) => three.idsOf(there, 'slack: a reply to be deleted.').length === 0);
  for (const side of sides) expect(three.idsOf(side, 'to be untouched.')).toHaveLength(3);
});
