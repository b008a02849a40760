import { mia, Three } from './three.js';
import { until, World } from './world.js';

const map = 'https://www.openstreetmap.org/?mlat=52.5163&mlon=13.3777';
let world: World;

afterEach(async () => {
  await world.close();
});

it('a place is shown on a map by Talk and Matrix, and linked in Slack', async () => {
  world = await World.build({ slack: 'linked' });
  await world.start().ready();
  const { sandbox, app } = world.slack;
  await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
  const three = new Three(world);
  const inTalk = (): Record<string, unknown> | undefined =>
    world.talk
      .messages(three.talkRoom)
      .map(({ messageParameters }) => (messageParameters as Record<string, Record<string, unknown>>)['object'])
      .find((object) => object?.['type'] === 'geo-location');
  const inMatrix = (): Record<string, unknown> | undefined =>
    world.matrix.messages(three.matrixRoom).findLast(({ content }) => content['msgtype'] === 'm.location')?.content;

  const sent = world.matrix.sendEvent(three.matrixRoom, mia, 'm.room.message', {
    msgtype: 'm.location',
    body: 'Location "gate B" geo:52.5163,13.3777;u=12 at 2026-11-21T08:00:00.000Z',
    geo_uri: 'geo:52.5163,13.3777;u=12',
    'org.matrix.msc3488.location': { uri: 'geo:52.5163,13.3777;u=12', description: 'gate B' },
    'org.matrix.msc3488.asset': { type: 'm.pin' },
  });
  await until('the map in Talk', () => inTalk() !== undefined);
  expect(inTalk()).toMatchObject({
    type: 'geo-location',
    id: 'geo:52.5163,13.3777',
    name: 'Mia (Matrix): gate B',
    latitude: '52.5163',
    longitude: '13.3777',
  });
  await until('the link in Slack', () => three.idsOf('slack', '📍 gate B').length === 1);
  world.matrix.redact(three.matrixRoom, mia, sent);
  await until('no map in Talk', () => inTalk() === undefined);
  await until('no link in Slack', () => three.idsOf('slack', '📍 gate B').length === 0);

  const response = await fetch(`${world.talk.url}/ocs/v2.php/apps/spreed/api/v1/chat/${three.talkRoom}/share`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`anna:${world.talk.accounts.issueAppPassword('anna')}`).toString('base64')}`,
      'ocs-apirequest': 'true',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      objectType: 'geo-location',
      objectId: 'geo:52.5163,13.3777',
      metaData: JSON.stringify({ name: 'gate C', latitude: '52.5163', longitude: '13.3777' }),
    }),
  });
  expect(response.status).toBe(201);
  await until(
    'the map in Matrix',
    () => inMatrix()?.['geo_uri'] === 'geo:52.5163,13.3777' && three.idsOf('matrix', 'gate C').length === 1,
  );
  expect(inMatrix()).toMatchObject({
    'org.matrix.msc3488.location': { description: 'gate C' },
    body: `📍 gate C (${map})`,
  });
  await until('the link in Slack', () => three.idsOf('slack', '📍 gate C').length === 1);
});

it('a live location is one message in Talk and Slack, edited as its sharer moves and when it is over', async () => {
  world = await World.build({ slack: 'linked' });
  const { accounts } = world.settings;
  const replica = world.start({ change: { accounts: { ...accounts, hs: { ...accounts.hs, liveLocationMs: 500 } } } });
  await replica.ready();
  const { sandbox, app } = world.slack;
  await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
  const three = new Three(world);
  const share = (live: boolean): string =>
    world.matrix.sendState(three.matrixRoom, mia, 'org.matrix.msc3672.beacon_info', mia, {
      description: 'On my way',
      live,
      timeout: 3_600_000,
      'org.matrix.msc3488.ts': Date.now(),
      'org.matrix.msc3488.asset': { type: 'm.self' },
    });
  const move = (sharing: string, latitude: number): void => {
    world.matrix.sendEvent(three.matrixRoom, mia, 'org.matrix.msc3672.beacon', {
      'm.relates_to': { rel_type: 'm.reference', event_id: sharing },
      'org.matrix.msc3488.location': { uri: `geo:${String(latitude)},13.3777` },
      'org.matrix.msc3488.ts': Date.now(),
    });
  };
  const told = (): string[] =>
    (['talk', 'slack'] as const).flatMap((side) =>
      three.shown(side).flatMap(({ text }) => (text.includes('On my way') ? [text] : [])),
    );
  const eachSays = (...words: string[]): boolean =>
    told().length === 2 && told().every((text) => words.every((word) => text.includes(word)));
  const edits = (): number =>
    world.talk.messages(three.talkRoom).filter(({ systemMessage }) => systemMessage === 'message_edited').length;

  const sharing = share(true);
  await until('the message', () => eachSays('On my way until'));
  move(sharing, 52.1);
  await until('the first place', () => eachSays('52.1, 13.3777'));
  for (let each = 0; each < 20; each += 1) move(sharing, 52.2 + each / 100);
  await until('where they have come', () => eachSays('52.39, 13.3777'));
  await replica.kill();
  move(sharing, 52.5);
  share(false);
  const again = world.start();
  await again.ready();
  await until('its end', () => eachSays('On my way has ended', '52.5, 13.3777'));
  expect(edits()).toBeLessThanOrEqual(5);
}, 120_000);
