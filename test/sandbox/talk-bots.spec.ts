import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { readBackward, texts } from './talk-client.js';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  readonly body: Record<string, unknown>;
}

const secret = 'S'.repeat(64);

describe('bots of the sandbox Talk server', () => {
  const received: Received[] = [];
  let receiver: Server;
  let sandbox: TalkSandbox;
  let base: string;
  let token: string;

  beforeEach(async () => {
    received.length = 0;
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        received.push({ headers: request.headers, raw, body: JSON.parse(raw) as Record<string, unknown> });
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    sandbox = new TalkSandbox({
      backendUrl: 'https://cloud.example.org/',
      bots: [{ name: 'Bridge', secret, url, features: ['webhook', 'response', 'reaction'] }],
    });
    base = (await sandbox.start(0)).url;
    token = sandbox.rooms.create({ name: 'Bots', owner: 'alice', members: ['bob'] });
  });

  afterEach(async () => {
    await sandbox.stop();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  test('each act in a room with the bot sends one signed webhook', async () => {
    sandbox.bots.turnOn(token, 'Bridge');
    await until(() => received.length === 1);
    const id = sandbox.post(token, 'bob', 'hello @alice, tea/coffee 👍');
    await until(() => received.length === 2);
    sandbox.react(token, 'alice', id, '👍');
    await until(() => received.length === 3);
    sandbox.unreact(token, 'alice', id, '👍');
    await until(() => received.length === 5);
    sandbox.edit(token, 'bob', id, 'edited');
    await until(() => received.length === 6);

    expect(received.map(({ body }) => body['type']).slice(0, 3)).toEqual(['Join', 'Create', 'Like']);
    const afterLike = received.slice(3).map(({ body }) => body['type']);
    expect([...afterLike].sort()).toEqual(['Activity', 'Activity', 'Undo']);
    expect(received[1]?.body).toEqual({
      type: 'Create',
      actor: { type: 'Person', id: 'users/bob', name: 'bob', talkParticipantType: '3' },
      object: {
        type: 'Note',
        id: String(id),
        name: 'message',
        content:
          '{"message":"hello {mention-user1}, tea\\/coffee \\ud83d\\udc4d","parameters":{"mention-user1":{"type":"user","id":"alice","name":"alice","mention-id":"alice"}}}',
        mediaType: 'text/markdown',
      },
      target: { type: 'Collection', id: token, name: 'Bots' },
    });
    for (const { headers, raw } of received) {
      const random = String(headers['x-nextcloud-talk-random']);
      const expected = createHmac('sha256', secret)
        .update(random + raw)
        .digest('hex');
      expect(headers['x-nextcloud-talk-signature']).toBe(expected);
      expect(headers['x-nextcloud-talk-backend']).toBe('https://cloud.example.org/');
    }
  });

  test('what the bot itself says is sent to nobody, and it speaks only with its secret', async () => {
    sandbox.bots.turnOn(token, 'Bridge');
    await until(() => received.length === 1);
    const random = 'r'.repeat(64);
    const say = (signature: string): Promise<Response> =>
      fetch(`${base}/ocs/v2.php/apps/spreed/api/v1/bot/${token}/message`, {
        method: 'POST',
        headers: {
          'OCS-APIRequest': 'true',
          'Content-Type': 'application/json',
          'X-Nextcloud-Talk-Bot-Random': random,
          'X-Nextcloud-Talk-Bot-Signature': signature,
        },
        body: JSON.stringify({ message: 'I am a bot' }),
      });
    const signature = createHmac('sha256', secret).update(`${random}I am a bot`).digest('hex');
    expect((await say('0'.repeat(64))).status).toBe(401);
    expect((await say(signature)).status).toBe(201);
    expect(texts(await readBackward(base, 'bob', token))[0]).toBe('I am a bot');
    sandbox.bots.turnOff(token, 'Bridge');
    await until(() => received.length === 2);
    expect(received.map(({ body }) => body['type'])).toEqual(['Join', 'Leave']);
    expect((await say(signature)).status).toBe(401);
  });

  test('a lost webhook is not sent again', async () => {
    sandbox.bots.turnOn(token, 'Bridge');
    await until(() => received.length === 1);
    sandbox.webhooks.loseNext(1);
    sandbox.post(token, 'bob', 'lost');
    sandbox.post(token, 'bob', 'told');
    await until(() => received.length === 2);
    expect(received[1]?.raw).toContain('told');
    expect(sandbox.webhooks.counts.sent).toBe(2);
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
