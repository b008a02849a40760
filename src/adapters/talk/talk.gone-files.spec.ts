import { Reader, type TalkAtSandbox, talkAtSandbox, textIn } from '../../../test/contract/talk-at-sandbox.js';

/** Bob shares files in Alice's room, and deletes them; her account reads. */
describe('files of Talk that are there no more', () => {
  let at: TalkAtSandbox;
  let reader: Reader;

  beforeEach(async () => {
    at = await talkAtSandbox();
    reader = await new Reader(at.adapter, at.pulling, at.room).begin();
  });

  afterEach(async () => {
    await at.close();
  });

  const share = (name: string, caption = ''): string =>
    String(at.talk.shareFile(at.token, 'bob', { name, mimetype: 'image/png', data: Buffer.from('x'), caption }));
  const remove = async (path: string): Promise<void> => {
    const authorization = `Basic ${Buffer.from(`bob:${at.talk.accounts.issueAppPassword('bob')}`).toString('base64')}`;
    const url = `${at.url}/remote.php/dav/files/bob/${path}`;
    expect((await fetch(url, { method: 'DELETE', headers: { authorization } })).status).toBe(204);
  };
  const told = (): unknown[] =>
    reader.results().flatMap((result): unknown[] =>
      'ignored' in result
        ? [result.ignored]
        : result.events.map((event): unknown => {
            if (event.kind === 'messageSent') return ['sent', event.message.id, event.files.map(({ name }) => name)];
            if (event.kind === 'messageEdited')
              return ['edited', event.message.id, event.filesGone, textIn(event.body)];
            return 'message' in event ? [event.kind, event.message.id] : [event.kind];
          }),
    );

  it('are told once, as the end of their message or, where something was said with them, of the file', async () => {
    const [bare, said] = [share('a.png'), share('b.png', 'look at *this*')];
    await reader.read();
    await remove('a.png');
    await remove('b.png');
    await reader.read();
    await reader.read();
    expect(told()).toEqual([
      ['sent', bare, ['a.png']],
      ['sent', said, ['b.png']],
      ['messageDeleted', bare],
      ['edited', said, [0], 'look at this'],
    ]);
    // Whoever reads on from here, after a restart for example, tells the same: the inbox knows it by its key.
    const other = at.make();
    await other.connect(new AbortController().signal);
    const restarted = new Reader(other, other.pulling, at.room).beginAt(reader.cursor);
    await restarted.read();
    expect([...restarted.kept.keys()].filter((key) => !reader.kept.has(key))).toEqual([]);
  });

  it('are told by who begins to read after a restart, though the message is read once more', async () => {
    const bare = share('a.png');
    await reader.read();
    await remove('a.png');
    const other = at.make();
    await other.connect(new AbortController().signal);
    const restarted = new Reader(other, other.pulling, at.room).beginAt(reader.cursor);
    await restarted.read();
    for (const [key, payload] of restarted.kept) if (!reader.kept.has(key)) reader.kept.set(key, payload);
    expect(told()).toEqual([
      ['sent', bare, ['a.png']],
      ['messageDeleted', bare],
    ]);
  });

  it('are told again where it is not known that it was stored, and say what they are about: gone before, they are nobody’s loss', async () => {
    const bare = share('a.png');
    await remove('a.png');
    const from = reader.cursor;
    await reader.read();
    const about = (): unknown[] => [...reader.kept.values()].map((payload) => payload.about);
    expect(about()).toEqual([undefined, `${at.token}/${bare}`]);
    reader.kept.clear();
    await reader.beginAt(from).read();
    expect(about()).toEqual([undefined, `${at.token}/${bare}`]);
    reader.kept.clear();
    await reader.read();
    expect(about()).toEqual([`${at.token}/${bare}`]);
  });

  it('are not to be mistaken for what people say, nor for messages that were deleted', async () => {
    at.talk.post(at.token, 'bob', '*Bob shared a file which is no longer available*');
    const deleted = at.talk.post(at.token, 'bob', 'soon gone');
    at.talk.remove(at.token, 'bob', deleted);
    await reader.read();
    await reader.read();
    expect(told().filter((each) => !Array.isArray(each) || each[0] === 'edited')).toEqual(['comment_deleted']);
  });
});
