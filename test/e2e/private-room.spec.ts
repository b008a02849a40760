import { everythingArrived, Traffic } from './traffic.js';
import { until, World } from './world.js';

it('in a Matrix room by invitation every person speaks as their own ghost, message after message', async () => {
  const world = await World.build();
  const replica = await world.start();
  try {
    await replica.ready();
    const traffic = new Traffic(world, 50);
    await until('some talk', () => traffic.spoken >= 20);
    traffic.stop();
    await until('everything to arrive', () => everythingArrived(world));
    const speakers = world.matrix.ledger
      .entries(world.rooms[0]!.matrix)
      .filter(({ kind, key }) => kind === 'message' && key !== undefined)
      .map(({ actor }) => actor);
    expect([...new Set(speakers)].sort()).toEqual([
      '@crosstalk_cloud_users=2fanna:sandbox.test',
      '@crosstalk_cloud_users=2fben:sandbox.test',
    ]);
  } finally {
    await world.close();
  }
}, 60_000);
