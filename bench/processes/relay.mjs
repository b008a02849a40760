// The floor of latency and the ceiling of throughput: a relay that only reads and sends. It stores nothing and checks nothing.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { WebSocket } from 'ws';
import { serve } from '../support/child.mjs';

const json = { 'content-type': 'application/json' };

const hook = '/talk/cloud/webhook';

async function relay({ addresses, port, rooms, reads, connections }) {
  const { talk, matrix, slack } = addresses;
  const networks = Object.keys(addresses);
  const pools = Object.fromEntries(networks.map((name) => [name, new Pool(addresses[name].url, { connections })]));
  const ocs = { authorization: talk?.authorization, 'ocs-apirequest': 'true', accept: 'application/json' };
  const call = async (pool, method, path, headers, body) => {
    const answer = await pool.request({ method, path, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await answer.body.text();
    // Slack's pace: the channel's next message waits for as long.
    if (answer.statusCode === 429) {
      await sleep(Number(answer.headers['retry-after']) * 1000);
      return call(pool, method, path, headers, body);
    }
    if (answer.statusCode > 304) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return { text, headers: answer.headers };
  };
  const chat = (room) => `/ocs/v2.php/apps/spreed/api/v1/chat/${room}`;
  let sent = 0;
  const send = {
    talk: (room, who, text) =>
      call(pools.talk, 'POST', chat(room), { ...ocs, ...json }, { message: `**${who}**: ${text}` }),
    matrix(room, who, text) {
      const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/r${(sent += 1)}`;
      const said = { msgtype: 'm.text', body: `${who}: ${text}` };
      return call(pools.matrix, 'PUT', path, { ...json, authorization: matrix.authorization }, said);
    },
    async slack(channel, username, text) {
      const headers = { ...json, authorization: slack.authorization };
      const answer = await call(pools.slack, 'POST', '/api/chat.postMessage', headers, { channel, username, text });
      if (!JSON.parse(answer.text).ok) throw new Error(`Slack: ${answer.text}`);
    },
  };
  const lines = new Map();
  for (const room of rooms) {
    for (const name of networks) {
      const others = networks.filter((other) => other !== name);
      lines.set(
        room[name],
        others.map((other) => ({ to: room[other], send: send[other], last: Promise.resolve() })),
      );
    }
  }
  /** To every other room, in each one after what was said before. */
  const said = (room, who, text) =>
    Promise.all(
      (lines.get(room) ?? []).map((line) => (line.last = line.last.then(() => line.send(line.to, who, text)))),
    );

  const receive = async (request, response) => {
    const chunks = await request.toArray();
    if (request.url === hook) {
      const room = JSON.parse(Buffer.concat(chunks)).target?.id;
      response.end();
      if (room !== undefined) wake(room);
      return;
    }
    for (const { type, room_id: room, sender, content } of JSON.parse(Buffer.concat(chunks)).events ?? []) {
      if (type === 'm.room.message' && !sender.startsWith('@crosstalk')) void said(room, sender, content.body);
    }
    response.writeHead(200, json).end('{}');
  };
  /** Where what was told broke off, as at a rate that is too high, it may have been of any room. */
  const listener = (request, response) =>
    receive(request, response).catch((error) => {
      if (!request.destroyed || request.url !== hook) throw error;
      for (const room of rooms) wake(room.talk);
    });
  const lastRead = new Map();
  const readOn = async (pool, room, timeout) => {
    const from = `timeout=${timeout}&limit=200&lastKnownMessageId=${lastRead.get(room) ?? 0}`;
    const page = await call(pool, 'GET', `${chat(room)}?lookIntoFuture=1&${from}&setReadMarker=0&format=json`, ocs);
    lastRead.set(room, Number(page.headers['x-chat-last-given'] ?? lastRead.get(room) ?? 0));
    return (page.text === '' ? [] : JSON.parse(page.text).ocs.data)
      .filter((row) => row.systemMessage === '' && row.actorId !== 'bridge')
      .map((row) => said(room, row.actorDisplayName, row.message));
  };
  const held = async (room) => {
    const pool = new Pool(talk.url, { connections: 1 });
    for (;;) await Promise.all(await readOn(pool, room, 30));
  };
  /** Rooms that are being read because a bot told of them; `again`: it told once more. */
  const reading = new Map();
  const told = async (room) => {
    do {
      reading.set(room, 'once');
      await readOn(pools.talk, room, 0);
    } while (reading.get(room) === 'again');
    reading.delete(room);
  };
  const wake = (room) => {
    if (reading.has(room)) reading.set(room, 'again');
    else void told(room);
  };
  const listen = async () => {
    const authorization = `Bearer ${slack.appToken}`;
    const opened = await call(pools.slack, 'POST', '/api/apps.connections.open', { ...json, authorization }, {});
    const socket = new WebSocket(JSON.parse(opened.text).url);
    const told = new Set();
    socket.on('message', (data) => {
      const { envelope_id, payload } = JSON.parse(data);
      if (envelope_id !== undefined) socket.send(JSON.stringify({ envelope_id }));
      const event = payload?.event;
      if (event?.type !== 'message' || event.subtype !== undefined || event.bot_id !== undefined) return;
      // Slack tells again what was acknowledged too late, as at a rate that is too high.
      if (told.has(payload.event_id)) return;
      told.add(payload.event_id);
      void said(event.channel, event.user, event.text);
    });
  };

  // Longer than whoever tells keeps a connection for the next time.
  const server = createServer({ keepAliveTimeout: 120_000 }, listener);
  if (matrix !== undefined || reads === 'webhook') await new Promise((done) => server.listen(port, '127.0.0.1', done));
  if (slack !== undefined) await listen();
  if (reads === 'talk') for (const room of rooms) void held(room.talk);
}

serve({ start: relay });
