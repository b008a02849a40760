// The floor of latency and the ceiling of throughput: a relay that only reads and sends. It stores nothing and checks nothing.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { WebSocket } from 'ws';
import { serve } from '../support/child.mjs';

const json = { 'content-type': 'application/json' };

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
    for (const { type, room_id: room, sender, content } of JSON.parse(Buffer.concat(chunks)).events ?? []) {
      if (type === 'm.room.message' && !sender.startsWith('@crosstalk')) void said(room, sender, content.body);
    }
    response.writeHead(200, json).end('{}');
  };
  const held = async (room) => {
    const pool = new Pool(talk.url, { connections: 1 });
    for (let last = 0; ;) {
      const query = `lookIntoFuture=1&timeout=30&limit=200&lastKnownMessageId=${last}&setReadMarker=0&format=json`;
      const page = await call(pool, 'GET', `${chat(room)}?${query}`, ocs);
      for (const row of page.text === '' ? [] : JSON.parse(page.text).ocs.data) {
        if (row.systemMessage === '' && row.actorId !== 'bridge') await said(room, row.actorDisplayName, row.message);
      }
      last = Number(page.headers['x-chat-last-given'] ?? last);
    }
  };
  const listen = async () => {
    const authorization = `Bearer ${slack.appToken}`;
    const opened = await call(pools.slack, 'POST', '/api/apps.connections.open', { ...json, authorization }, {});
    const socket = new WebSocket(JSON.parse(opened.text).url);
    socket.on('message', (data) => {
      const { envelope_id, payload } = JSON.parse(data);
      if (envelope_id !== undefined) socket.send(JSON.stringify({ envelope_id }));
      const event = payload?.event;
      if (event?.type !== 'message' || event.subtype !== undefined || event.bot_id !== undefined) return;
      void said(event.channel, event.user, event.text);
    });
  };

  if (matrix !== undefined) await new Promise((done) => createServer(receive).listen(port, '127.0.0.1', done));
  if (slack !== undefined) await listen();
  if (reads === 'talk') for (const room of rooms) void held(room.talk);
}

serve({ start: relay });
