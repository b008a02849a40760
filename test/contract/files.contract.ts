import { createHash, randomBytes } from 'node:crypto';
import { openForDelivery } from '../../src/media/opened-files.js';
import { TargetGone } from '../../src/model/errors.js';
import { firstFilePart, textFilePart } from '../../src/model/file-parts.js';
import { accountId, type FileRef } from '../../src/model/ids.js';
import type { Copy, DeliveryRequest, FileStream, WantedBytes } from '../../src/model/network-adapter.js';
import type { MessageDeleted, MessageEdited, MessageSent } from '../../src/model/bridge-event.js';
import { fromPlain } from '../../src/formatting/plain.js';
import type { Fault } from '../../src/sandbox/fault-script.js';
import {
  type Harness,
  messagesIn,
  messageToSend,
  type SendOptions,
  type Sent,
  textOf,
  until,
} from './network-adapter.contract.js';

/** A file as a person in the room sees it. */
export interface SeenFile {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
  /** What is said with it, without the name that the adapter put before it. */
  readonly caption: string;
}

export interface FileHarness extends Harness {
  /** `person` posts a file in the room, with a caption where it is not empty. */
  postFile(file: SeenFile): Promise<void>;
  /** What the adapter put into the room and stands there still, in order: files, and texts as strings. */
  seen(): Promise<readonly (SeenFile | string)[]>;
  /** The request that shows an uploaded file in the room meets this fault. */
  strikeFile(fault: Fault): void;
}

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const account = accountId('elsewhere');
const picture: FileRef = { account, id: 'png', name: 'meadow.png', mime: 'image/png', bytes: png.length };
const notes: FileRef = { account, id: 'txt', name: 'notes.txt', mime: 'text/plain', bytes: 10 };
const gone: FileRef = { account, id: 'gone', name: 'lost.pdf', mime: 'application/pdf', bytes: 7 };
const contents = new Map<string, Buffer>([
  ['png', png],
  ['txt', Buffer.from('some notes')],
  ['empty', Buffer.alloc(0)],
]);

/** What every adapter that carries files must do. */
export function describeCarriedFiles(name: string, makeHarness: () => Promise<FileHarness>): void {
  describe(`${name}: files`, () => {
    let harness: FileHarness;
    const signal = new AbortController().signal;

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(async () => {
      await harness.close();
    });

    const send = async ({ request }: Sent): Promise<void> => harness.adapter.deliver.messageSent?.send(request, signal);
    const carrying = (text: string, files: readonly FileRef[], options: SendOptions = {}): Sent =>
      messageToSend(harness, text, { files, openFile, ...options });
    const said = async (): Promise<readonly unknown[]> =>
      (await harness.seen()).map((each) =>
        typeof each === 'string' ? each : [each.name, each.caption, each.bytes.toString('base64')],
      );
    const look = async (sent: Sent) => {
      const [outcome] = await harness.adapter.wasDone(
        [{ ...sent.request, partOf: (key) => sent.partOf(key) }],
        sent.since,
        signal,
      );
      return outcome;
    };

    it('what a person posts arrives with name, type and words, and is read to its last byte', async () => {
      const large = randomBytes(300_000);
      await harness.postFile({ name: 'meadow.png', mime: 'image/png', bytes: png, caption: 'this morning' });
      await harness.postFile({
        name: 'Sitzplan größer (final) #2.bin',
        mime: 'application/octet-stream',
        bytes: large,
        caption: '',
      });
      let events: readonly MessageSent[] = [];
      await until(async () => (events = messagesIn(await harness.arrived())).length >= 2);
      expect(events.map(textOf)).toEqual(['this morning', '']);
      const files = events.flatMap((event) => event.files);
      expect(files).toMatchObject([
        { name: 'meadow.png', mime: 'image/png', bytes: png.length },
        { name: 'Sitzplan größer (final) #2.bin', bytes: large.length },
      ]);
      const read = await Promise.all(files.map((file) => opened(harness, file)));
      expect(read.map(digest)).toEqual([png, large].map(digest));
    });

    it('of a file, a part is given, or the whole where the network gives no parts', async () => {
      const bytes = randomBytes(1_000);
      await harness.postFile({ name: 'part.bin', mime: 'application/octet-stream', bytes, caption: '' });
      let events: readonly MessageSent[] = [];
      await until(async () => (events = messagesIn(await harness.arrived())).length >= 1);
      const [file] = events.flatMap((event) => event.files);
      const given = async (wanted: WantedBytes) => {
        const { part, body } = await harness.adapter.openFile(file as FileRef, signal, wanted);
        const chunks: Uint8Array[] = [];
        for await (const chunk of body) chunks.push(chunk);
        const read = Buffer.concat(chunks);
        if (part === undefined) return { is: 'whole', isRight: read.equals(bytes) };
        return { is: part, isRight: read.equals(bytes.subarray(part.first, part.last + 1)) };
      };
      const from = await given({ first: 900 });
      expect([
        { is: 'whole', isRight: true },
        { is: { first: 900, last: 999, of: 1_000 }, isRight: true },
      ]).toContainEqual(from);
      const within = await given({ first: 10, last: 19 });
      expect([
        { is: 'whole', isRight: true },
        { is: { first: 10, last: 19, of: 1_000 }, isRight: true },
      ]).toContainEqual(within);
    });

    it('a file that is not there any more is gone, and says so', async () => {
      await expect(harness.adapter.openFile({ ...picture, id: 'file/FNOTHING' }, signal)).rejects.toBeInstanceOf(
        TargetGone,
      );
    });

    it('a file is shown with its words, as one message', async () => {
      const sent = carrying('look at **this**', [picture]);
      await send(sent);
      const [seen, ...others] = await harness.seen();
      expect(others).toEqual([]);
      expect(seen).toMatchObject({ name: 'meadow.png', mime: 'image/png', bytes: png });
      expect((seen as SeenFile).caption).toContain('this');
      expect(sent.made).toMatchObject([{ part: 0, key: sent.request.key(0) }]);
    });

    it('several files come in their order, and nothing is made twice', async () => {
      const files = [picture, { ...notes, id: 'txt' }, picture];
      const sent = carrying('all of them', files);
      await send(sent);
      const names = (await harness.seen()).map((each) => (typeof each === 'string' ? each : each.name));
      expect(names).toEqual(['meadow.png', 'notes.txt', 'meadow.png']);
      const before = sent.made.length;
      await send(carrying('all of them', files, { of: sent, made: sent.made }));
      expect(await harness.seen()).toHaveLength(3);
      expect(sent.made).toHaveLength(before);
    });

    it('without words, a file says who sent it where the room does not show that', async () => {
      const sent = carrying('', [notes]);
      await send(sent);
      expect(await harness.seen()).toMatchObject([{ name: 'notes.txt', bytes: Buffer.from('some notes') }]);
      expect(sent.made).toMatchObject([{ part: 0 }]);
    });

    it('one that vanished is told of, and what was said with it stands', async () => {
      await send(carrying('here it is', [gone, notes]));
      const seen = await harness.seen();
      const texts = seen.filter((each) => typeof each === 'string');
      expect(texts.some((text) => text.includes('lost.pdf') && text.includes('no longer there'))).toBe(true);
      const words = seen.map((each) => (typeof each === 'string' ? each : each.caption));
      expect(words.some((text) => text.includes('here it is'))).toBe(true);
      expect(seen.filter((each) => typeof each !== 'string')).toMatchObject([{ name: 'notes.txt' }]);
    });

    it('one that the room cannot have is told of, with its address', async () => {
      const instead = { why: 'too large for this room', url: 'https://bridge.example.org/files/1' };
      await send(carrying('', [{ ...notes, instead }]));
      const [text] = await said();
      expect(text).toContain('notes.txt');
      expect(text).toContain('too large for this room');
    });

    it('names that no network could take, and an empty file, arrive all the same', async () => {
      const odd = ['../../etc/passwd', 'a\nb\u0000.txt', '', `${'ü'.repeat(300)}.txt`, '🦒🎈.txt'];
      for (const each of odd) await send(carrying('', [{ ...notes, name: each }]));
      const seen = (await harness.seen()) as readonly SeenFile[];
      expect(seen.map(({ bytes }) => bytes.toString())).toEqual(odd.map(() => 'some notes'));
      expect(seen.filter(({ name: shown }) => /[/\\\n]/.test(shown) || shown === '')).toEqual([]);
      await send(carrying('', [{ ...notes, id: 'empty', name: 'nothing.txt' }]));
      const last = (await harness.seen()).at(-1);
      expect(typeof last === 'string' ? last : last?.name).toContain('nothing.txt');
    });

    it('after an answer that was lost it is found, and not shown twice', async () => {
      harness.strikeFile({ do: 'acceptThenDrop' });
      const sent = carrying('did it arrive?', [picture]);
      await expect(send(sent)).rejects.toMatchObject({ failure: { certainty: 'unknownAfterDisconnect' } });
      harness.calmDown();
      let outcome = await look(sent);
      await until(async () => (outcome = await look(sent))?.done !== 'notFound');
      expect(outcome?.done).toMatchObject([{ part: 0, key: sent.request.key(0) }]);
      await send(carrying('did it arrive?', [picture], { of: sent, made: outcome?.done as Sent['made'] }));
      expect(await harness.seen()).toHaveLength(1);
    });

    it('what never arrived is sent again, whole', async () => {
      harness.strikeFile({ do: 'drop' });
      const sent = carrying('again', [picture, notes]);
      await expect(send(sent)).rejects.toMatchObject({ failure: { retry: 'later' } });
      harness.calmDown();
      expect((await look(sent))?.done).toBe('notFound');
      await send(carrying('again', [picture, notes], { of: sent }));
      expect((await harness.seen()).map((each) => (typeof each === 'string' ? each : each.name))).toEqual([
        'meadow.png',
        'notes.txt',
      ]);
    });

    it('its words change, and the file stays', async () => {
      const sent = carrying('frist', [picture, notes]);
      await send(sent);
      const { event, ...request } = carrying('first', []).request;
      const edit: MessageEdited = {
        ...event,
        kind: 'messageEdited',
        body: fromPlain('first'),
        files: [picture, notes],
        version: '2',
      };
      const target = sent.made.filter(({ part }) => part < firstFilePart);
      await harness.adapter.deliver.messageEdited?.send({ ...request, event: edit, target, made: [] }, signal);
      const [first, second, ...others] = await harness.seen();
      expect(others).toEqual([]);
      expect(first).toMatchObject({ name: 'meadow.png', bytes: png });
      expect((first as SeenFile).caption).toContain('first');
      expect(second).toMatchObject({ name: 'notes.txt' });
    });

    it.each([
      [1, ['meadow.png', 'notes.txt']],
      [0, ['notes.txt', 'notes.txt']],
      [2, ['meadow.png', 'notes.txt']],
    ])('of its files the one at %i is taken away, and its words stay', async (place, left) => {
      const files = [picture, notes, notes];
      const sent = carrying('the three of them', files);
      await send(sent);
      const apart = sent.made.filter(({ part }) => part >= firstFilePart);
      const { event, ...request } = carrying('', []).request;
      const gone: Copy[] = [];
      const edit: MessageEdited = {
        ...event,
        kind: 'messageEdited',
        body: fromPlain('the three of them'),
        files: files.filter((_, at) => at !== place),
        filesGone: [place],
        version: '2',
      };
      const again: DeliveryRequest<MessageEdited> = {
        ...request,
        event: edit,
        target: sent.made.filter(({ part }) => part < firstFilePart),
        made: [],
        lost: { places: [place], apart, words: 'same', hasWords: true },
        onGone: (copy) => gone.push(copy),
      };
      await harness.adapter.deliver.messageEdited?.send(again, signal);
      const check = async (): Promise<void> => {
        const seen = await harness.seen();
        expect(seen.flatMap((each) => (typeof each === 'string' ? [] : [each.name]))).toEqual(left);
        expect(JSON.stringify(await said())).toContain('the three of them');
      };
      await check();
      expect(gone).toEqual(apart.filter(({ part }) => part === firstFilePart + place));
      // After an unknown outcome it is done once more.
      await harness.adapter.deliver.messageEdited?.send(again, signal);
      await check();
    });

    it.each<[string, string, number, string[]]>([
      ['the second, and the caption stays', 'the three of them', 1, ['meadow.png', 'notes.txt']],
      ['the first, and its caption stays', 'the three of them', 0, ['notes.txt', 'notes.txt']],
      ['the first of what nobody said anything to', '', 0, ['notes.txt', 'notes.txt']],
      ['the last of what nobody said anything to', '', 2, ['meadow.png', 'notes.txt']],
    ])(
      'a file that somebody deleted elsewhere goes, without a word of the message: %s',
      async (_, words, place, left) => {
        const sent = carrying(words, [picture, notes, notes]);
        await send(sent);
        const apart = sent.made.filter(({ part }) => part >= firstFilePart);
        const { event, ...request } = carrying('', []).request;
        const edit: MessageEdited = {
          ...event,
          kind: 'messageEdited',
          body: [],
          filesGone: [place],
          words: 'same',
          version: '2',
        };
        const again: DeliveryRequest<MessageEdited> = {
          ...request,
          event: edit,
          target: sent.made.filter(({ part }) => part < firstFilePart),
          made: [],
          lost: { places: [place], apart, words: 'same', hasWords: words !== '' },
          onGone: () => undefined,
        };
        for (const times of [1, 2]) {
          await harness.adapter.deliver.messageEdited?.send(again, signal);
          const seen = await harness.seen();
          const named = seen.flatMap((each) => (typeof each === 'string' ? [] : [each.name]));
          expect({ times, named }).toEqual({ times, named: left });
          if (words !== '') expect(JSON.stringify(await said())).toContain(words);
        }
      },
    );

    it.each<[string, readonly FileRef[], number, string[], boolean]>([
      ['the file that an edit added', [picture], 1, ['meadow.png'], false],
      ['what it had before an edit added one', [picture], 0, ['notes.txt'], false],
      ['the only one, which an edit added', [], 0, [], false],
      ['one of several beside one that could not be had', [picture, gone, notes], 2, ['meadow.png', 'notes.txt'], true],
      ['one after one that could not be had', [gone, picture], 1, ['notes.txt'], true],
      ['one that could not be had', [picture, gone], 1, ['meadow.png', 'notes.txt'], false],
      ['the only one, which could not be had', [gone], 0, ['notes.txt'], false],
    ])('of files that were added later, each goes alone: %s', async (_, files, place, left, isLineKept) => {
      const sent = carrying('look', files);
      await send(sent);
      const more = carrying('', [notes]);
      await send(more);
      const added = more.made.map((copy) => ({ ...copy, part: copy.part + firstFilePart + files.length }));
      const copies = [...sent.made, ...added];
      expect(new Set(copies.map(({ part }) => part)).size).toBe(copies.length);
      const { event, ...request } = carrying('', []).request;
      const edit = { ...event, kind: 'messageEdited', filesGone: [place], words: 'same', version: '2' } as const;
      const again: DeliveryRequest<MessageEdited> = {
        ...request,
        event: edit,
        target: copies.filter(({ part }) => part < firstFilePart),
        made: [],
        lost: {
          places: [place],
          apart: copies.filter(({ part }) => part >= firstFilePart),
          words: 'same',
          hasWords: true,
        },
        onGone: () => undefined,
      };
      for (const times of [1, 2]) {
        await harness.adapter.deliver.messageEdited?.send(again, signal);
        const seen = await harness.seen();
        const named = seen.flatMap((each) => (typeof each === 'string' ? [] : [each.name]));
        expect({ times, named }).toEqual({ times, named: left });
        const texts = JSON.stringify(await said());
        expect(texts).toContain('look');
        expect(texts.includes('lost.pdf')).toBe(isLineKept);
      }
    });

    it.each<[string, readonly FileRef[], string[]]>([
      ['alone', [], ['message.md']],
      ['beside what was sent with it', [picture, notes], ['meadow.png', 'notes.txt', 'message.md']],
    ])('the file of a long text stands apart from its beginning: %s', async (_, files, names) => {
      const whole: FileRef = { ...notes, name: 'message.md', mime: 'text/markdown', text: 'some notes' };
      const sent = carrying('the beginning', [...files, whole]);
      await send(sent);
      const named = async (): Promise<string[]> =>
        (await harness.seen()).flatMap((each) => (typeof each === 'string' ? [] : [each.name]));
      const check = async (words: string, left: readonly string[]): Promise<void> => {
        expect(await named()).toEqual(left);
        expect(JSON.stringify(await said())).toContain(words);
      };
      await check('the beginning', names);
      const parts = sent.made.map(({ part }) => part);
      expect([parts.at(0), parts.at(-1)]).toEqual([0, textFilePart]);
      const before = sent.made.length;
      await send(carrying('the beginning', [...files, whole], { of: sent, made: sent.made }));
      expect(sent.made).toHaveLength(before);
      await check('the beginning', names);

      const { event, ...request } = carrying('', []).request;
      const edit: MessageEdited = {
        ...event,
        kind: 'messageEdited',
        body: fromPlain('other words'),
        ...(files.length === 0 ? {} : { files }),
        version: '2',
      };
      const target = sent.made.filter(({ part }) => part < firstFilePart);
      await harness.adapter.deliver.messageEdited?.send({ ...request, event: edit, target, made: [] }, signal);
      await check('other words', names);
      const deletion = (version: string, gone: readonly Copy[]): DeliveryRequest<MessageDeleted> => {
        const deleted: MessageDeleted = { ...event, kind: 'messageDeleted', version };
        return { ...request, event: deleted, target: gone, made: [] };
      };
      const ofText = sent.made.filter(({ part }) => part === textFilePart);
      await harness.adapter.deliver.messageDeleted?.send(deletion('3', ofText), signal);
      await check('other words', names.slice(0, -1));
      await harness.adapter.deliver.messageDeleted?.send(deletion('4', sent.made), signal);
      expect(await harness.seen()).toEqual([]);
    });

    it('a deletion takes all of it', async () => {
      const sent = carrying('look', [picture, notes]);
      await send(sent);
      const { event, ...request } = carrying('', []).request;
      const deletion: MessageDeleted = { ...event, kind: 'messageDeleted', version: '2' };
      const again: DeliveryRequest<MessageDeleted> = { ...request, event: deletion, target: sent.made, made: [] };
      await harness.adapter.deliver.messageDeleted?.send(again, signal);
      expect(await harness.seen()).toEqual([]);
      await harness.adapter.deliver.messageDeleted?.send(again, signal);
    });
  });
}

/** As the core opens it: from another account. */
const openFile: DeliveryRequest<MessageSent>['openFile'] = (file, signal, mostBytes = Infinity) =>
  openForDelivery(
    ({ id }): Promise<FileStream> => {
      const bytes = contents.get(id);
      if (bytes === undefined) return Promise.reject(new TargetGone('there is no such file'));
      return Promise.resolve({ mime: 'application/octet-stream', bytes: bytes.length, body: chunksOf(bytes) });
    },
    file,
    signal,
    mostBytes,
  );

async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 16) yield await Promise.resolve(bytes.subarray(at, at + 16));
}

async function opened({ adapter }: Harness, file: FileRef): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const { body } = await adapter.openFile(file, new AbortController().signal);
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
