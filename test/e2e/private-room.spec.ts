import { until, World } from './world.js';

it('in a Matrix room by invitation every person speaks as their own ghost, message after message', async () => {
  const world = await World.build();
  try {
    const replica = world.start();
    await replica.ready();
    const room = world.rooms[0]!;
    const said = Array.from({ length: 20 }, (_, at) => ({
      actor: at % 2 === 0 ? 'anna' : 'ben',
      text: `message ${String(at)}`,
    }));
    const spoken = (): { ghost: string; text: string | undefined }[] =>
      world.matrix.ledger
        .entries(room.matrix)
        .filter(({ kind, text }) => kind === 'message' && text?.startsWith('message ') === true)
        .map(({ actor, text }) => ({ ghost: actor, text }));
    for (const { actor, text } of said) {
      world.talk.post(room.talk, actor, text);
      await until(`${text} to arrive`, () => spoken().at(-1)?.text === text);
    }
    expect(spoken()).toEqual(
      said.map(({ actor, text }) => ({ ghost: `@crosstalk_cloud_users=2f${actor}:sandbox.test`, text })),
    );
  } finally {
    await world.close();
  }
}, 60_000);
