import { chooseFolder } from '../../../test/contract/attachments-folder.js';
import { lendLogin } from '../../../test/contract/lent-login.js';
import { Reader, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { copyOf, happened, keyOf, message, requested } from '../../../test/contract/talk-requests.js';
import { fromPlain } from '../../formatting/plain.js';
import type { MessageDeleted, MessageEdited, MessageSent } from '../../model/bridge-event.js';
import { MessageRefused, NetworkUnavailable } from '../../model/errors.js';
import { firstFilePart } from '../../model/file-parts.js';
import { accountId, type DeliveryKey, type FileRef, roomId, userId } from '../../model/ids.js';
import type { Copy, LostFiles, OpenedFile, Speaker } from '../../model/network-adapter.js';

const signal = new AbortController().signal;
const fileOf = (name: string): FileRef => ({ account: accountId('elsewhere'), id: name, name, mime: 'image/png' });
const picture = fileOf('a.png');
const mia = { ...happened.actor, id: userId('@mia:there'), name: 'Mia' };
const gone = (told: Partial<LostFiles>): LostFiles => ({
  places: [0],
  apart: [],
  words: 'same',
  hasWords: true,
  ...told,
});

/** Mia of Matrix, who is Bob in Talk, sends files; our account is Alice's. */
describe('files of people who lend a login of their own', () => {
  let at: TalkAtSandbox;
  let reader: Reader;
  let told: string[];
  let opened: string[];
  /** What each file holds. */
  let content: Uint8Array;
  /** Each message has keys of its own, also where it is sent once more. */
  let sent: number;

  const open = async (settings: object = {}): Promise<void> => {
    told = [];
    opened = [];
    content = Buffer.from('png');
    sent = 0;
    const lendingChanged = (_lender: unknown, { of }: { readonly of: string }): Promise<void> => {
      told.push(of);
      return Promise.resolve();
    };
    at = await talkAtSandbox({}, { loginPollMs: 5, ...settings }, { lendingChanged });
    const token = at.talk.rooms.create({ name: 'Square', owner: 'carol', members: ['alice', 'bob'] });
    at = { ...at, token, room: roomId(token) };
    reader = await new Reader(at.adapter, at.pulling, at.room).begin();
    await lendLogin(at, mia, 'bob');
    told = [];
  };
  const speaker = (): Speaker => ({
    ...requested(at, { kind: 'messageSent' } as MessageSent).request.speaker,
    as: 'own',
    otherwise: 'relay',
    person: mia,
    profile: { name: 'Mia' },
  });
  /** Answers what was made, also where not all of it was. */
  const send = async (
    files: readonly FileRef[],
    words = '',
    { adapter = at.adapter, ...more }: { adapter?: TalkAtSandbox['adapter']; made?: readonly Copy[] } = {},
  ): Promise<readonly Copy[]> => {
    const body = words === '' ? [] : fromPlain(words);
    const event: MessageSent = { ...happened, kind: 'messageSent', message, body, files, style: 'text' };
    const openFile = ({ name, mime }: FileRef): Promise<OpenedFile> => {
      opened.push(name);
      return Promise.resolve({ name, mime, bytes: content.length, body: inOne(content) });
    };
    const key = (part: number): DeliveryKey => keyOf(sent * 1000 + part);
    const { request, made } = requested(at, event, { speaker: speaker(), openFile, key, ...more });
    await adapter.deliver.messageSent.send(request, signal);
    sent += 1;
    return made;
  };
  const remove = (target: readonly Copy[]): Promise<void> => {
    const event: MessageDeleted = { ...happened, kind: 'messageDeleted', message, version: '3' };
    return at.adapter.deliver.messageDeleted.send(requested(at, event, { speaker: speaker(), target }).request, signal);
  };
  const edit = async (target: readonly Copy[], words: string, lost?: LostFiles): Promise<readonly Copy[]> => {
    const change = { kind: 'messageEdited', body: fromPlain(words), style: 'text', version: '2' } as const;
    const event: MessageEdited = { ...happened, ...change, message };
    const more = { speaker: speaker(), target, ...(lost === undefined ? {} : { lost }) };
    const asked = requested(at, event, more);
    await at.adapter.deliver.messageEdited.send(asked.request, signal);
    return asked.gone;
  };
  const rows = (): Record<string, unknown>[] =>
    at.talk.messages(at.token).filter(({ systemMessage }) => systemMessage === '');
  /** Who is seen to say what, and which file it shows. */
  const shown = (): (readonly [unknown, unknown, string | undefined])[] =>
    rows().map(({ actorId, message: text, messageParameters: parameters }) => [
      actorId,
      text,
      (parameters as { file?: { name: string } }).file?.name,
    ]);
  const kept = (user: string): string[] => at.talk.state.files.of(user).map(({ path }) => path);
  const fail = (method: string, path: string, status: number, body = ''): void => {
    at.talk.faults.add({ method, path, fault: { do: 'answer', status, body } });
  };
  /** What was read that the core would pass on. */
  const news = async (): Promise<string[]> => {
    await reader.read();
    return reader
      .results()
      .flatMap((result) => ('events' in result ? result.events : []))
      .filter(({ actor }) => actor.standing !== 'ours')
      .map(({ kind }) => kind);
  };

  afterEach(async () => {
    await at.close();
  });

  it('lie in their own attachments folder, are shared by them, and come back as ours', async () => {
    await open();
    await chooseFolder(at, 'bob', '/Mine/Chats');
    await send([picture, fileOf('b.png')], 'look at *this*');
    expect(shown()).toEqual([
      ['bob', String.raw`look at \*this\*`, 'a.png'],
      ['bob', '{file}', 'b.png'],
    ]);
    expect(kept('bob')).toEqual([
      expect.stringMatching(new RegExp(`^/Mine/Chats/Crosstalk/${at.token}/[0-9a-f]{16}/a.png$`)),
      expect.stringMatching(/b\.png$/),
    ]);
    expect(kept('alice')).toEqual([]);
    expect(await news()).toEqual([]);
    const echoes = reader.results().flatMap((result) => ('events' in result ? result.events : []));
    expect(echoes.map(({ key }) => key)).toEqual([keyOf(0), keyOf(firstFilePart + 1)]);
  });

  it('what was spoken is played as theirs', async () => {
    await open();
    await send([{ ...fileOf('a.mp3'), mime: 'audio/mpeg', voice: {} }]);
    expect(rows()).toMatchObject([{ actorId: 'bob', messageType: 'voice-message', message: '{file}' }]);
  });

  it('a large one goes in chunks of theirs', async () => {
    await open({ uploadChunkBytes: 1_000_000 });
    const asked: string[] = [];
    at.talk.faults.watch((method, path) => asked.push(`${method} ${path.split('/').slice(0, 5).join('/')}`));
    content = Buffer.alloc(1_000_001, 'film');
    await send([fileOf('film.mp4')], 'look');
    expect(asked.filter((each) => each.startsWith('PUT'))).toEqual(Array(2).fill('PUT /remote.php/dav/uploads/bob'));
    expect(shown()).toEqual([['bob', 'look', 'film.mp4']]);
    expect(at.talk.state.files.of('bob')).toMatchObject([{ data: { length: content.length } }]);
  });

  it('the caption is changed by them', async () => {
    await open();
    const made = await send([picture], 'look');
    await edit(made, 'look here');
    expect(shown()).toEqual([['bob', 'look here', 'a.png']]);
    expect(rows()).toMatchObject([{ lastEditActorId: 'bob' }]);
    expect(await news()).toEqual([]);
  });

  describe('where Nextcloud takes one of them not from them, our account shows that one', () => {
    it.each([
      ['their files are full', 'PUT', '/files/bob/.*/b.png$', 507],
      ['they may make no folder', 'MKCOL', '/files/bob/', 403],
      ['there is no such place', 'PUT', '/files/bob/.*/b.png$', 404],
      ['they may share nothing', 'POST', '/files_sharing/', 403],
      ['Talk knows them not to be there', 'POST', '/files_sharing/', 404],
      ['they have no Talk', 'GET', '/cloud/capabilities', 200],
    ])('%s', async (_, method, path, status) => {
      await open();
      const body = { ocs: { meta: { status: 'ok', statuscode: 200 }, data: { version, capabilities: {} } } };
      await send([picture], 'one');
      fail(method, path, status, status === 200 ? JSON.stringify(body) : '{}');
      await send([fileOf('b.png')], 'two');
      await send([fileOf('c.png')], 'three');
      expect(shown()).toEqual([
        ['bob', 'one', 'a.png'],
        ['alice', '**Mia** (Matrix): two', 'b.png'],
        ['bob', 'three', 'c.png'],
      ]);
      // Nothing is left of what was tried.
      expect(kept('bob').map((each) => each.slice(-5))).toEqual(['a.png', 'c.png']);
      expect(opened).toEqual(['a.png', 'b.png', 'b.png', 'c.png']);
      expect(told).toEqual([]);
    });

    it('and goes on with the others of the message as they began', async () => {
      await open();
      fail('PUT', '/files/bob/.*/b.png$', 507);
      await send([picture, fileOf('b.png'), fileOf('c.png')], 'three of them');
      expect(shown().map(([actor, , name]) => [actor, name])).toEqual([
        ['bob', 'a.png'],
        ['alice', 'b.png'],
        ['bob', 'c.png'],
      ]);
    });

    it('and where it takes it from nobody, a line tells of it', async () => {
      await open();
      at.talk.faults.add({ method: 'PUT', path: '/dav/', times: 2, fault: { do: 'answer', status: 507, body: '' } });
      await send([picture], 'look');
      expect(shown()).toEqual([
        ['bob', expect.stringContaining('has no room for it'), undefined],
        ['bob', 'look', undefined],
      ]);
    });
  });

  describe('nobody shows it a second time', () => {
    const found = async (): Promise<unknown> => {
      const event: MessageSent = {
        ...happened,
        kind: 'messageSent',
        message,
        body: [],
        files: [picture],
        style: 'text',
      };
      const { request } = requested(at, event, { speaker: speaker() });
      const uncertain = { ...request, partOf: (key: string) => (key === keyOf(0) ? 0 : undefined) };
      const [outcome] = await at.adapter.wasDone([uncertain], new Date(Date.now() - 60_000), signal);
      return outcome?.done;
    };

    it('where the answer is lost, and a look finds it', async () => {
      await open();
      at.talk.faults.add({ method: 'POST', path: '/files_sharing/', fault: { do: 'acceptThenDrop' } });
      await expect(send([picture])).rejects.toMatchObject({ failure: { certainty: 'unknownAfterDisconnect' } });
      expect(await found()).toMatchObject([{ part: 0, key: keyOf(0) }]);
      expect(shown()).toEqual([['bob', '{file}', 'a.png']]);
    });

    it('where it is shared and our account cannot see it yet', async () => {
      await open();
      fail('GET', `/chat/${at.token}`, 404, '{}');
      await expect(send([picture])).rejects.toMatchObject({ failure: { certainty: 'unknownAfterDisconnect' } });
      expect(shown()).toEqual([['bob', '{file}', 'a.png']]);
      expect(kept('bob')).toHaveLength(1);
    });

    it('where it was shared before, and that is refused in the language of whoever shares it', async () => {
      await open();
      const id = at.talk.post(at.token, 'bob', 'it stands here', { referenceId: keyOf(0) });
      const meta = { status: 'failure', statuscode: 403, message: 'Der Pfad wurde bereits geteilt' };
      fail('POST', '/files_sharing/', 403, JSON.stringify({ ocs: { meta, data: [] } }));
      expect(await send([picture])).toMatchObject([{ id: String(id) }]);
      expect(rows()).toHaveLength(1);
      expect(kept('bob')).toHaveLength(1);
    });

    it('while the server is away, after which they show it', async () => {
      await open();
      at.talk.faults.add({ method: 'PUT', path: '/dav/', fault: { do: 'drop' } });
      await expect(send([picture])).rejects.toMatchObject({ failure: { certainty: 'notSent', retry: 'later' } });
      await send([picture]);
      expect(shown()).toEqual([['bob', '{file}', 'a.png']]);
      expect(kept('bob')).toHaveLength(1);
    });
  });

  it('a login that the server takes no more ends the loan, and our account shows what is left', async () => {
    await open();
    const [first] = await send([picture], 'one');
    at.talk.accounts.revokeAppPassword('bob');
    await send([picture, fileOf('b.png')], 'two of them', { made: [first!] });
    expect(told).toEqual(['revoked']);
    expect(shown()).toEqual([
      ['bob', 'one', 'a.png'],
      ['alice', '**Mia** (Matrix): 📎 b.png', 'b.png'],
    ]);
  });

  it('stay our account’s where the settings want it so, and where they lent the login before they could be told', async () => {
    await open({ ownFiles: false });
    const now = at.make({ ownFiles: true });
    await now.connect(signal);
    await send([picture], 'one');
    await send([picture], 'two', { adapter: now });
    expect(shown().map(([actor]) => actor)).toEqual(['alice', 'alice']);
    await at.adapter.lending?.giveBack(mia, signal);
    await lendLogin(at, mia, 'bob', now);
    await send([picture], 'three', { adapter: now });
    expect(shown().at(-1)).toEqual(['bob', 'three', 'a.png']);
  });

  describe('that are deleted elsewhere', () => {
    it('go with their messages, by whoever shared them, also after a restart', async () => {
      await open();
      const made = await send([picture, fileOf('b.png')], 'look');
      at = { ...at, adapter: at.make() };
      await at.adapter.connect(signal);
      await remove(made);
      expect(rows().map(({ messageType }) => messageType)).toEqual(['comment_deleted', 'comment_deleted']);
      expect(kept('bob')).toEqual([]);
      expect(await news()).toEqual([]);
      // Once more, as after a crash.
      await remove(made);
    });

    it('go as well where only the message could be deleted before', async () => {
      await open();
      const made = await send([picture]);
      fail('DELETE', '/dav/files/bob/', 503);
      await expect(remove(made)).rejects.toThrow(NetworkUnavailable);
      expect(kept('bob')).toHaveLength(1);
      await remove(made);
      expect(kept('bob')).toEqual([]);
    });

    it('go as well where they chose another folder since, also after a restart', async () => {
      await open();
      const first = await send([picture], 'one');
      await chooseFolder(at, 'bob', '/Mine/Chats');
      const second = await send([picture], 'two');
      await chooseFolder(at, 'bob', '/Mine');
      at = { ...at, adapter: at.make() };
      await at.adapter.connect(signal);
      await remove(first);
      expect(kept('bob')).toEqual([expect.stringMatching(/^\/Mine\/Chats\//)]);
      await remove(second);
      expect(kept('bob')).toEqual([]);
    });

    it('go where they are in the room no more: our account deletes the message', async () => {
      await open();
      const made = await send([picture]);
      at.talk.rooms.promote(at.token, 'alice');
      at.talk.rooms.removeMember(at.token, 'bob', 'carol');
      await reader.read();
      await remove(made);
      expect(rows()).toMatchObject([{ messageType: 'comment_deleted' }]);
      expect(kept('bob')).toEqual([]);
    });

    it('stay in their files where the login is no more, and that is said; all else is done', async () => {
      await open();
      const made = await send([picture, fileOf('b.png')], 'look');
      await at.adapter.lending?.giveBack(mia, signal);
      at.talk.rooms.promote(at.token, 'alice');
      const failed = await remove(made).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(MessageRefused);
      expect(String(failed)).toContain('stays in the files of the user');
      expect(rows().map(({ messageType }) => messageType)).toEqual(['comment_deleted', 'comment_deleted']);
      expect(kept('bob')).toHaveLength(2);
    });

    it('stay theirs where they shared them in Talk itself', async () => {
      await open();
      const data = Buffer.from('x');
      const id = at.talk.shareFile(at.token, 'bob', { name: 'own.png', mimetype: 'image/png', data });
      await remove([copyOf(id)]);
      expect(kept('bob')).toEqual(['/own.png']);
    });
  });

  describe('of which one is taken away', () => {
    it('the file goes and its words stay; in the room that changes nothing elsewhere', async () => {
      await open();
      const made = await send([picture, fileOf('b.png')], 'look');
      await reader.read();
      const [words, other] = made;
      expect(await edit([words!], 'look', gone({}))).toEqual([]);
      expect(shown()[0]).toEqual(['bob', expect.stringContaining('no longer available'), undefined]);
      expect(await edit([words!], 'look', gone({ places: [1], apart: [other!] }))).toEqual([other]);
      expect(rows().at(-1)).toMatchObject({ messageType: 'comment_deleted' });
      expect(kept('bob')).toEqual([]);
      expect(await news()).toEqual([]);
    });

    it('a file that stays is told of, after the words were changed', async () => {
      await open();
      const made = await send([picture], 'look');
      await at.adapter.lending?.giveBack(mia, signal);
      at.talk.rooms.promote(at.token, 'alice');
      await expect(edit(made, 'look here', gone({ words: 'new' }))).rejects.toThrow(MessageRefused);
      expect(shown()).toEqual([['bob', 'look here', 'a.png']]);
    });
  });

  it('one that they delete in Nextcloud themselves is gone there alone: elsewhere it is still theirs', async () => {
    await open();
    await send([picture]);
    await reader.read();
    for (const path of kept('bob')) at.talk.state.files.delete('bob', path);
    expect(await news()).toEqual([]);
    expect(shown()).toEqual([['bob', expect.stringContaining('no longer available'), undefined]]);
  });
});

const version = { major: 32, minor: 0, micro: 1, string: '32.0.1', edition: '', extendedSupport: false };

async function* inOne(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content);
}
