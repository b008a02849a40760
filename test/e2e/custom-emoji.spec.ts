import { mia, Three } from './three.js';
import { type Replica, until, World } from './world.js';

type Content = Readonly<Record<string, unknown>>;

/** One Slack workspace with an emoji of its own, and a Talk and a Matrix room that are linked with its channel. */
describe('custom emoji of three networks', () => {
  let world: World;
  let replica: Replica;
  let three: Three;
  let uploads = 0;

  beforeEach(async () => {
    world = await World.build({ slack: 'linked' });
    const { sandbox, app, team } = world.slack;
    sandbox.workspaces.addEmoji(team, 'kazoo');
    uploads = 0;
    world.matrix.faults.watch((method, path) => (uploads += method === 'POST' && /\/upload/.test(path) ? 1 : 0));
    replica = world.start();
    await replica.ready();
    await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
    three = new Three(world);
  });

  afterEach(async () => {
    await world.close();
  });

  const htmlOf = (words: string): string => {
    const event = world.matrix.messages(three.matrixRoom).find(({ content }) => content['body'] === words);
    const html = event?.content['formatted_body'];
    return typeof html === 'string' ? html : '';
  };
  const elementsOf = (words: string): unknown => {
    const message = world.slack.sandbox.messages(three.channel).find(({ ts }) => ts === three.idOf('slack', words));
    const [block] = (message?.['blocks'] ?? []) as { elements: { elements: Content[] }[] }[];
    return block?.elements[0]?.elements;
  };
  const everywhere = (words: string): Promise<void> =>
    until(`"${words}" everywhere`, () =>
      (['talk', 'matrix', 'slack'] as const).every((side) => three.idsOf(side, words).length === 1),
    );

  it('one of Slack is a picture on Matrix, uploaded once however often it is shown, and a name in Talk', async () => {
    three.post('slack', 'one :kazoo:');
    await everywhere('one :kazoo:');
    const [, address = ''] = /src="(mxc:[^"]+)"/.exec(htmlOf('one :kazoo:')) ?? [];
    expect(htmlOf('one :kazoo:')).toBe(
      `one <img data-mx-emoticon src="${address}" alt=":kazoo:" title=":kazoo:" height="32">`,
    );
    expect(world.matrix.fileAt(address)).toMatchObject({ contentType: 'image/png' });
    await replica.stop();
    replica = world.start();
    await replica.ready();
    three.post('slack', 'two :kazoo:');
    await everywhere('two :kazoo:');
    expect(htmlOf('two :kazoo:')).toContain(address);
    expect(uploads).toBe(1);
  });

  it('one of Matrix is that of Slack where there is one of its name; what is typed as text stays text', async () => {
    const shown = (name: string) => `<img data-mx-emoticon src="mxc://sandbox.test/${name}" alt=":${name}:">`;
    world.matrix.sendEvent(three.matrixRoom, mia, 'm.room.message', {
      msgtype: 'm.text',
      body: 'from a pack: :kazoo:, :smile:',
      format: 'org.matrix.custom.html',
      formatted_body: `from a pack: ${shown('kazoo')}, ${shown('smile')}`,
    });
    three.post('talk', 'typed: :kazoo:, :smile:');
    await everywhere('from a pack');
    await everywhere('typed');
    expect(elementsOf('from a pack')).toEqual([
      { type: 'text', text: 'from a pack: ' },
      { type: 'emoji', name: 'kazoo' },
      { type: 'text', text: ', :smile:' },
    ]);
    expect(elementsOf('typed')).toEqual([{ type: 'text', text: 'typed: :kazoo:, :smile:' }]);
    // Slack reads the words for those who show no blocks as its markup: there only a workspace's own emoji may be one.
    expect(three.shown('slack').find(({ text }) => text.startsWith('typed'))?.text).toBe(
      'typed: :kazoo:, :\u200bsmile:',
    );
    expect(htmlOf('typed: :kazoo:, :smile:')).toBe('');
    expect(three.shown('talk').find(({ text }) => text.includes('from a pack'))?.text).toBe(
      '**Mia** (Matrix): from a pack: :kazoo:, :smile:',
    );
  });

  describe('as reactions', () => {
    const reactsOnMatrix = (id: string, key: string): string =>
      world.matrix.sendEvent(three.matrixRoom, mia, 'm.reaction', {
        shortcode: key,
        'm.relates_to': { rel_type: 'm.annotation', event_id: id, key: `mxc://sandbox.test/${key}` },
      });
    const inSlack = (words: string): string[] => {
      const message = world.slack.sandbox.messages(three.channel).find(({ ts }) => ts === three.idOf('slack', words));
      return ((message?.['reactions'] ?? []) as { name: string }[]).map(({ name }) => name);
    };
    const onMatrix = (id: string): unknown[] =>
      world.matrix.messages(three.matrixRoom).flatMap(({ type, content, redactedBy }) => {
        const { event_id: target, key } = (content['m.relates_to'] ?? {}) as { event_id?: string; key?: string };
        return type === 'm.reaction' && redactedBy === undefined && target === id ? [key] : [];
      });

    it('one of Slack is its name on Matrix, and one of Matrix is Slack’s of that name; both go again', async () => {
      const { pia } = world.slack.people;
      const ts = three.post('slack', 'play');
      await everywhere('play');
      world.slack.sandbox.react(three.channel, pia, ts, 'kazoo');
      const event = three.idOf('matrix', 'play');
      await until('the name on Matrix', () => onMatrix(event).includes(':kazoo:'));
      world.slack.sandbox.unreact(three.channel, pia, ts, 'kazoo');
      await until('nothing on Matrix', () => onMatrix(event).length === 0);
      const reaction = reactsOnMatrix(event, 'kazoo');
      await until('it in Slack', () => inSlack('play').includes('kazoo'));
      world.matrix.redact(three.matrixRoom, mia, reaction);
      await until('nothing in Slack', () => inSlack('play').length === 0);
      expect(three.idsOf('talk', ':kazoo:')).toEqual([]);
    });

    it('where the link says so, what a room has no emoji for is said there by each person, and goes with it', async () => {
      const { talkRoom, matrixRoom, channel } = three;
      const told = Object.entries({ cloud: talkRoom, hs: matrixRoom, town: channel });
      const rooms = told.map(([account, room]) => ({ account, room }));
      await replica.stop();
      replica = world.start({ change: { links: { team0: { rooms, mirror: { otherReactions: 'reply' } } } } });
      await replica.ready();
      const { pia, quinn } = world.slack.people;
      const ts = three.post('slack', 'listen');
      await everywhere('listen');
      for (const person of [pia, quinn]) world.slack.sandbox.react(three.channel, person, ts, 'kazoo');
      await until('both in Talk', () => three.idsOf('talk', ':kazoo:').length === 2);
      expect(three.answeredBy('talk', ':kazoo:')).toBe(three.idOf('talk', 'listen'));
      world.slack.sandbox.unreact(three.channel, pia, ts, 'kazoo');
      await until('one in Talk', () => three.idsOf('talk', ':kazoo:').length === 1);
      expect(three.idsOf('talk', 'Quinn')).toHaveLength(1);
      // The message is edited alone, and its reactions in words go with it.
      three.edit('slack', ts, 'listen well');
      await everywhere('listen well');
      expect(three.idsOf('talk', ':kazoo:')).toHaveLength(1);
      const reaction = reactsOnMatrix(three.idOf('matrix', 'listen well'), 'tuba');
      await until('it in Slack and Talk', () =>
        (['slack', 'talk'] as const).every((side) => three.idsOf(side, ':tuba:').length === 1),
      );
      world.matrix.redact(three.matrixRoom, mia, reaction);
      await until('nothing in Slack and Talk', () =>
        (['slack', 'talk'] as const).every((side) => three.idsOf(side, ':tuba:').length === 0),
      );
      three.remove('slack', ts);
      await until(
        'nothing in Talk',
        () => three.idsOf('talk', 'listen').length + three.idsOf('talk', ':kazoo:').length === 0,
      );
    });
  });
});
