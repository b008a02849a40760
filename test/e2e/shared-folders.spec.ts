import { until, World } from './world.js';

let world: World;

afterEach(async () => {
  await world.close();
});

it('a folder that somebody shares in Talk is told of with its address, and holds nothing up', async () => {
  world = await World.build({ slack: 'linked' });
  const { talk, matrix, slack } = world;
  await world.start().ready();
  const room = world.rooms[0] as { talk: string; matrix: string; slack: string };
  const asAnna = (method: string, path: string, body?: URLSearchParams): Promise<Response> =>
    fetch(talk.url + path, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`anna:${talk.accounts.issueAppPassword('anna')}`).toString('base64')}`,
        'ocs-apirequest': 'true',
      },
      ...(body === undefined ? {} : { body }),
    });

  expect((await asAnna('MKCOL', '/remote.php/dav/files/anna/Plans')).status).toBe(201);
  const share = new URLSearchParams({ shareType: '10', shareWith: room.talk, path: '/Plans' });
  const shared = await asAnna('POST', '/ocs/v2.php/apps/files_sharing/api/v1/shares?format=json', share);
  expect(await shared.json()).toMatchObject({ ocs: { data: { item_type: 'folder' } } });
  talk.post(room.talk, 'anna', 'all of it');

  const inMatrix = (): string[] =>
    matrix.messages(room.matrix).map(({ content }) => String((content as { body?: string }).body));
  const inSlack = (): string => JSON.stringify(slack.sandbox.messages(room.slack));
  await until('what was said after it', () => inMatrix().includes('all of it') && inSlack().includes('all of it'));
  const line = /Plans \(https?:\/\/\S+\/f\/\d+\) \(.*a folder, to be seen in Nextcloud\)/;
  expect(inMatrix().slice(-2)).toEqual([expect.stringMatching(line), 'all of it']);
  expect(inSlack()).toContain('a folder, to be seen in Nextcloud');
});
