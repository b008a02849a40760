// The floor of latency and the ceiling of throughput: a relay that only reads and sends. It stores nothing and checks nothing.
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { serve } from '../support/child.mjs';

async function relay({ talk, matrix, port, rooms, reads, connections }) {
  const [toTalk, toMatrix] = [talk.url, matrix.url].map((url) => new Pool(url, { connections }));
  const held = new Pool(talk.url, { connections: rooms.length });
  const headers = { authorization: talk.authorization, 'ocs-apirequest': 'true', accept: 'application/json' };
  const json = { 'content-type': 'application/json' };
  const call = async (pool, method, path, more, body) => {
    const answer = await pool.request({ method, path, headers: more, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await answer.body.text();
    if (answer.statusCode > 304) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return { text, headers: answer.headers };
  };
  const chat = (room) => `/ocs/v2.php/apps/spreed/api/v1/chat/${room}`;
  const lines = new Map(rooms.map((room) => [room.matrix, { to: chat(room.talk), last: Promise.resolve() }]));
  const receive = async (request, response) => {
    const chunks = await request.toArray();
    for (const { type, room_id: room, sender, content } of JSON.parse(Buffer.concat(chunks)).events ?? []) {
      const line = lines.get(room);
      if (type !== 'm.room.message' || line === undefined || sender.startsWith('@crosstalk')) continue;
      const said = { message: `**${sender}**: ${content.body}` };
      line.last = line.last.then(() => call(toTalk, 'POST', line.to, { ...headers, ...json }, said));
    }
    response.writeHead(200, json).end('{}');
  };
  await new Promise((done) => createServer(receive).listen(port, '127.0.0.1', done));
  const read = async ({ talk: token, matrix: room }) => {
    for (let last = 0, sent = 0; ;) {
      const query = `lookIntoFuture=1&timeout=30&limit=200&lastKnownMessageId=${last}&setReadMarker=0&format=json`;
      const page = await call(held, 'GET', `${chat(token)}?${query}`, headers);
      for (const row of page.text === '' ? [] : JSON.parse(page.text).ocs.data) {
        const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/r${(sent += 1)}${token}`;
        const said = { msgtype: 'm.text', body: `${row.actorDisplayName}: ${row.message}` };
        if (row.systemMessage !== '' || row.actorId === 'bridge') continue;
        await call(toMatrix, 'PUT', path, { ...json, authorization: matrix.authorization }, said);
      }
      last = Number(page.headers['x-chat-last-given'] ?? last);
    }
  };
  if (reads === 'talk') for (const room of rooms) void read(room);
}

serve({ start: relay });
