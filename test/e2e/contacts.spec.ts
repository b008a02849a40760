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
  await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
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

  const channel = three.channel;
  const files = [{ name: 'anna.vcf', mimetype: 'text/vcard', bytes }];
  const ts = sandbox.post(channel, world.slack.people.pia, 'whom to ask', { files });
  for (const side of ['talk', 'matrix'] as const) {
    await until(`the second in ${side}`, () => three.idsOf(side, 'whom to ask').length === 1);
  }
  sandbox.edit(channel, world.slack.people.pia, ts, 'ask her');
  for (const side of ['talk', 'matrix'] as const) {
    await until(`the edit in ${side}`, () => three.idsOf(side, 'ask her').length === 1);
    const [shown] = three.shown(side).filter(({ text }) => text.includes('ask her'));
    expect([side, shown?.text]).toEqual([side, expect.stringContaining('+44 1632 960123')]);
  }
});
