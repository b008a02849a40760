import { Child } from './child.mjs';
import { commits } from './database.mjs';
import { quantile, reported } from './figures.mjs';
import { World } from './world.mjs';

const names = { talk: 'Talk', matrix: 'Matrix', slack: 'Slack' };
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
      targets: rooms.map((room) => writes[target](room[target])),
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

const writes = {
  talk: (room) => ({
    method: 'POST',
    path: `/ocs/v2.php/apps/spreed/api/v1/chat/${room}`,
    body: { message: '**Mia**: raw, and what else there is to say' },
  }),
  matrix: (room) => ({
    method: 'PUT',
    path: `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message`,
    body: { msgtype: 'm.text', body: 'raw, and what else there is to say' },
  }),
  slack: (channel) => ({
    method: 'POST',
    path: '/api/chat.postMessage',
    body: { channel, username: 'Mia', text: 'raw, and what else there is to say' },
  }),
};

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
  rows.push(...(await measureServers(sizes, ['talk', 'matrix'])));
  const slack = await measureServers(sizes, ['slack']);
  return { rows: [...rows, ...slack], commit };
}

/** The servers of a world by themselves: nobody's pace bounds them. */
async function measureServers(sizes, servers) {
  const networks = [...new Set([...servers, 'talk'])];
  const world = await World.open({ rooms: Math.min(32, sizes.rooms), by: 'relay', networks, slackPace: 'off' });
  const rows = [];
  try {
    for (const target of servers) {
      for (const clients of [1, 32]) {
        const { perSecond } = await rawWrites(world, target, { clients, forMs: sizes.anchorMs });
        rows.push(
          reported('anchors', `raw HTTP writes per second to ${names[target]}, ${clients} at a time`, perSecond),
        );
      }
    }
    for (const side of servers) {
      // The server pushes in between; what is measured is the writing alone.
      const tookMs = await world[side].call('burst', {
        run: 0,
        rooms: world.rooms.map((room) => room[side]),
        total: sizes.alone,
      });
      const perSecond = (sizes.alone * 1000) / tookMs;
      rows.push(reported('anchors', `writes per second of ${names[side]}'s server alone`, perSecond));
    }
  } finally {
    await world.abandon();
  }
  return rows;
}
