import { Child } from './child.mjs';
import { commits } from './database.mjs';
import { quantile, reported } from './figures.mjs';
import { World } from './world.mjs';

const json = { 'content-type': 'application/json' };

/** Raw writes of the client that the service uses to the servers of a world, without anything between. */
export async function rawWrites(world, target, { clients, forMs, rooms = world.rooms }) {
  const { url, authorization } = world.addresses[target];
  const poster = new Child('poster.mjs');
  try {
    return await poster.call('write', {
      url,
      clients,
      forMs,
      headers: { ...json, authorization, 'ocs-apirequest': 'true', accept: 'application/json' },
      targets: rooms.map((room) => (target === 'talk' ? talkWrite(room.talk) : matrixWrite(room.matrix))),
    });
  } finally {
    await poster.close();
  }
}

/** One request after the other: each one's milliseconds. */
export async function rawReads(world, path, forMs) {
  const { url, authorization } = world.addresses.talk;
  const poster = new Child('poster.mjs');
  const headers = { authorization, 'ocs-apirequest': 'true', accept: 'application/json' };
  try {
    const targets = [{ method: 'GET', path }];
    return (await poster.call('write', { url, clients: 1, forMs, headers, targets })).tookMs;
  } finally {
    await poster.close();
  }
}

const talkWrite = (room) => ({
  method: 'POST',
  path: `/ocs/v2.php/apps/spreed/api/v1/chat/${room}`,
  body: { message: '**Mia**: raw, and what else there is to say' },
});
const matrixWrite = (room) => ({
  method: 'PUT',
  path: `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message`,
  body: { msgtype: 'm.text', body: 'raw, and what else there is to say' },
});

/** What this machine does without the service, measured in this run. */
export async function measureAnchors(sizes) {
  const [one, sixteen] = [await commits(1, sizes.anchorMs), await commits(16, sizes.anchorMs)];
  const commit = { p50: quantile(one.tookMs, 0.5), p99: quantile(one.tookMs, 0.99) };
  const rows = [
    reported('anchors', 'one-row commits per second, 1 client', one.perSecond),
    reported('anchors', 'one-row commits per second, 16 clients', sixteen.perSecond),
    reported('anchors', 'one-row commit, 1 client, p50 in ms', commit.p50),
    reported('anchors', 'one-row commit, 1 client, p99 in ms', commit.p99),
  ];
  const world = await World.open({ rooms: Math.min(32, sizes.rooms), by: 'relay' });
  try {
    for (const target of ['talk', 'matrix']) {
      const name = target === 'talk' ? 'Talk' : 'Matrix';
      for (const clients of [1, 32]) {
        const { perSecond } = await rawWrites(world, target, { clients, forMs: sizes.anchorMs });
        rows.push(reported('anchors', `raw HTTP writes per second to ${name}, ${clients} at a time`, perSecond));
      }
    }
    for (const side of ['talk', 'matrix']) {
      const name = side === 'talk' ? 'Talk' : 'Matrix';
      // The homeserver pushes in between; what is measured is the writing alone.
      const tookMs = await world[side].call('burst', {
        run: 0,
        rooms: world.rooms.map((room) => room[side]),
        total: sizes.alone,
      });
      rows.push(reported('anchors', `writes per second of ${name}'s server alone`, (sizes.alone * 1000) / tookMs));
    }
  } finally {
    await world.abandon();
  }
  return { rows, commit };
}
