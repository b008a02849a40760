import { wearPicture } from './picture.js';
import { mia, type Side, sides, Three } from './three.js';
import { type Replica, until, World } from './world.js';

let world: World;
let replica: Replica;

afterEach(async () => {
  await world.close();
});

/** A link of three with a service that hears Slack. */
async function begin(): Promise<Three> {
  world = await World.build({ slack: 'linked' });
  replica = world.start();
  await replica.ready();
  const { sandbox, app } = world.slack;
  await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
  return new Three(world);
}

async function everywhere(what: string, holds: (side: Side) => boolean): Promise<void> {
  for (const side of sides) await until(`${what} on ${side}`, () => holds(side));
}

it('messages, answers, edits, reactions and deletions go all six ways of a link of three', async () => {
  const three = await begin();

  const said = new Map(sides.map((side) => [side, three.post(side, `hello from ${side}`)]));
  for (const from of sides) {
    await everywhere(`what was said on ${from}`, (side) => three.idsOf(side, `hello from ${from}`).length === 1);
  }
  for (const from of sides) {
    for (const to of sides) {
      const text = `${to} answers ${from}`;
      const id = three.post(to, text, `hello from ${from}`);
      said.set(to, said.get(to) ?? id);
      await everywhere(`"${text}"`, (side) => three.idsOf(side, text).length === 1);
      for (const side of sides) {
        expect([text, side, three.answeredBy(side, text)]).toEqual([
          text,
          side,
          three.idOf(side, `hello from ${from}`),
        ]);
      }
    }
  }
  for (const from of sides) {
    three.react(from, said.get(from) ?? '');
    await everywhere(
      `a reaction on ${from}`,
      (side) => three.reactionsTo(side, three.idOf(side, `hello from ${from}`)) === 1,
    );
  }
  for (const from of sides) {
    three.edit(from, said.get(from) ?? '', `changed on ${from}`);
    await everywhere(`an edit on ${from}`, (side) => three.idsOf(side, `changed on ${from}`).length === 1);
  }
  for (const from of sides) {
    three.remove(from, said.get(from) ?? '');
    await everywhere(`a deletion on ${from}`, (side) => three.idsOf(side, `changed on ${from}`).length === 0);
  }
  // Nothing came back, and nothing came twice.
  expect(sides.map((side) => three.idsOf(side, ' answers ').length)).toEqual([9, 9, 9]);
});

it('people stand under their own names and pictures, which whoever has their address can see', async () => {
  world = await World.build({ slack: 'linked' });
  const picture = Buffer.from('89504e470d0a1a0a', 'hex');
  await wearPicture(world, mia, picture);
  replica = world.start();
  await replica.ready();
  const { slack } = world;
  await until('the WebSocket', () => slack.sandbox.apps.connections(slack.app.appId) === 1);
  const three = new Three(world);
  three.post('matrix', 'from Mia');
  three.post('slack', 'from Pia');
  await everywhere('what was said', (side) => three.idsOf(side, 'from Mia').length === 1);
  await everywhere('what was said', (side) => three.idsOf(side, 'from Pia').length === 1);
  const inSlack = slack.sandbox.messages(three.channel).find(({ ts }) => ts === three.idOf('slack', 'from Mia'));
  expect(inSlack?.['username']).toBe('Mia (Matrix)');
  const { image_48: address } = inSlack?.['icons'] as { image_48: string };
  const answer = await fetch(address);
  expect([answer.headers.get('content-type'), Buffer.from(await answer.arrayBuffer())]).toEqual(['image/png', picture]);
  expect((await fetch(address.replace(/\/media\/hs\//, '/media/cloud/'))).status).toBe(404);
  expect(three.idsOf('talk', '**Pia** (Slack): from Pia')).toHaveLength(1);
});

it('events that come four times each and in any order end as what Slack shows', async () => {
  const three = await begin();
  const { slack } = world;
  three.post('slack', 'the first');
  await everywhere('the first message', (side) => three.idsOf(side, 'the first').length === 1);
  slack.sandbox.setEventFault({ copies: 4, spreadMs: 2_000 });
  for (let count = 0; count < 60; count += 1) {
    const id = three.post('slack', `said ${String(count)}.`);
    if (count % 2 === 0) three.edit('slack', id, `first change of ${String(count)}.`);
    if (count % 4 === 0) three.edit('slack', id, `last change of ${String(count)}.`);
    if (count % 3 === 0) three.react('slack', id);
    if (count % 5 === 0) three.remove('slack', id);
    else if (count % 4 === 1) three.post('slack', `answer to ${String(count)}!`, `said ${String(count)}.`);
  }
  await until('the events', () => slack.sandbox.isQuiet, 60_000);
  const shown = (count: number): string =>
    count % 4 === 0
      ? `last change of ${String(count)}.`
      : count % 2 === 0
        ? `first change of ${String(count)}.`
        : `said ${String(count)}.`;
  for (const side of ['talk', 'matrix'] as const) {
    for (let count = 0; count < 60; count += 1) {
      const copies = count % 5 === 0 ? 0 : 1;
      await until(`${String(count)} on ${side}`, () => three.idsOf(side, shown(count)).length === copies);
      if (copies === 1 && count % 4 === 1) {
        const answer = `answer to ${String(count)}!`;
        await until(`${answer} on ${side}`, () => three.idsOf(side, answer).length === 1);
        expect(three.answeredBy(side, answer)).toBe(three.idOf(side, shown(count)));
      }
      if (copies === 0 || count % 3 !== 0) continue;
      await until(
        `the reaction to ${String(count)} on ${side}`,
        () => three.reactionsTo(side, three.idOf(side, shown(count))) === 1,
      );
    }
    expect(three.idsOf(side, '.')).toHaveLength(48);
  }
});

it('a Slack that does not answer delays nobody else', async () => {
  world = await World.build({ slack: 'linked' });
  replica = world.start();
  await replica.ready();
  const { slack } = world;
  const three = new Three(world);
  slack.sandbox.faults.add({ method: 'POST', path: '/api/', times: 1_000, fault: { do: 'hang', forMs: 60_000 } });
  for (const from of ['talk', 'matrix'] as const) three.post(from, `while Slack hangs, from ${from}`);
  await until('the message in Matrix', () => three.idsOf('matrix', 'while Slack hangs, from talk').length === 1);
  await until('the message in Talk', () => three.idsOf('talk', 'while Slack hangs, from matrix').length === 1);
  expect(three.idsOf('slack', 'while Slack hangs')).toEqual([]);
  slack.sandbox.faults.clear();
  await until('both in Slack', () => three.idsOf('slack', 'while Slack hangs').length === 2);
});

it('what was accepted and dropped, and what a kill -9 interrupts, is on every side once', async () => {
  world = await World.build({ slack: 'linked' });
  replica = world.start();
  await replica.ready();
  const { slack } = world;
  const isHeard = (): Promise<void> =>
    until('the WebSocket', () => slack.sandbox.apps.connections(slack.app.appId) === 1);
  await isHeard();
  const three = new Three(world);
  slack.sandbox.faults.add({ method: 'POST', path: 'chat\\.postMessage', times: 3, fault: { do: 'acceptThenDrop' } });
  for (let count = 0; count < 20; count += 1) {
    for (const side of sides) three.post(side, `${side} says ${String(count)}.`);
    await new Promise((done) => setTimeout(done, 20));
    if (count !== 7 && count !== 14) continue;
    await replica.kill();
    replica = world.start();
    await replica.ready();
    await isHeard();
  }
  for (const from of sides) {
    await everywhere(`the last message of ${from}`, (side) => three.idsOf(side, `${from} says 19.`).length > 0);
  }
  for (const side of sides) {
    for (const from of sides) {
      await until(`all of ${from} on ${side}`, () => three.idsOf(side, `${from} says`).length >= 20);
      const counts = Array.from(
        { length: 20 },
        (_, count) => three.idsOf(side, `${from} says ${String(count)}.`).length,
      );
      expect([side, from, counts]).toEqual([side, from, Array.from({ length: 20 }, () => 1)]);
    }
  }
  expect(slack.sandbox.faults.struck).toBe(3);
});

it('an operator links a channel by the slash command, and others may not', async () => {
  world = await World.build({ slack: 'linked' });
  replica = world.start({ change: { links: {} } });
  await replica.ready();
  const { slack } = world;
  await until('the WebSocket', () => slack.sandbox.apps.connections(slack.app.appId) === 1);
  const three = new Three(world);
  slack.sandbox.channels.join(three.channel, slack.app.botUser);
  const ask = async (user: string, text: string): Promise<string> => {
    const command = { app: slack.app.appId, channel: three.channel, user, command: '/crosstalk', text };
    const outcome = await slack.sandbox.slashCommand(command);
    return outcome.kind === 'answered' ? String((outcome.answer as { text?: string }).text) : outcome.reason;
  };
  expect(await ask(slack.people.quinn, 'status')).toContain('Only those may do that whom the settings name');
  expect(await ask(slack.people.pia, 'status')).toBe('This room is in no link.');
  expect(await ask(slack.people.pia, `link team cloud=${three.talkRoom}`)).toContain('The link team is made');
  await until('the link to be at work', async () => (await ask(slack.people.pia, 'status')).includes('at work'));
  await replica.ready();
  three.post('slack', 'linked from within');
  await until('the message in Talk', () => three.idsOf('talk', 'linked from within').length === 1);
  expect(await ask(slack.people.pia, 'unlink')).toBe('The link team is ended.');
});

it('a mention in a private conversation of several makes no link, and says why', async () => {
  world = await World.build({ slack: 'linked' });
  replica = world.start({ change: { links: {} } });
  await replica.ready();
  const { sandbox, app, team, people } = world.slack;
  await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
  const several = sandbox.channels.openDirect(team, [people.pia, people.quinn, app.botUser]);
  sandbox.post(several, people.pia, `<@${app.botUser}> link team cloud=${new Three(world).talkRoom}`);
  await until('the answer', () => sandbox.ephemerals().length === 1);
  expect(sandbox.ephemerals()[0]).toMatchObject({
    channel: several,
    user: people.pia,
    text: 'This is a private conversation, which cannot be linked. Say `@Crosstalk` in a channel.',
  });
  expect((await world.command('links', '--all')).says).toContain('There are no links yet');
});

it('somebody takes the app out of the channel: one alarm, what is to be done, and all goes on after the invitation', async () => {
  const three = await begin();
  const { sandbox, app, people } = world.slack;
  const status = async (): Promise<string> => (await world.command('status')).says;
  three.post('talk', 'before');
  await everywhere('what was said before', (side) => three.idsOf(side, 'before').length === 1);
  sandbox.channels.leave(three.channel, app.botUser, people.pia);
  await until('the room to be closed', async () =>
    (await status()).includes(
      `closed: somebody took the app out of the channel ${three.channel}: say \`/invite @Crosstalk\` there`,
    ),
  );
  three.post('talk', 'meanwhile');
  await until('the message in Matrix', () => three.idsOf('matrix', 'meanwhile').length === 1);
  three.post('slack', 'among ourselves');
  expect(await replica.alarms()).toEqual({ 'town notJoined': 1 });
  sandbox.channels.join(three.channel, app.botUser, people.pia);
  await until('the room to be open', async () => !(await status()).includes('closed:'));
  await everywhere('what was said meanwhile', (side) => three.idsOf(side, 'meanwhile').length === 1);
  three.post('slack', 'with the app again');
  await everywhere('what was said since', (side) => three.idsOf(side, 'with the app again').length === 1);
  expect(three.idsOf('talk', 'among ourselves')).toEqual([]);
  expect(await replica.alarms()).toEqual({ 'town notJoined': 1 });
});

it('an app that is uninstalled closes its account once, and what waits comes after it is installed again', async () => {
  const three = await begin();
  const { slack } = world;
  three.post('talk', 'before');
  await everywhere('what was said before', (side) => three.idsOf(side, 'before').length === 1);
  slack.sandbox.apps.uninstall(slack.app.appId, slack.team);
  await until('the account to be closed', async () => (await world.command('status')).says.includes('closed'));
  three.post('talk', 'meanwhile');
  await until('the message in Matrix', () => three.idsOf('matrix', 'meanwhile').length === 1);
  three.post('slack', 'said without us');
  slack.sandbox.apps.install(slack.app.appId, slack.team, slack.app.botToken);
  await everywhere('what was said meanwhile', (side) => three.idsOf(side, 'meanwhile').length === 1);
  await everywhere('what was said in Slack', (side) => three.idsOf(side, 'said without us').length === 1);
  expect(await replica.alarms()).toEqual({ 'town accountClosed': 1 });
  expect(sides.map((side) => three.idsOf(side, 'before').length)).toEqual([1, 1, 1]);
});
