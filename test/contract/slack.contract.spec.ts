import type { InboxKey } from '../../src/model/ids.js';
import { type JsonObject, objectsIn } from '../../src/sandbox/slack/state/json.js';
import { textOfBlocks } from '../../src/sandbox/slack/state/text-of-blocks.js';
import { describeNetworkAdapter, type Harness } from './network-adapter.contract.js';
import { SlackBench, until } from './slack-bench.js';

describeNetworkAdapter('Slack', makeSlackHarness);

async function makeSlackHarness(): Promise<Harness> {
  // Each event comes twice, as it may with Slack.
  const bench = await SlackBench.open({ events: { copies: 2 } });
  const { sandbox, ingest, channel, ann, app } = bench;
  const adapter = bench.make();
  await bench.begin(adapter);
  const messageOf = (id: string): JsonObject => sandbox.messages(channel).find(({ ts }) => ts === id) ?? {};
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
