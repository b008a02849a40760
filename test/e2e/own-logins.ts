import { ownLogins } from './reference-model.js';
import { until, type World } from './world.js';

const bot = '@crosstalk:sandbox.test';

/** What Crosstalk said to somebody of Matrix alone, in the order of saying. */
export function saidTo(world: World, person: string): string[] {
  const shared = world.rooms.map(({ matrix }) => matrix);
  const alone = world.matrix.roomsOf(`@${person}:sandbox.test`).filter((room) => !shared.includes(room));
  return alone.flatMap((room) =>
    world.matrix
      .messages(room)
      .filter(({ sender, content }) => sender === bot && typeof content['body'] === 'string')
      .map(({ content }) => String(content['body'])),
  );
}

/** The address that somebody of Matrix was told last, when it is told. */
export async function askedLogin(world: World, person: string): Promise<string> {
  const [room] = world.rooms;
  const before = saidTo(world, person).length;
  world.matrix.post(room?.matrix ?? '', `@${person}:sandbox.test`, '!crosstalk login');
  await until(`an address for ${person}`, () => saidTo(world, person).length > before);
  const address = /https?:\/\/\S+\/login\/v2\/flow\/\w+/.exec(saidTo(world, person).at(-1) ?? '')?.[0];
  if (address === undefined) throw new Error(`no address: ${saidTo(world, person).at(-1) ?? ''}`);
  return address;
}

/** Has people of Matrix lend the logins that `ownLogins` says. */
export async function lendLogins(world: World): Promise<void> {
  for (const [person, user] of Object.entries(ownLogins)) {
    world.talk.accounts.grantLogin(await askedLogin(world, person), user);
    await until(`${person} to be told`, () => saidTo(world, person).at(-1)?.includes('from now on') === true);
  }
}
