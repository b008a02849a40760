import type { LedgerEntry } from '../../src/sandbox/ledger.js';
import { findMentions } from '../../src/sandbox/talk/state/mentions.js';
import { memoryStore, Reader, resultOf, talkAtSandbox } from './talk-at-sandbox.js';
import { describeNetworkAdapter, type Harness } from './network-adapter.contract.js';

describeNetworkAdapter('Talk', () => makeTalkHarness('relay'));
describeNetworkAdapter('Talk, people being guests', () => makeTalkHarness('guest'));

async function makeTalkHarness(speakAs: 'relay' | 'guest'): Promise<Harness> {
  const { talk, token, room, adapter, pulling, make, close } = await talkAtSandbox();
  talk.setPublic(token, speakAs === 'guest');
  const reader = await new Reader(adapter, pulling, room).begin();
  const began = reader.cursor;
  const chat = `/chat/${token}`;
  return {
    adapter,
    room,
    speakAs,
    ...(speakAs === 'guest' ? { refusals: 'passedOn' as const } : {}),
    person: { id: 'bob', name: 'bob' },
    post: (text) => Promise.resolve(String(talk.post(token, 'bob', text))),
    arrived: async () => {
      await reader.read();
      return [...reader.kept.values()].map((payload) => ({ key: payload.key, result: resultOf(adapter, payload) }));
    },
    toldAgain: async () => {
      const batch = await pulling.pull(room, began, 'now', new AbortController().signal);
      return batch.payloads.map(({ key }) => key);
    },
    written: () =>
      talk.ledger
        .entries(token)
        .filter(({ actor, kind }) => (actor === 'users/alice' || actor.startsWith('guests/')) && kind === 'message'),
    bodyOf,
    pingedBy: ({ text = '' }) => findMentions(text).map(({ id }) => id),
    strikeWrite: (fault) => talk.faults.add({ method: 'POST', path: `${chat}$`, fault }),
    strikeReads: (fault, times) => talk.faults.add({ method: 'GET', path: `${chat}[?]`, times, fault }),
    calmDown: () => talk.faults.clear(),
    rateLimited: (afterMs) => ({
      do: 'answer',
      status: 429,
      headers: { 'retry-after': String(afterMs / 1000) },
      body: '',
    }),
    withWrongLogin: () => make({ password: 'wrong' }, memoryStore()),
    close,
  };
}

/** What comes after the name, without what only keeps mentions from working. */
function bodyOf({ text = '' }: LedgerEntry): string {
  return text.replace(/^\*\*(?:[^*\\]|\\.)*\*\* \(Elsewhere\):? ?/u, '').replaceAll('\u200b', '');
}
