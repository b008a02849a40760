import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capabilitiesAnswer, ExchangeServer } from '../../../test/talk-api/exchange-server.js';
import { accountId } from '../../model/ids.js';
import { WordsRefused } from '../../model/network-definition.js';
import { silentLog } from '../../observability/log.js';
import { systemClock } from '../../workers/system-clock.js';
import { talkCommand } from './talk.command.js';
import { talkSettings } from './talk.settings.js';

describe('talk.command', () => {
  const server = new ExchangeServer();
  let url: string;
  let folder: string;

  const run = async (...words: string[]): Promise<unknown> => {
    const settings = talkSettings.parse({ url, user: 'alice', password: 'app-password' });
    const { signal } = new AbortController();
    const call = {
      words,
      folder,
      clock: systemClock,
      log: silentLog,
      signal,
      withStore: () => Promise.reject(new Error('it remembers nothing')),
    };
    return JSON.parse(await talkCommand.run(accountId('home'), settings, call)) as unknown;
  };

  beforeAll(async () => {
    url = await server.start();
    folder = await mkdtemp(join(tmpdir(), 'talk-command-'));
  });

  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  beforeEach(() => {
    server.forget();
  });

  it('prints the answer with its status and headers', async () => {
    server.answer({ status: 201, headers: { 'x-chat-last-common-read': '3' }, data: null });
    expect(await run('chat', 'send', 'token=t1t1', 'message=Hello')).toEqual({
      status: 201,
      headers: { lastCommonRead: 3, contentType: 'application/json; charset=utf-8' },
      data: null,
    });
    expect(server.arrived).toMatchObject([{ method: 'POST', path: '/ocs/v2.php/apps/spreed/api/v1/chat/t1t1' }]);
  });

  it('sends a file, and says so where it cannot be read', async () => {
    await writeFile(join(folder, 'a.png'), 'pixels');
    server.answer(capabilitiesAnswer(['avatar']), { status: 200, data: { token: 't1t1', type: 2 } });
    await run('avatars', 'upload', 'token=t1t1', 'file=a.png');
    expect(server.arrived[1]!.body.toString('utf8')).toContain(
      'filename="a.png"\r\nContent-Type: image/png\r\n\r\npixels',
    );
    const refused = run('avatars', 'upload', 'token=t1t1', 'file=b.png');
    await expect(refused).rejects.toBeInstanceOf(WordsRefused);
    await expect(refused).rejects.toThrow('b.png cannot be read: ENOENT.');
  });

  it('prints bytes as text where they are, else in base64', async () => {
    server.answer({ status: 200, headers: { 'content-type': 'text/plain' }, text: 'notes' });
    server.answer({ status: 200, headers: { 'content-type': 'image/png' }, text: 'pixels' });
    const path = ['user=alice', 'path=Talk/a.txt'];
    expect(await run('files', 'download', ...path)).toMatchObject({ data: 'notes' });
    expect(await run('files', 'download', ...path)).toMatchObject({ data: { bytes: 6, base64: 'cGl4ZWxz' } });
  });

  it('a refusal is told with its status and reason', async () => {
    server.answer(capabilitiesAnswer(['edit-messages']), { status: 403, data: { error: 'permission' } });
    await expect(run('chat', 'edit', 'token=t1t1', 'messageId=7', 'message=x')).rejects.toThrow(
      'chat.edit: 403 permission',
    );
  });

  it('what the server cannot is not asked', async () => {
    server.answer(capabilitiesAnswer([]));
    await expect(run('chat', 'pin', 'token=t1t1', 'messageId=7')).rejects.toThrow(
      'needs the capability "pinned-messages"',
    );
    expect(server.arrived).toHaveLength(1);
  });
});
