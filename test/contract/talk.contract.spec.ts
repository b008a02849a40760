import { talkDefinition } from '../../src/adapters/talk/talk.definition.js';
import type { TalkAdapter } from '../../src/adapters/talk/talk.adapter.js';
import type { AccountStore } from '../../src/model/account-store.js';
import type { Clock } from '../../src/model/clock.js';
import { accountId, roomId, type Cursor, type InboxKey } from '../../src/model/ids.js';
import type { NetworkAdapter, RawPayload } from '../../src/model/network-adapter.js';
import type { LedgerEntry } from '../../src/sandbox/ledger.js';
import { findMentions } from '../../src/sandbox/talk/state/mentions.js';
import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { describeNetworkAdapter, type Arrived, type Harness } from './network-adapter.contract.js';

describeNetworkAdapter('Talk', makeTalkHarness);

async function makeTalkHarness(): Promise<Harness> {
  const talk = new TalkSandbox({ pollStepMs: 20 });
  const { url } = await talk.start(0);
  const token = talk.createRoom({ name: 'Contract', owner: 'alice', members: ['bob', 'carol'] });
  const room = roomId(token);
  const signal = new AbortController().signal;
  const stop = new AbortController();
  const adapters: TalkAdapter[] = [];
  const make = (password: string): TalkAdapter => {
    const adapter = talkDefinition.create({
      account: accountId('home'),
      settings: talkDefinition.settingsSchema.parse({ url, user: 'alice', password, requestTimeoutMs: 20_000 }),
      store: memoryStore(),
      clock: systemClock,
      log: silentLog,
      isLinked: (linked) => linked === token,
    });
    adapters.push(adapter);
    return adapter;
  };
  const adapter = make(talk.issueAppPassword('alice'));
  await adapter.connect(signal);
  await adapter.start({ accept: () => Promise.resolve() }, stop.signal);
  const pulling = adapter.pulling;
  const began = (await pulling.pull(room, null, 'now', signal)).cursor;
  let cursor: Cursor = began;
  const kept = new Map<InboxKey, RawPayload>();
  return {
    adapter,
    room,
    speakAs: 'relay',
    person: { id: 'bob', name: 'bob' },
    post: (text) => Promise.resolve(String(talk.post(token, 'bob', text))),
    arrived: async () => {
      for (let rest: 'more' | 'none' = 'more'; rest === 'more';) {
        const batch = await pulling.pull(room, cursor, 'now', signal);
        for (const payload of batch.payloads) if (!kept.has(payload.key)) kept.set(payload.key, payload);
        ({ cursor, rest } = batch);
      }
      return [...kept.values()].map((payload) => arrivedOf(adapter, payload));
    },
    toldAgain: async () => (await pulling.pull(room, began, 'now', signal)).payloads.map(({ key }) => key),
    written: () =>
      talk.ledger.entries(token).filter((entry) => entry.actor === 'users/alice' && entry.kind === 'message'),
    bodyOf,
    pingedBy: ({ text = '' }) => findMentions(text).map(({ id }) => id),
    strikeWrite: (fault) => talk.faults.add({ method: 'POST', path: `/chat/${token}$`, fault }),
    strikeReads: (fault, times) => talk.faults.add({ method: 'GET', path: `/chat/${token}[?]`, times, fault }),
    calmDown: () => talk.faults.clear(),
    rateLimited: (afterMs) => ({
      do: 'answer',
      status: 429,
      headers: { 'retry-after': String(afterMs / 1000) },
      body: '',
    }),
    withWrongLogin: () => make('wrong'),
    close: async () => {
      stop.abort();
      await talk.stop();
    },
  };
}

function arrivedOf(adapter: NetworkAdapter, { key, body }: RawPayload): Arrived {
  return { key, result: adapter.read(JSON.parse(Buffer.from(body).toString('utf8'))) };
}

/** What comes after the name, without what only keeps mentions from working. */
function bodyOf({ text = '' }: LedgerEntry): string {
  return text.replace(/^\*\*(?:[^*\\]|\\.)*\*\* \(Elsewhere\):? ?/u, '').replaceAll('\u200b', '');
}

function memoryStore(): AccountStore {
  const entries = new Map<string, unknown>();
  return {
    get: (key) => Promise.resolve(entries.get(key)),
    put: (key, value) => Promise.resolve(void entries.set(key, structuredClone(value))),
    delete: (key) => Promise.resolve(void entries.delete(key)),
    list: (prefix) =>
      Promise.resolve([...entries].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => ({ key, value }))),
  };
}

const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
      if (signal?.aborted === true) {
        clearTimeout(timer);
        resolve();
      }
    }),
};

const silentLog = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
