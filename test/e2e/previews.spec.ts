import { randomBytes } from 'node:crypto';
import { pictureIn } from '../../src/formatting/file-headers.js';
import { until, World } from './world.js';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const picture = Buffer.concat([png, randomBytes(300_000)]);
const film = randomBytes(300_000);
let world: World;

afterEach(async () => {
  await world.close();
});

interface Shown {
  readonly msgtype?: string;
  readonly url: string;
  readonly info: {
    readonly w?: number;
    readonly thumbnail_url?: string;
    readonly thumbnail_info?: {
      readonly mimetype: string;
      readonly size: number;
      readonly w: number;
      readonly h: number;
    };
  };
}

it('pictures and films have their small picture in Matrix, and come without it where it is not to be had', async () => {
  world = await World.build({ slack: 'linked' });
  const { talk, matrix, slack } = world;
  await world.start().ready();
  const room = world.rooms[0] as { talk: string; matrix: string; slack: string };
  const { homeserver } = world.settings.accounts.hs as { homeserver: string };

  const shown = (name: string): Shown | undefined =>
    matrix
      .messages(room.matrix)
      .map(({ content }) => content as unknown as Shown & { filename?: string })
      .find(({ filename }) => filename === name);
  const inMatrix = async (name: string): Promise<Shown> => {
    await until(`${name} in Matrix`, () => shown(name) !== undefined);
    return shown(name) as Shown;
  };
  const bytesAt = async (address = ''): Promise<Buffer> => {
    const authorization = `Bearer ${matrix.accessToken('@mia:sandbox.test')}`;
    const path = `/_matrix/client/v1/media/download/${address.slice('mxc://'.length)}`;
    return Buffer.from(await (await fetch(homeserver + path, { headers: { authorization } })).arrayBuffer());
  };
  const expectPreview = async ({ info }: Shown): Promise<void> => {
    const small = await bytesAt(info.thumbnail_url);
    const { mime, size } = pictureIn(small) ?? {};
    expect(info.thumbnail_info).toEqual({ mimetype: mime, size: small.length, w: size?.width, h: size?.height });
    expect(mime).toBe('image/png');
  };

  talk.shareFile(room.talk, 'anna', { name: 'meadow.png', mimetype: 'image/png', data: picture });
  const meadow = await inMatrix('meadow.png');
  expect([meadow.msgtype, meadow.info.w]).toEqual(['m.image', 3]);
  expect((await bytesAt(meadow.url)).equals(picture)).toBe(true);
  await expectPreview(meadow);

  talk.shareFile(room.talk, 'anna', { name: 'waves.mp4', mimetype: 'video/mp4', data: film });
  await expectPreview(await inMatrix('waves.mp4'));

  slack.sandbox.post(room.slack, slack.people.pia, '', {
    files: [{ name: 'rain.mp4', mimetype: 'video/mp4', bytes: film }],
  });
  const rain = await inMatrix('rain.mp4');
  expect(rain.msgtype).toBe('m.video');
  await expectPreview(rain);

  talk.faults.add({ path: '/core/preview', times: 5, fault: { do: 'answer', status: 500, body: '' } });
  talk.shareFile(room.talk, 'anna', { name: 'dusk.png', mimetype: 'image/png', data: picture });
  const dusk = await inMatrix('dusk.png');
  expect(dusk.info.thumbnail_url).toBeUndefined();
  expect((await bytesAt(dusk.url)).equals(picture)).toBe(true);

  talk.shareFile(room.talk, 'anna', { name: 'notes.txt', mimetype: 'text/plain', data: Buffer.from('some notes') });
  expect((await inMatrix('notes.txt')).info.thumbnail_url).toBeUndefined();
});
