import { Client } from 'pg';
import { type Side, Three } from './three.js';
import { until, World } from './world.js';

let world: World;

afterEach(async () => {
  await world.close();
});

/** A day and more passes for what stands in the rooms. */
async function dayPasses(): Promise<void> {
  const client = new Client({ connectionString: world.databaseUrl });
  await client.connect();
  await client.query(`update copies set made_at = made_at - interval '25 hours'`);
  await client.end();
}

describe('an edit that comes too late for Talk', () => {
  let three: Three;
  const inTalk = (): string[] =>
    three.shown('talk').flatMap(({ text }) => (/early|late/.test(text) ? [text.slice(text.indexOf('): ') + 3)] : []));

  beforeEach(async () => {
    world = await World.build({ slack: 'linked' });
    three = new Three(world);
    await world.start().ready();
  });

  it.each<Side>(['matrix', 'slack'])('is a correction there, which goes with its message: from %s', async (from) => {
    const id = three.post(from, 'early');
    await until('the message in Talk', () => inTalk().join() === 'early');
    await until(
      'the message elsewhere',
      () => three.idsOf(from === 'matrix' ? 'slack' : 'matrix', 'early').length === 1,
    );
    await dayPasses();
    three.edit(from, id, 'late');
    await until('the correction', () => inTalk().join() === 'early,✏️ late');
    three.edit(from, id, 'very late');
    await until('another one', () => inTalk().join() === 'early,✏️ late,✏️ very late');
    three.remove(from, id);
    await until('none of it', () => inTalk().length === 0);
  });

  it('is gone everywhere where somebody deletes its correction in Talk', async () => {
    const id = three.post('slack', 'early');
    await until('the message in Talk', () => inTalk().join() === 'early');
    await until('the message in Matrix', () => three.idsOf('matrix', 'early').length === 1);
    await dayPasses();
    three.edit('slack', id, 'late');
    await until('the correction', () => inTalk().join() === 'early,✏️ late');
    await until('the edit in Matrix', () => three.idsOf('matrix', 'late').length === 1);
    three.remove('talk', three.idOf('talk', '✏️ late'));
    await until('nothing in Matrix', () => three.idsOf('matrix', 'late').length === 0);
    await until('nothing in Talk', () => inTalk().length === 0);
  });
});
