import { Reader, resultOf, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { messagesIn } from '../../../test/contract/network-adapter.contract.js';
import { NetworkUnavailable, TargetGone } from '../../model/errors.js';
import type { FileRef } from '../../model/ids.js';

const signal = new AbortController().signal;
const bobsFiles = '/remote.php/dav/files/bob';

describe('talk.downloads', () => {
  let at: TalkAtSandbox;
  let bob: string;

  beforeEach(async () => {
    at = await talkAtSandbox();
    bob = `Basic ${Buffer.from(`bob:${at.talk.accounts.issueAppPassword('bob')}`).toString('base64')}`;
  });

  afterEach(async () => {
    await at.close();
  });

  /** Bob shares a file with the room; how the room's message names it. */
  const shared = async (name: string, content: string): Promise<FileRef> => {
    const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
    at.talk.shareFile(at.token, 'bob', { name, mimetype: 'text/plain', data: Buffer.from(content) });
    await reader.read();
    const events = messagesIn(
      [...reader.kept.values()].map((each) => ({ key: each.key, result: resultOf(at.adapter, each) })),
    );
    const [file] = events.flatMap(({ files }) => files);
    if (file === undefined) throw new Error('no file arrived');
    return file;
  };
  const askAsBob = (method: string, path: string, body?: string): Promise<Response> =>
    fetch(at.url + bobsFiles + path, {
      method,
      headers: { authorization: bob },
      ...(body === undefined ? {} : { body }),
    });
  const read = async (file: FileRef, first?: number): Promise<string> => {
    const { body } = await at.adapter.openFile(file, signal, ...(first === undefined ? [] : [{ first }]));
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };

  it('a file is read by its path, whole or a part of it', async () => {
    const file = await shared('plan (final) & more #2.txt', 'for everybody');
    expect(await read(file)).toBe('for everybody');
    expect(await read(file, 4)).toBe('everybody');
  });

  it('another file at the same path is not the one that the message showed', async () => {
    const file = await shared('plan.txt', 'for everybody');
    const path = file.id.slice(file.id.indexOf('/', 'file/'.length));
    await askAsBob('DELETE', '/plan.txt');
    // What the account puts there itself stands at the very path.
    const alice = `Basic ${Buffer.from(`alice:${at.talk.accounts.issueAppPassword('alice')}`).toString('base64')}`;
    const files = `${at.url}/remote.php/dav/files/alice`;
    const there = files + path;
    const headers = { authorization: alice };
    await fetch(`${files}/Talk`, { method: 'MKCOL', headers });
    expect((await fetch(there, { method: 'PUT', headers, body: 'for the board' })).status).toBe(201);
    expect(await (await fetch(there, { headers })).text()).toBe('for the board');
    await expect(read(file)).rejects.toBeInstanceOf(TargetGone);
    await expect(read(file, 4)).rejects.toBeInstanceOf(TargetGone);
  });

  it('nor is one that takes its place between the look and the reading', async () => {
    const file = await shared('plan.txt', 'for everybody');
    at.talk.faults.add({ method: 'GET', path: '/dav/files/alice/', fault: { do: 'answer', status: 412, body: '' } });
    const error: unknown = await read(file).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NetworkUnavailable);
    expect((error as NetworkUnavailable).failure).toMatchObject({ retry: 'later', certainty: 'notSent' });
    expect(await read(file)).toBe('for everybody');
  });

  it('what its owner wrote into it since is what it is now', async () => {
    const file = await shared('plan.txt', 'for everybody');
    await askAsBob('PUT', '/plan.txt', 'for everybody, and newer');
    expect(await read(file)).toBe('for everybody, and newer');
  });

  it('one that is not shared any more is gone', async () => {
    const file = await shared('plan.txt', 'for everybody');
    await askAsBob('DELETE', '/plan.txt');
    await expect(read(file)).rejects.toBeInstanceOf(TargetGone);
  });
});
