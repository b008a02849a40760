import { randomBytes } from 'node:crypto';
import type { MessageDeleted, MessageEdited, MessageSent } from '../../model/bridge-event.js';
import { accountId, type FileRef, remoteId, roomId } from '../../model/ids.js';
import { MessageRefused, NetworkUnavailable } from '../../model/errors.js';
import type { OpenedFile } from '../../model/network-adapter.js';
import { chooseFolder } from '../../../test/contract/attachments-folder.js';
import { type TalkAtSandbox, talkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { copyOf, happened, message, requested } from '../../../test/contract/talk-requests.js';

const signal = new AbortController().signal;
const file: FileRef = { account: accountId('elsewhere'), id: '1', name: 'a.mp3', mime: 'audio/mpeg' };

describe('talk.uploads', () => {
  let at: TalkAtSandbox;

  beforeEach(async () => {
    at = await talkAtSandbox();
  });

  afterEach(async () => {
    await at.close();
  });

  const send = async (
    files: readonly FileRef[],
    mime: string,
    body: MessageSent['body'] = [],
  ): Promise<Record<string, unknown>> => {
    const message = { room: { account: accountId('elsewhere'), id: roomId('r') }, id: remoteId('1') };
    const event: MessageSent = { ...happened, kind: 'messageSent', message, body, files, style: 'text' };
    const openFile = (): Promise<OpenedFile> => Promise.resolve({ name: 'a.mp3', mime, bytes: 3, body: bytes() });
    await at.adapter.deliver.messageSent.send(requested(at, event, { openFile }).request, signal);
    return at.talk.messages(at.token).at(-1) ?? {};
  };

  it('what was spoken is played where Talk plays its type, and is a sound where it does not', async () => {
    expect(await send([{ ...file, voice: {} }], 'audio/mpeg')).toMatchObject({ messageType: 'voice-message' });
    expect(await send([{ ...file, voice: {} }], 'audio/ogg')).toMatchObject({ messageType: 'comment' });
    expect(await send([file], 'audio/mpeg')).toMatchObject({ messageType: 'comment' });
  });

  it('an account without room for it tells so, and the message goes on', async () => {
    at.talk.faults.add({ method: 'PUT', path: '/remote.php/dav/', fault: { do: 'answer', status: 507, body: '' } });
    const { message } = await send([file], 'audio/mpeg');
    expect(message).toContain('a.mp3');
    expect(message).toContain('has no room for it');
  });

  describe('that is deleted elsewhere', () => {
    const words = [{ type: 'paragraph', content: [{ type: 'text', text: 'a secret' }] }] as const;
    const remove = async ({ id }: Record<string, unknown>): Promise<void> => {
      const event: MessageDeleted = { ...happened, kind: 'messageDeleted', message, version: '1' };
      await at.adapter.deliver.messageDeleted.send(
        requested(at, event, { target: [copyOf(Number(id))] }).request,
        signal,
      );
    };
    const rowOf = ({ id }: Record<string, unknown>): Record<string, unknown> | undefined =>
      at.talk.messages(at.token).find((row) => row['id'] === id);
    const files = (): number => at.talk.state.files.of('alice').length;

    it('goes with its message and what was said with it', async () => {
      const row = await send([file], 'audio/mpeg', words);
      expect(row).toMatchObject({ message: '**Eve** (Matrix): a secret' });
      await remove(row);
      expect(rowOf(row)).toMatchObject({ messageType: 'comment_deleted', messageParameters: { actor: {} } });
      expect(JSON.stringify(at.talk.messages(at.token))).not.toContain('a secret');
      expect(files()).toBe(0);
    });

    describe('where its file went before', () => {
      const loseFile = async ({ id }: Record<string, unknown>): Promise<void> => {
        const gone = { filesGone: [0], words: 'same', body: [], style: 'text', version: '1' } as const;
        const event: MessageEdited = { ...happened, kind: 'messageEdited', message, ...gone };
        const lost = { places: [0], apart: [], words: 'same', hasWords: true } as const;
        const { request } = requested(at, event, { target: [copyOf(Number(id))], lost });
        await at.adapter.deliver.messageEdited.send(request, signal);
      };

      it('takes its words back: Talk deletes no message of a file that is gone', async () => {
        const row = await send([file], 'audio/mpeg', words);
        await loseFile(row);
        expect(rowOf(row)?.['message']).toContain('a secret');
        await remove(row);
        expect(rowOf(row)?.['message']).toMatch(/no longer available\*\n\n…$/);
        // Once more, as after a crash.
        const edits = at.talk.messages(at.token).length;
        await remove(row);
        expect(at.talk.messages(at.token)).toHaveLength(edits);
      });

      it('says so where Talk lets nobody change them any more', async () => {
        const row = await send([file], 'audio/mpeg', words);
        await loseFile(row);
        const body = JSON.stringify({ ocs: { meta: { status: 'failure', statuscode: 400 }, data: { error: 'age' } } });
        at.talk.faults.add({ method: 'PUT', path: '/chat/', fault: { do: 'answer', status: 400, body } });
        await expect(remove(row)).rejects.toBeInstanceOf(MessageRefused);
      });
    });

    it('goes as well where the account has another folder for attachments since', async () => {
      const row = await send([file], 'audio/mpeg', words);
      await chooseFolder(at, 'alice', '/Other');
      at = { ...at, adapter: at.make() };
      await at.adapter.connect(signal);
      await remove(row);
      expect(files()).toBe(0);
    });

    it('goes as well where only its message could be deleted before', async () => {
      const row = await send([file], 'audio/mpeg', words);
      at.talk.faults.add({
        method: 'DELETE',
        path: '/remote.php/dav/',
        fault: { do: 'answer', status: 503, body: '' },
      });
      await expect(remove(row)).rejects.toBeInstanceOf(NetworkUnavailable);
      expect(files()).toBe(1);
      await remove(row);
      expect(files()).toBe(0);
    });
  });

  it('a repetition after a broken upload writes the same file', async () => {
    at.talk.faults.add({ method: 'PUT', path: '/remote.php/dav/', fault: { do: 'acceptThenDrop' } });
    await expect(send([file], 'audio/mpeg')).rejects.toMatchObject({ failure: { certainty: 'notSent' } });
    expect(await send([file], 'audio/mpeg')).toMatchObject({ messageParameters: { file: { name: 'a.mp3' } } });
  });
});

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('ID3'));
}

describe('a large file goes to Talk in chunks', () => {
  const chunkBytes = 1_000_000;
  const film = randomBytes(2_500_000);
  let at: TalkAtSandbox;
  let asked: string[];

  beforeEach(async () => {
    at = await talkAtSandbox({}, { uploadChunkBytes: chunkBytes });
    asked = [];
    at.talk.faults.watch((method, path) => asked.push(`${method} ${path}`));
  });

  afterEach(async () => {
    await at.close();
  });

  /** The same message each time, as after a crash. */
  const send = async (bytes = film): Promise<void> => {
    const message = { room: { account: accountId('elsewhere'), id: roomId('r') }, id: remoteId('1') };
    const shown = { account: accountId('elsewhere'), id: '1', name: 'film ü.mp4', mime: 'video/mp4' };
    const event: MessageSent = { ...happened, kind: 'messageSent', message, body: [], files: [shown], style: 'text' };
    const openFile = (): Promise<OpenedFile> =>
      Promise.resolve({ name: 'film ü.mp4', mime: 'video/mp4', bytes: bytes.length, body: inPieces(bytes) });
    await at.adapter.deliver.messageSent.send(requested(at, event, { openFile }).request, signal);
  };
  const sentChunks = (): string[] =>
    asked.filter((each) => each.startsWith('PUT /remote.php/dav/uploads/')).map((each) => each.slice(-5));
  const shownFiles = () =>
    at.talk.messages(at.token).filter(({ messageParameters: parameters }) => 'file' in (parameters as object));
  const kept = async (): Promise<Buffer> => {
    const { messageParameters } = at.talk.messages(at.token, 'alice').at(-1) ?? {};
    const { path = '' } = (messageParameters as { file?: { path?: string } }).file ?? {};
    const answer = await fetch(
      `${at.talk.url}/remote.php/dav/files/alice/${path.split('/').map(encodeURIComponent).join('/')}`,
      {
        headers: {
          authorization: `Basic ${Buffer.from(`alice:${at.talk.accounts.issueAppPassword('alice')}`).toString('base64')}`,
        },
      },
    );
    return Buffer.from(await answer.arrayBuffer());
  };

  it('which the server makes the file of', async () => {
    await send();
    expect((await kept()).equals(film)).toBe(true);
    expect(sentChunks()).toEqual(['00001', '00002', '00003']);
    expect(asked.some((each) => each.startsWith('PUT /remote.php/dav/files/'))).toBe(false);
    expect(at.talk.messages(at.token).at(-1)).toMatchObject({
      messageParameters: { file: { name: 'film ü.mp4', mimetype: 'video/mp4' } },
    });
  });

  it('what is not larger than a chunk goes as it is', async () => {
    await send(film.subarray(0, chunkBytes));
    expect(sentChunks()).toEqual([]);
    await send(film.subarray(0, chunkBytes + 1));
    expect(sentChunks()).toEqual(['00001', '00002']);
  });

  it.each([
    ['a chunk that did not arrive', 'PUT', '/00002$', { do: 'drop' }, ['00001', '00002', '00002', '00003']],
    ['a chunk that did', 'PUT', '/00002$', { do: 'acceptThenDrop' }, ['00001', '00002', '00003']],
    ['the folder', 'MKCOL', '/uploads/', { do: 'acceptThenDrop' }, ['00001', '00002', '00003']],
    ['a file that was not made of them', 'MOVE', '', { do: 'drop' }, ['00001', '00002', '00003']],
    ['a file that was', 'MOVE', '', { do: 'acceptThenDrop' }, ['00001', '00002', '00003']],
    ['its message', 'POST', '/files_sharing/', { do: 'drop' }, ['00001', '00002', '00003']],
  ] as const)(
    'goes on after the connection broke at %s, and sends nothing twice',
    async (_, method, path, fault, sent) => {
      at.talk.faults.add({ method, path, fault });
      await expect(send()).rejects.toMatchObject({ failure: { retry: 'later' } });
      await send();
      expect(sentChunks()).toEqual(sent);
      expect((await kept()).equals(film)).toBe(true);
      expect(shownFiles()).toHaveLength(1);
    },
  );

  it('chunks that do not make the whole are sent anew', async () => {
    at.talk.faults.add({ method: 'PUT', path: '/00003$', fault: { do: 'answer', status: 201 } });
    await expect(send()).rejects.toMatchObject({ failure: { retry: 'later', certainty: 'notSent' } });
    await send();
    expect((await kept()).equals(film)).toBe(true);
    expect(sentChunks()).toEqual(['00001', '00002', '00003', '00001', '00002', '00003']);
  });

  it('a file that ends before its end is no file', async () => {
    const message = { room: { account: accountId('elsewhere'), id: roomId('r') }, id: remoteId('1') };
    const event: MessageSent = { ...happened, kind: 'messageSent', message, body: [], files: [file], style: 'text' };
    const openFile = (): Promise<OpenedFile> =>
      Promise.resolve({ name: 'a.bin', mime: 'x/y', bytes: film.length + 1, body: inPieces(film) });
    const sending = at.adapter.deliver.messageSent.send(requested(at, event, { openFile }).request, signal);
    await expect(sending).rejects.toMatchObject({ failure: { certainty: 'notSent' } });
    expect(shownFiles()).toEqual([]);
  });

  it('an account without room for it tells so', async () => {
    at.talk.faults.add({ method: 'PUT', path: '/uploads/', fault: { do: 'answer', status: 507, body: '' } });
    await send();
    expect(at.talk.messages(at.token).at(-1)?.['message']).toContain('has no room for it');
  });
});

/** Pieces that fit no chunk. */
async function* inPieces(whole: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.length; at += 70_001) yield await Promise.resolve(whole.subarray(at, at + 70_001));
}
