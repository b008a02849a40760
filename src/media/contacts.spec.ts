import { toPlain } from '../formatting/plain.js';
import type { MessageSent } from '../model/bridge-event.js';
import { FileGone } from '../model/errors.js';
import { accountId, type FileRef, remoteId, roomId, userId } from '../model/ids.js';
import type { FileStream } from '../model/network-adapter.js';
import { withContacts } from './contacts.js';

const account = accountId('hs');
const room = { account, id: roomId('!fair') };
const card: FileRef = { account, id: 'f', name: 'anna', mime: 'text/vcard' };
const signal = new AbortController().signal;

function sent(...files: readonly FileRef[]): MessageSent {
  const actor = { account, id: userId('@mia:x'), name: 'Mia', standing: 'person' as const };
  const message = { room, id: remoteId('$one') };
  const body = [{ type: 'paragraph' as const, content: [{ type: 'text' as const, text: 'whom to ask' }] }];
  return { kind: 'messageSent', room, actor, at: '2026-01-02T03:04:05.000Z', message, body, files, style: 'text' };
}

const opened: string[] = [];
const open = (file: FileRef): Promise<FileStream> => {
  opened.push(file.id);
  const bytes = Buffer.from('BEGIN:VCARD\nFN:Anna Smith\nTEL:0151\nEND:VCARD');
  return Promise.resolve({
    mime: file.mime,
    body: (async function* () {
      yield await Promise.resolve(bytes.subarray(0, 20));
      yield bytes.subarray(20);
    })(),
  });
};

beforeEach(() => {
  opened.length = 0;
});

it.each([card, { ...card, name: 'anna.VCF', mime: 'application/octet-stream' }, { ...card, mime: 'text/x-vcard' }])(
  'who is on a card stands in words, and the card stays ($name, $mime)',
  async (file) => {
    const event = await withContacts(sent(file), open, signal);
    if (event.kind !== 'messageSent') throw new Error('another event');
    expect(toPlain(event.body)).toBe('whom to ask\n\n👤 Anna Smith\n☎ 0151');
    expect(event.files).toEqual([file]);
  },
);

it('they stay in words where what is said with the card is edited, and are not asked for where only a file goes', async () => {
  const { kind: _sent, ...said } = sent(card);
  const edit = { ...said, kind: 'messageEdited', version: '2' } as const;
  const event = await withContacts(edit, open, signal);
  if (event.kind !== 'messageEdited') throw new Error('another event');
  expect(toPlain(event.body)).toBe('whom to ask\n\n👤 Anna Smith\n☎ 0151');
  opened.length = 0;
  const lost = { ...edit, words: 'same', filesGone: [1] } as const;
  expect(await withContacts(lost, open, signal)).toBe(lost);
  const { files: _none, ...bare } = edit;
  expect(await withContacts(bare, open, signal)).toBe(bare);
  expect(opened).toEqual([]);
});

it('other files are not opened, nor what cannot be had', async () => {
  const event = sent({ ...card, mime: 'text/plain' }, { ...card, instead: { why: 'it is encrypted' } });
  expect(await withContacts(event, open, signal)).toBe(event);
  expect(opened).toEqual([]);
});

it('a card that cannot be fetched stays a file', async () => {
  const event = sent(card);
  expect(await withContacts(event, () => Promise.reject(new FileGone('gone')), signal)).toBe(event);
});
