import { mia, sides, Three } from './three.js';
import { until, World } from './world.js';

let world: World;

afterEach(async () => {
  await world.close();
});

it('a contact is a file that says who it is', async () => {
  world = await World.build({ slack: 'linked' });
  await world.start().ready();
  const { sandbox, app } = world.slack;
  await until('the WebSocket', () => sandbox.connections(app.appId) === 1);
  const three = new Three(world);
  const bytes = Buffer.from(
    'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna Smith\r\nTEL;TYPE=CELL:+44 1632 960123\r\nEND:VCARD\r\n',
  );
  world.matrix.sendEvent(three.matrixRoom, mia, 'm.room.message', {
    msgtype: 'm.file',
    body: 'anna.vcf',
    url: world.matrix.upload(bytes, 'text/vcard', 'anna.vcf'),
    info: { mimetype: 'text/vcard', size: bytes.length },
  });
  for (const side of sides.filter((each) => each !== 'matrix')) {
    await until(`the number on ${side}`, () => three.idsOf(side, '+44 1632 960123').length === 1);
    expect([side, three.idsOf(side, 'Anna Smith')]).toEqual([side, three.idsOf(side, '+44 1632 960123')]);
  }
  const inTalk = world.talk.messages(three.talkRoom).find(({ id }) => String(id) === three.idOf('talk', 'Anna Smith'));
  expect(inTalk?.['messageParameters']).toMatchObject({ file: { name: 'anna.vcf', size: String(bytes.length) } });
  const inSlack = sandbox.messages(three.channel).find(({ ts }) => ts === three.idOf('slack', 'Anna Smith'));
  expect(inSlack?.['files']).toMatchObject([{ name: 'anna.vcf', size: bytes.length }]);
});
