import type { LedgerEntry } from '../../src/sandbox/ledger.js';
import { findMentions } from '../../src/sandbox/talk/state/mentions.js';
import { memoryStore, Reader, resultOf, talkAtSandbox } from './talk-at-sandbox.js';
import { describeCarriedFiles, type FileHarness, type SeenFile } from './files.contract.js';
import { describeNetworkAdapter } from './network-adapter.contract.js';

describeNetworkAdapter('Talk', () => makeTalkHarness('relay'));
describeNetworkAdapter('Talk, people being guests', () => makeTalkHarness('guest'));
describeCarriedFiles('Talk', () => makeTalkHarness('relay'));
describeCarriedFiles('Talk, people being guests', () => makeTalkHarness('guest'));

async function makeTalkHarness(speakAs: 'relay' | 'guest'): Promise<FileHarness> {
  const { talk, token, room, adapter, pulling, make, close } = await talkAtSandbox();
  talk.rooms.setPublic(token, speakAs === 'guest');
  const reader = await new Reader(adapter, pulling, room).begin();
  const began = reader.cursor;
  const chat = `/chat/${token}`;
  const bob = `Basic ${Buffer.from(`bob:${talk.accounts.issueAppPassword('bob')}`).toString('base64')}`;
  const asBob = (method: string, path: string, body?: Buffer, headers: Record<string, string> = {}) =>
    fetch(talk.url + path, {
      method,
      headers: { authorization: bob, 'ocs-apirequest': 'true', ...headers },
      ...(body === undefined ? {} : { body }),
    });
  const seenIn = async ({ message, messageParameters }: Record<string, unknown>): Promise<SeenFile | string> => {
    const { file } = messageParameters as { file?: Record<string, string> };
    if (file === undefined) return String(message);
    const path = (file['path'] ?? '').split('/').map(encodeURIComponent).join('/');
    const answer = await asBob('GET', `/remote.php/dav/files/bob/${path}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const caption = message === '{file}' ? '' : String(message);
    return { name: file['name'] ?? '', mime: file['mimetype'] ?? '', bytes, caption };
  };
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
    postFile: async ({ name, mime, bytes, caption }) => {
      const path = `Talk/${name}`;
      await asBob('MKCOL', '/remote.php/dav/files/bob/Talk');
      await asBob('PUT', `/remote.php/dav/files/bob/Talk/${encodeURIComponent(name)}`, bytes, { 'content-type': mime });
      const share = { shareType: 10, shareWith: token, path: `/${path}`, talkMetaData: JSON.stringify({ caption }) };
      await asBob('POST', '/ocs/v2.php/apps/files_sharing/api/v1/shares', Buffer.from(JSON.stringify(share)), {
        'content-type': 'application/json',
      });
    },
    seen: () => Promise.all(talk.messages(token, 'bob').filter(isShown).map(seenIn)),
    strikeFile: (fault) => talk.faults.add({ method: 'POST', path: '/apps/files_sharing/', fault }),
    withWrongLogin: () => make({ password: 'wrong' }, memoryStore()),
    close,
  };
}

/** What comes after the name, without what only keeps mentions from working. */
function bodyOf({ text = '' }: LedgerEntry): string {
  return text.replace(/^\*\*(?:[^*\\]|\\.)*\*\* \(Elsewhere\):? ?/u, '').replaceAll('\u200b', '');
}

/** Whether it is something that the adapter put there, and stands. */
function isShown({ actorType, actorId, systemMessage, messageType }: Record<string, unknown>): boolean {
  const isOurs = actorType === 'guests' || actorId === 'alice';
  return isOurs && systemMessage === '' && messageType !== 'comment_deleted';
}
