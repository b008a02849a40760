import { fromPlain } from '../formatting/plain.js';
import type { MessageEdited } from '../model/bridge-event.js';
import { accountId, type FileRef, remoteId, roomId, userId } from '../model/ids.js';
import { addedIn, replacedIn } from './added-files.js';

const room = { account: accountId('left'), id: roomId('a') };
const file: FileRef = { account: room.account, id: 'p', name: 'p.png', mime: 'image/png', bytes: 2_000 };
const edit: MessageEdited = {
  kind: 'messageEdited',
  room,
  actor: { account: room.account, id: userId('anna'), name: 'Anna', standing: 'person' },
  at: '2026-01-02T03:04:05.000Z',
  message: { room, id: remoteId('2') },
  body: fromPlain('look'),
  files: [file],
  filesAdded: [{ place: 0, file }],
  style: 'text',
  version: '3',
};
const able = { maxFileBytes: 1_000_000 };

describe('a file that an edit adds', () => {
  it('is a message of its own, which nobody is notified of', () => {
    expect(addedIn(edit, [{ part: 0 }], able)).toMatchObject([
      { firstPart: 500, event: { kind: 'messageSent', body: [], files: [file], attention: 'silent' } },
    ]);
  });

  it('is shown once, whatever is edited afterwards', () => {
    expect(addedIn(edit, [{ part: 0 }, { part: 500 }], able)).toEqual([]);
  });

  it('stands in its place beside those that the message has', () => {
    const more = { ...edit, filesAdded: [{ place: 2, file }] };
    expect(addedIn(more, [{ part: 0 }, { part: 501 }], able)).toMatchObject([{ firstPart: 502 }]);
  });

  it('that the room does not take is told of', () => {
    const [told] = addedIn(edit, [{ part: 0 }], { maxFileBytes: 1_000 });
    expect(told?.event.files).toMatchObject([{ instead: { why: 'this room takes files up to 1.0 kB' } }]);
  });

  it('there is none in anything else', () => {
    const { filesAdded: _none, ...words } = edit;
    expect(addedIn(words, [], able)).toEqual([]);
    expect(addedIn({ ...edit, kind: 'messageDeleted' }, [], able)).toEqual([]);
  });
});

describe('a file that gives way to another one', () => {
  const copy = (part: number): { part: number; id: ReturnType<typeof remoteId> } => ({
    part,
    id: remoteId(`part ${String(part)}`),
  });
  const copies = [0, 1, 500, 501, 502, 990].map(copy);
  const other: MessageEdited = { ...edit, filesAdded: [{ place: 1, file }], filesBefore: 'gone' };

  it('goes, and all that edits added goes where the message has none any more', () => {
    expect(replacedIn(other, copies, { made: [] })).toEqual([copy(500), copy(502)]);
    expect(replacedIn({ ...other, filesAdded: [] }, copies, { made: [] })).toEqual([500, 501, 502].map(copy));
  });

  it('is not what an earlier attempt of the same edit made', () => {
    expect(replacedIn(other, copies, { made: [copy(502)] })).toEqual([copy(500)]);
  });

  it('there is none where the edit does not say so', () => {
    expect(replacedIn(edit, copies, { made: [] })).toEqual([]);
  });
});
