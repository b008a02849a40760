import type { InboxKey } from '../../src/model/ids.js';
import { type JsonObject, objectsIn } from '../../src/sandbox/slack/state/json.js';
import { textOfBlocks } from '../../src/sandbox/slack/state/text-of-blocks.js';
import { describeCarriedFiles, type FileHarness, type SeenFile } from './files.contract.js';
import { describeNetworkAdapter } from './network-adapter.contract.js';
import { SlackBench, until } from './slack-bench.js';

describeNetworkAdapter('Slack', makeSlackHarness);
describeCarriedFiles('Slack', makeSlackHarness);

async function makeSlackHarness(): Promise<FileHarness> {
  // Each event comes twice, as it may with Slack.
  const bench = await SlackBench.open({ events: { copies: 2 } });
  const { sandbox, ingest, channel, ann, app } = bench;
  const adapter = bench.make();
  await bench.begin(adapter);
  const messageOf = (id: string): JsonObject => sandbox.messages(channel).find(({ ts }) => ts === id) ?? {};
  const seenIn = async (message: JsonObject): Promise<readonly (SeenFile | string)[]> => {
    const caption = textOfBlocks(objectsIn(message['blocks']));
    const files = objectsIn(message['files']).filter(({ mode }) => mode !== 'tombstone');
    if (files.length === 0) return [caption];
    return Promise.all(
      files.map(async ({ name, mimetype, url_private: address }) => {
        const answer = await fetch(String(address), { headers: { authorization: `Bearer ${app.botToken}` } });
        const bytes = Buffer.from(await answer.arrayBuffer());
        return { name: String(name), mime: String(mimetype), bytes, caption };
      }),
    );
  };
  return {
    adapter,
    room: bench.room,
    speakAs: 'relay',
    person: { id: ann, name: 'ann' },
    post: (text) => Promise.resolve(sandbox.post(channel, ann, text)),
    arrived: async () => {
      await until(() => sandbox.isQuiet);
      return bench.arrived(adapter);
    },
    toldAgain: async () => {
      await until(() => sandbox.isQuiet);
      return [...new Set(ingest.told.filter((key, at) => ingest.told.indexOf(key) !== at))] as InboxKey[];
    },
    written: () => sandbox.ledger.entries(channel).filter(({ actor }) => actor === app.botId || actor === app.botUser),
    bodyOf: ({ id }) => textOfBlocks(objectsIn(messageOf(id)['blocks'])),
    pingedBy: ({ id }) => pingedBy(messageOf(id)),
    strikeWrite: (fault) => sandbox.faults.add({ method: 'POST', path: '/api/chat\\.postMessage', fault }),
    calmDown: () => sandbox.faults.clear(),
    rateLimited: (afterMs) => ({
      do: 'answer',
      status: 429,
      headers: { 'retry-after': String(afterMs / 1000) },
      body: JSON.stringify({ ok: false, error: 'ratelimited' }),
    }),
    postFile: ({ name, mime, bytes, caption }) => {
      sandbox.post(channel, ann, caption, { files: [{ name, mimetype: mime, bytes }] });
      return Promise.resolve();
    },
    seen: async () => {
      const ours = sandbox
        .messages(channel)
        .filter(({ bot_id: bot, subtype }) => bot === app.botId && !String(subtype).endsWith('_join'));
      return (await Promise.all(ours.map(seenIn))).flat();
    },
    strikeFile: (fault) => sandbox.faults.add({ method: 'POST', path: '/api/files\\.completeUploadExternal', fault }),
    withWrongLogin: () => bench.make({ botToken: 'xoxb-wrong' }),
    close: () => bench.close(),
  };
}

/** Elements of blocks mention, and so does markup in a text that has no blocks. */
function pingedBy({ blocks, text }: JsonObject): string[] {
  const inBlocks = elementsIn(blocks).flatMap(({ type, user_id: user, usergroup_id: group }) => {
    if (type === 'user') return [String(user)];
    if (type === 'usergroup') return [String(group)];
    return type === 'broadcast' ? ['all'] : [];
  });
  const inText = [...String(text).matchAll(/<(?:@([A-Z0-9]+)|!(?:channel|here|everyone|subteam)[^>]*)>/g)];
  return [...inBlocks, ...inText.map(([, user]) => user ?? 'all')];
}

function elementsIn(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(elementsIn);
  if (typeof value !== 'object' || value === null) return [];
  const node = value as JsonObject;
  return [node, ...elementsIn(node['elements'])];
}
