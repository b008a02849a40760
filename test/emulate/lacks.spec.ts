import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { until } from '../e2e/world.js';
import { type Answer, botUser, EmulatedSlack, tokens } from './emulated-slack.js';
import { packageFolder } from './town.js';

/**
 * What the package's Slack does not have, or does in another way than Slack, as far as Crosstalk would meet it. Each is asserted,
 * so that a line that no longer holds fails: then the walks can have it too.
 */
interface Lack {
  /** The method or behaviour, and what Slack has. */
  readonly of: string;
  /** What becomes of it in the walks. */
  readonly so: string;
  readonly stillLacks: () => Promise<void>;
}

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly event: Readonly<Record<string, unknown>>;
  readonly envelope: Readonly<Record<string, unknown>>;
}

let slack: EmulatedSlack;
let channel: string;
let listener: Server;
let heard: Heard[] = [];
let answersWith = 200;

beforeAll(async () => {
  listener = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const envelope = JSON.parse(body) as { event: Heard['event'] };
      heard.push({ headers: request.headers, envelope, event: envelope.event });
      response.writeHead(answersWith).end();
    });
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  slack = await EmulatedSlack.open(
    packageFolder(),
    `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}/`,
  );
  channel = await slack.channel('team');
}, 60_000);
beforeEach(() => {
  heard = [];
  answersWith = 200;
});
afterAll(async () => {
  await slack?.close();
  await new Promise((done) => listener.close(done));
});

const post = async (text: string, more: object = {}, token = tokens.pia): Promise<string> =>
  (await slack.call<{ ts: string }>('chat.postMessage', { channel, text, ...more }, token)).ts;
const unknown = async (method: string): Promise<void> => {
  const { status, body } = await slack.ask(method);
  // Slack answers 200 and `unknown_method`.
  expect([status, body['message']]).toEqual([404, 'Not Found']);
};
const historyOf = async (args: object): Promise<readonly { readonly ts: string }[]> =>
  (await slack.call<{ messages: { ts: string }[] }>('conversations.history', { channel, ...args })).messages;
const ofLast = (): Heard => {
  const last = heard.at(-1);
  if (last === undefined) throw new Error('no event came');
  return last;
};

const lacks: readonly Lack[] = [
  {
    of: 'Socket Mode: apps.connections.open',
    so: 'events come by the Events API, signed',
    stillLacks: () => unknown('apps.connections.open'),
  },
  {
    of: 'a setting or call that says where events are sent',
    so: "the test tells the package's own dispatcher (slack-process.mjs)",
    stillLacks: () => {
      const dist = join(packageFolder(), 'dist');
      const [source, ...others] = readdirSync(dist)
        .filter((file) => file.endsWith('.js'))
        .map((file) => readFileSync(join(dist, file), 'utf8'))
        .filter((text) => text.includes('var slackPlugin ='));
      expect([others.length, source?.includes('webhooks.register(')]).toEqual([0, false]);
      return Promise.resolve();
    },
  },
  {
    of: 'url_verification before the first event',
    so: "left to the sandbox server's tests",
    stillLacks: async () => {
      await post('the first event');
      expect(heard.map(({ envelope }) => envelope['type'])).toEqual(['event_callback']);
    },
  },
  {
    of: 'an event that is not acknowledged comes again, with X-Slack-Retry-Num',
    so: 'duplicates, retries and kills are walked with the sandbox server',
    stillLacks: async () => {
      answersWith = 503;
      await post('not acknowledged');
      await post('and a later one');
      expect(heard.map(({ event }) => event['text'])).toEqual(['not acknowledged', 'and a later one']);
      expect(heard.every(({ headers }) => headers['x-slack-retry-num'] === undefined)).toBe(true);
    },
  },
  {
    of: 'api_app_id, authorizations and event_context around an event',
    so: 'nothing: the signature tells the app, team_id the workspace',
    stillLacks: async () => {
      await post('an envelope');
      expect(Object.keys(ofLast().envelope).sort()).toEqual(['event', 'event_id', 'event_time', 'team_id', 'type']);
    },
  },
  {
    of: 'event_ts of reactions',
    so: 'a reaction of Slack has no version, cannot be read, and walks nowhere; those of Talk and Matrix walk to Slack',
    stillLacks: async () => {
      const timestamp = await post('reacted to');
      await slack.call('reactions.add', { channel, timestamp, name: 'tada' }, tokens.quinn);
      expect(ofLast().event).toEqual({
        type: 'reaction_added',
        user: expect.any(String) as unknown,
        reaction: 'tada',
        item: { type: 'message', channel, ts: timestamp },
      });
    },
  },
  {
    of: 'item_user of reactions',
    so: 'nothing: it is not used',
    stillLacks: async () => {
      const timestamp = await post('reacted to by somebody');
      await slack.call('reactions.add', { channel, timestamp, name: 'tada' }, tokens.quinn);
      expect(ofLast().event).not.toHaveProperty('item_user');
    },
  },
  {
    of: 'event_ts and channel_type of messages',
    so: 'nothing: the ts of the message counts, and the channel is known by its id',
    stillLacks: async () => {
      await post('a plain message');
      expect(Object.keys(ofLast().event).sort()).toEqual(['channel', 'text', 'ts', 'type', 'user']);
    },
  },
  {
    of: 'event_ts of members who come and go',
    so: 'joins and leaves of Slack walk nowhere',
    stillLacks: async () => {
      const elsewhere = await slack.channel('general');
      await slack.call('conversations.join', { channel: elsewhere }, tokens.quinn);
      expect(ofLast().event['type']).toBe('member_joined_channel');
      expect(ofLast().event).not.toHaveProperty('event_ts');
    },
  },
  {
    of: 'rich_text blocks that Slack makes of what people type',
    so: 'what people say in Slack is read from its mrkdwn; blocks are read with the sandbox server and recorded payloads',
    stillLacks: async () => {
      await post('*typed*');
      expect(ofLast().event).not.toHaveProperty('blocks');
    },
  },
  {
    of: 'bot_id, app_id and bot_profile of what an app posts',
    so: 'nothing: ours is known by the user and by the delivery key',
    stillLacks: async () => {
      await post('by the app', {}, tokens.bot);
      expect(ofLast().event).toMatchObject({ user: botUser });
      for (const field of ['bot_id', 'app_id', 'bot_profile']) expect(ofLast().event).not.toHaveProperty(field);
    },
  },
  {
    of: 'thread_broadcast: a reply that is sent to the channel too',
    so: 'broadcasts are walked with the sandbox server',
    stillLacks: async () => {
      const root = await post('a root');
      const ts = await post('a broadcast', { thread_ts: root, reply_broadcast: true });
      expect(ofLast().event).not.toHaveProperty('subtype');
      expect((await historyOf({ limit: 1_000 })).map((message) => message.ts)).not.toContain(ts);
    },
  },
  {
    of: 'an event of chat.meMessage',
    so: '/me is walked with the sandbox server',
    stillLacks: async () => {
      await slack.call('chat.meMessage', { channel, text: 'waves' }, tokens.pia);
      await post('after it');
      expect(heard.map(({ event }) => event['text'])).toEqual(['after it']);
    },
  },
  {
    of: 'the tombstone that a deleted message with replies leaves',
    so: 'such a deletion comes as message_deleted, like any other',
    stillLacks: async () => {
      const root = await post('with a reply');
      await post('the reply', { thread_ts: root });
      await slack.call('chat.delete', { channel, ts: root }, tokens.pia);
      expect(ofLast().event['subtype']).toBe('message_deleted');
      expect((await historyOf({ limit: 1_000 })).map(({ ts }) => ts)).not.toContain(root);
    },
  },
  {
    of: 'oldest, latest and inclusive of conversations.history',
    so: 'a look reads more than it asked for; what it finds is known by its key',
    stillLacks: async () => {
      const ts = await post('long ago');
      expect((await historyOf({ oldest: '9999999999.000000', limit: 1_000 })).map((one) => one.ts)).toContain(ts);
    },
  },
  {
    of: 'latest_reply of a thread, and thread_ts of its first message',
    so: 'a catch-up reads each thread whole',
    stillLacks: async () => {
      const root = await post('a thread');
      await post('in it', { thread_ts: root });
      const found = (await historyOf({ limit: 1_000 })).find(({ ts }) => ts === root);
      expect(found).toMatchObject({ reply_count: 1 });
      for (const field of ['latest_reply', 'thread_ts']) expect(found).not.toHaveProperty(field);
    },
  },
  {
    of: 'thread_not_found of conversations.replies',
    so: 'nothing: an empty thread says the same',
    stillLacks: async () => {
      const { body } = await slack.ask('conversations.replies', { channel, ts: '1111111111.000001' });
      expect(body).toMatchObject({ ok: true, messages: [] });
    },
  },
  {
    of: 'metadata left out where include_all_metadata does not ask for it',
    so: 'nothing: Crosstalk asks for it',
    stillLacks: async () => {
      const metadata = { event_type: 'told', event_payload: { by: 'us' } };
      const ts = await post('with metadata', { metadata }, tokens.bot);
      expect((await historyOf({ limit: 1_000 })).find((message) => message.ts === ts)).toMatchObject({ metadata });
    },
  },
  {
    of: 'not_in_channel for what is posted in a public channel without being in it',
    so: 'the app need not be invited; what happens without is walked with the sandbox server',
    stillLacks: async () => {
      const elsewhere = await slack.channel('random');
      expect((await slack.ask('chat.postMessage', { channel: elsewhere, text: 'uninvited' })).body['ok']).toBe(true);
    },
  },
  {
    of: 'rate limits: 429 with Retry-After, one message a second in a channel',
    so: "pace and pauses are walked with the sandbox server's",
    stillLacks: async () => {
      const statuses = await Promise.all(
        Array.from({ length: 40 }, async (_, at) => {
          const args = { channel, text: `many ${String(at)}` };
          return (await slack.ask('chat.postMessage', args)).status;
        }),
      );
      expect(new Set(statuses)).toEqual(new Set([200]));
    },
  },
  {
    of: 'X-OAuth-Scopes of answers',
    so: 'a scope that is missing is not found out at login',
    stillLacks: async () => {
      const { body, headers }: Answer = await slack.ask('auth.test');
      expect([body['bot_id'], headers.has('x-oauth-scopes')]).toEqual(['B0CROSSTALK', false]);
    },
  },
  {
    of: 'app_id of bots.info',
    so: 'our app is known by its bot and its user alone',
    stillLacks: async () => {
      const { bot } = await slack.call<{ bot: object }>('bots.info', { bot: 'B0CROSSTALK' });
      expect(Object.keys(bot).sort()).toEqual(['deleted', 'icons', 'id', 'name']);
    },
  },
  {
    of: 'buttons and menus that people press: block_actions',
    so: 'the test tells of a press what Slack would, signed; messages with buttons are shown and edited by the package',
    stillLacks: () => {
      const dist = join(packageFolder(), 'dist');
      const slackOnly = readdirSync(dist)
        .filter((file) => file.endsWith('.js'))
        .map((file) => readFileSync(join(dist, file), 'utf8'))
        .filter((text) => text.includes('var slackPlugin ='));
      expect(slackOnly.map((text) => text.includes('block_actions'))).toEqual([false]);
      return Promise.resolve();
    },
  },
  {
    of: 'parts of files: Range at url_private',
    so: 'files that break off midway are walked with the sandbox server',
    stillLacks: async () => {
      await slack.share(channel, 'parts.txt', Buffer.from('hello world'), 'a file', tokens.pia);
      const shared = await slack.messages(channel);
      const file = shared.flatMap(({ files = [] }) => files).find(({ name }) => name === 'parts.txt');
      const answer = await fetch(String(file?.url_private), {
        headers: { authorization: `Bearer ${tokens.bot}`, range: 'bytes=0-1' },
      });
      expect([answer.status, await answer.text()]).toEqual([200, 'hello world']);
    },
  },
  { of: 'emoji.list', so: 'the workspace has no emoji of its own', stillLacks: () => unknown('emoji.list') },
  { of: 'usergroups.list', so: 'groups are not mentioned', stillLacks: () => unknown('usergroups.list') },
  {
    of: 'users.conversations',
    so: 'the link names the channel by its id, not by its name',
    stillLacks: () => unknown('users.conversations'),
  },
  {
    of: 'auth.revoke, and with it tokens that end',
    so: 'tokens that end are walked with the sandbox server',
    stillLacks: () => unknown('auth.revoke'),
  },
];

describe('what the package lacks, or does in another way than Slack', () => {
  it.each(lacks.map((lack) => [lack.of, lack.so, lack] as const))('%s: %s', async (_of, _so, { stillLacks }) => {
    await stillLacks();
  });
});

it('what it does as Slack does: events are signed, and each has an id', async () => {
  await post('signed');
  await until('the event', () => heard.length > 0);
  const { headers, envelope } = ofLast();
  expect(headers['x-slack-signature']).toMatch(/^v0=[0-9a-f]{64}$/);
  expect(headers['x-slack-request-timestamp']).toMatch(/^\d{10}$/);
  expect(envelope).toMatchObject({ event_id: expect.stringMatching(/^Ev/) as unknown, team_id: 'T000000001' });
});
