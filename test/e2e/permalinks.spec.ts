import { type Side, sides, Three } from './three.js';
import { type Replica, until, World } from './world.js';

let world: World;
let replica: Replica;

afterEach(async () => {
  await world.close();
});

it('addresses of messages lead to the same message on the network of whoever reads them', async () => {
  world = await World.build({ slack: 'linked' });
  replica = world.start();
  await replica.ready();
  const { sandbox, app } = world.slack;
  await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
  const three = new Three(world);
  const everywhere = async (what: string): Promise<void> => {
    for (const side of sides) await until(`${what} on ${side}`, () => three.idsOf(side, what).length === 1);
  };
  three.post('matrix', 'the plan');
  await everywhere('the plan');
  // A message in a thread: its address in Slack names the thread too.
  three.post('slack', 'a detail', 'the plan');
  await everywhere('a detail');

  const address = (side: Side, text: string): string => {
    const id = three.idOf(side, text);
    if (side === 'talk') return `${world.talk.url}/index.php/call/${three.talkRoom}#message_${id}`;
    if (side === 'matrix') return `https://matrix.to/#/${three.matrixRoom}/${id}?via=sandbox.test`;
    const thread = sandbox.messages(three.channel).find(({ ts }) => ts === id)?.['thread_ts'];
    const inThread = typeof thread === 'string' && thread !== id ? `?thread_ts=${thread}&cid=${three.channel}` : '';
    return `https://town.slack.com/archives/${three.channel}/p${id.replace('.', '')}${inThread}`;
  };
  expect(address('slack', 'a detail')).toContain(`thread_ts=${three.idOf('slack', 'the plan')}`);
  for (const from of sides) {
    for (const text of ['the plan', 'a detail']) {
      const said = `${from} means "${text}": `;
      three.post(from, `${said}${address(from, text)} and https://example.org/#message_1`);
      const about = `means "${text}"`;
      await everywhere(`${from} ${about}`);
      for (const side of sides) {
        const found = three.shown(side).find((message) => message.text.includes(`${from} ${about}`))?.text ?? '';
        const shown = side === 'slack' ? found.replaceAll('&amp;', '&') : found;
        expect([side, shown]).toEqual([side, expect.stringContaining(address(side, text)) as unknown]);
        expect(shown).toContain('https://example.org/#message_1');
      }
    }
  }

  // By the name that people gave the room.
  const named = `https://matrix.to/#/%23team-0%3Asandbox.test/${encodeURIComponent(three.idOf('matrix', 'the plan'))}`;
  three.post('talk', `by its name: ${named}`);
  await everywhere('by its name');
  const [byName] = three.shown('slack').filter(({ text }) => text.includes('by its name'));
  expect(byName?.text).toContain(address('slack', 'the plan'));

  const unknown = `${world.talk.url}/index.php/call/${three.talkRoom}#message_999999`;
  three.post('talk', `nobody knows ${unknown}`);
  await everywhere(unknown);
});
