import { request } from 'undici';
import { asking, keyOf, saying, type Asked } from '../../../test/contract/matrix-deliveries.js';
import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import type { BridgeEvent, PollCounted, PollStarted } from '../../model/bridge-event.js';
import { remoteId } from '../../model/ids.js';
import type { ShownPoll } from '../../model/network-adapter.js';
import { signatureOf } from '../../sandbox/slack/request-sender.js';
import { checkedBlocks } from '../../sandbox/slack/state/block-rules.js';
import type { JsonObject } from '../../sandbox/slack/state/json.js';
import type { SlackAdapter } from './slack.adapter.js';
import { pollText } from './to-slack-polls.js';

let bench: SlackBench;
let adapter: SlackAdapter;

afterEach(() => bench.close());

async function open(receive: 'socketMode' | 'eventsApi' = 'socketMode'): Promise<void> {
  bench = await SlackBench.open({ receive });
  adapter = bench.make();
  await bench.begin(adapter);
  await until(() => bench.sandbox.isQuiet);
}

const poll: ShownPoll = {
  question: 'Which <day> & *why*?',
  options: ['Friday', 'Saturday'],
  results: 'shown',
  maxVotes: 1,
  state: 'open',
  tally: { counts: [0, 0], voters: 0, unknown: 0 },
};
const started = { kind: 'pollStarted', ...poll } as unknown as Omit<PollStarted, 'room' | 'actor' | 'at' | 'message'>;
const send = (asked: Asked<BridgeEvent>): Promise<void> => {
  const entry = adapter.deliver[asked.request.event.kind];
  if (entry === undefined) throw new Error('cannot');
  return entry.send(asked.request as never, bench.signal);
};
const ask = async (): Promise<string> => {
  const asked = asking('a', bench.room, started, { poll });
  await send(asked);
  return String(asked.made[0]?.id);
};
const shown = (ts: string): JsonObject | undefined =>
  bench.sandbox.messages(bench.channel).find((message) => message['ts'] === ts);
const words = (ts: string): string => JSON.stringify(shown(ts)?.['blocks']);
const press = (ts: string, action: JsonObject): Promise<unknown> =>
  bench.sandbox.interact(
    bench.app.appId,
    bench.channel,
    bench.ann,
    {
      type: 'block_actions',
      actions: [{ type: 'button', block_id: 'b', action_ts: '1795246900.000100', ...action }],
    },
    ts,
  );
const votes = (): unknown[] =>
  bench
    .arrived(adapter)
    .flatMap(({ result }) => ('events' in result ? result.events.filter(({ kind }) => kind === 'pollVoted') : []));

describe('slack.polls', () => {
  it('are messages with a button for each option, under the name of who asks, as text and no markup', async () => {
    await open();
    const ts = await ask();
    expect(shown(ts)).toMatchObject({ username: 'Anna (Talk)' });
    expect(words(ts)).toContain('Which <day> & *why*?');
    expect(words(ts).match(/crosstalk\.vote/g)).toHaveLength(2);
    expect(shown(ts)?.['text']).toContain('Which &lt;day&gt; &amp; *why*?');
  });

  it('one that was made is found by its key after an answer that was lost', async () => {
    await open();
    const asked = asking('a', bench.room, started, { poll });
    await send(asked);
    const [outcome] = await adapter.wasDone([asked.uncertain], new Date(Date.now() - 1000), bench.signal);
    expect(outcome?.done).toMatchObject([{ part: 0, id: asked.made[0]?.id, key: keyOf('a', 0) }]);
  });

  it('one that is asked in a thread stands in it, is found there, and is shown anew there', async () => {
    await open();
    const root = bench.sandbox.post(bench.channel, bench.ann, 'Let us plan');
    const thread = { part: 0, id: remoteId(root), key: keyOf('root', 0) };
    const asked = asking('a', bench.room, started, { poll, thread });
    await send(asked);
    const ts = String(asked.made[0]?.id);
    expect(shown(ts)).toMatchObject({ thread_ts: root });
    expect(shown(ts)).not.toHaveProperty('subtype', 'thread_broadcast');
    const [outcome] = await adapter.wasDone([asked.uncertain], new Date(Date.now() - 1000), bench.signal);
    expect(outcome?.done).toMatchObject([{ part: 0, id: ts }]);
    const counted = { kind: 'pollCounted', version: '3' } as unknown as Omit<
      PollCounted,
      'room' | 'actor' | 'at' | 'message'
    >;
    const tally = { counts: [1, 0], voters: 1, unknown: 0 };
    await send(asking('b', bench.room, counted, { poll: { ...poll, tally }, target: asked.made }));
    expect(words(ts)).toContain('Friday — 1');
    expect(shown(ts)).toMatchObject({ thread_ts: root });
  });

  it('what Slack refuses is told in words', async () => {
    await open();
    const fault = { do: 'answer', status: 200, body: '{"ok":false,"error":"invalid_blocks"}' } as const;
    bench.sandbox.faults.add({ path: 'chat.postMessage', fault });
    const asked = asking('a', bench.room, started, {
      poll,
      inLine: saying('a', bench.room, '📊 Which day?').request.event,
    });
    await send(asked);
    expect(words(String(asked.made[0]?.id))).toContain('Which day?');
    expect(words(String(asked.made[0]?.id))).not.toContain('crosstalk.');
  });

  it('show how they stand, and lose their buttons when they are over', async () => {
    await open();
    const ts = await ask();
    const counted = { kind: 'pollCounted', version: '3' } as unknown as Omit<
      PollCounted,
      'room' | 'actor' | 'at' | 'message'
    >;
    const tally = { counts: [2, 1], voters: 4, unknown: 1 };
    const update = (now: ShownPoll): Promise<void> =>
      send(asking('b', bench.room, counted, { poll: now, target: [{ part: 0, id: ts as never }] }));
    await update({ ...poll, tally });
    expect(words(ts)).toContain('Friday — 2');
    expect(words(ts)).toContain('4 people voted');
    await update({ ...poll, tally, state: 'closed' });
    expect(words(ts)).not.toContain('crosstalk.');
    expect(words(ts)).toContain('The poll is over');
  });

  it('while results are hidden show how many voted alone', () => {
    const hidden = pollText({ ...poll, results: 'hidden', tally: { counts: [2, 1], voters: 3, unknown: 0 } });
    expect(JSON.stringify(hidden)).toContain('3 people voted');
    expect(JSON.stringify(hidden)).not.toContain('—');
  });

  it('several votes are chosen in a menu that says all of them', () => {
    const text = JSON.stringify(pollText({ ...poll, maxVotes: 0 }));
    expect(text).toContain('multi_static_select');
    expect(text).toContain('"max_selected_items":2');
    expect(text).not.toContain('"crosstalk.vote"');
  });

  it.each(['x', '漢', '🧑‍🚀', '"', '&', '\ud83d'])(
    'twenty options of any length are within what Slack takes: %j',
    (word) => {
      const options = Array.from({ length: 20 }, () => word.repeat(5000));
      for (const maxVotes of [0, 1]) {
        const { text, blocks } = pollText({ ...poll, question: word.repeat(9000), options, maxVotes });
        expect(checkedBlocks(blocks)).toHaveLength(blocks.length);
        expect(Buffer.byteLength(JSON.stringify(blocks))).toBeLessThan(13_000);
        // No more than this is taken where a message is changed.
        expect(text.length).toBeLessThanOrEqual(4000);
        for (const block of blocks) {
          if (block.type !== 'section' || block.accessory?.type !== 'multi_static_select') continue;
          expect(block.accessory.options.every((option) => option.text.text.length <= 75)).toBe(true);
        }
      }
    },
  );

  it('what is shorter than 280 characters is whole, and so is every one of a few in any script', () => {
    for (const word of ['x', '漢']) {
      const options = Array.from({ length: 6 }, (_, at) => `${String(at)}${word.repeat(279)}`);
      const shown = JSON.stringify(pollText({ ...poll, options }).blocks);
      expect(options.filter((option) => !shown.includes(`"${option} — 0"`))).toEqual([]);
    }
  });

  it('one without words can be asked all the same', () => {
    const { blocks } = pollText({ ...poll, question: ' ', options: ['', '\t'] });
    expect(checkedBlocks(blocks)).toHaveLength(5);
  });

  it.each(['socketMode', 'eventsApi'] as const)(
    'a press is a vote that is stored before it is answered: %s',
    async (receive) => {
      await open(receive);
      const ts = await ask();
      await press(ts, { action_id: 'crosstalk.vote', value: '1' });
      await press(ts, { action_id: 'crosstalk.unvote', action_ts: '1795246901.000100' });
      await press(ts, {
        action_id: 'crosstalk.votes',
        action_ts: '1795246902.000100',
        selected_options: [{ value: '0' }, { value: '1' }],
      });
      await until(() => votes().length === 3);
      expect(votes()).toMatchObject([
        { actor: { id: bench.ann, name: 'ann' }, message: { id: ts }, choices: [1], version: '1795246900000100' },
        { choices: [] },
        { choices: [0, 1] },
      ]);
      const stored = [...bench.ingest.payloads.values()].map(({ body }) => Buffer.from(body).toString('utf8'));
      expect(stored.some((body) => body.includes('response_url') || body.includes('trigger_id'))).toBe(false);
    },
  );

  it.each(['socketMode', 'eventsApi'] as const)('no press is acknowledged before it is stored: %s', async (receive) => {
    await open(receive);
    const ts = await ask();
    const storing = bench.holdStoring();
    let isAnswered = false;
    const pressed = press(ts, { action_id: 'crosstalk.vote', value: '1' }).finally(() => (isAnswered = true));
    await storing.begun;
    await new Promise((done) => setTimeout(done, 100));
    expect(isAnswered).toBe(false);
    storing.letGo();
    expect(await pressed).toMatchObject({ kind: 'answered' });
    expect(votes()).toHaveLength(1);
  });

  it.each(['socketMode', 'eventsApi'] as const)(
    'who voted is told where it could not be stored: %s',
    async (receive) => {
      await open(receive);
      const ts = await ask();
      bench.ingest.before = () => Promise.reject(new Error('no database'));
      expect(await press(ts, { action_id: 'crosstalk.vote', value: '1' })).toMatchObject({ kind: 'failed' });
      bench.ingest.before = undefined;
      expect(votes()).toEqual([]);
    },
  );

  it('what is not signed is no vote', async () => {
    await open('eventsApi');
    const ts = await ask();
    const payload = {
      type: 'block_actions',
      user: { id: bench.ann },
      team: { id: bench.team },
      channel: { id: bench.channel },
      container: { message_ts: ts },
      actions: [{ action_id: 'crosstalk.vote', action_ts: '1795246900.000100', value: '1' }],
    };
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const post = async (secret: string): Promise<number> => {
      const atS = Math.floor(Date.now() / 1000);
      const answer = await request(`${bench.url}/slack/commands`, {
        method: 'POST',
        headers: { 'x-slack-request-timestamp': String(atS), 'x-slack-signature': signatureOf(secret, atS, body) },
        body,
      });
      await answer.body.dump();
      return answer.statusCode;
    };
    expect(await post('another secret')).toBe(401);
    expect(votes()).toEqual([]);
    expect(await post(bench.registered.signingSecret)).toBe(200);
    expect(await post(bench.registered.signingSecret)).toBe(200);
    expect(votes()).toHaveLength(1);
  });

  it('a button of somebody else’s message is no vote', async () => {
    await open();
    const ts = await ask();
    await press(ts, { action_id: 'theirs', value: '1' });
    await press(ts, { action_id: 'crosstalk.vote', value: 'one' });
    expect(votes()).toEqual([]);
  });
});
