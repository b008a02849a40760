import { openSetup, SocketClient, until, type Setup } from './slack-setup.js';

describe('files on the sandbox Slack server', () => {
  let setup: Setup;
  let client: SocketClient;

  beforeEach(async () => {
    setup = await openSetup();
    client = await SocketClient.open(setup);
  });

  afterEach(async () => {
    client.close();
    await setup.close();
  });

  interface Shown {
    readonly id: string;
    readonly url_private_download: string;
    readonly url_private: string;
  }

  const upload = async (fields: Readonly<Record<string, unknown>> = {}) => {
    const begun = await setup.call('files.getUploadURLExternal', { filename: 'cat.png', length: 3 });
    const sent = await fetch(String(begun['upload_url']), { method: 'POST', body: 'cat' });
    expect([sent.status, await sent.text()]).toEqual([200, 'OK - 3']);
    const files = [{ id: begun['file_id'], title: 'A cat' }];
    return {
      id: String(begun['file_id']),
      answer: await setup.call('files.completeUploadExternal', { files, ...fields }),
    };
  };
  const download = (url: string, token = setup.app.botToken) =>
    fetch(url, { headers: { authorization: `Bearer ${token}` }, redirect: 'manual' });

  test('an upload is shown in its channel some time after the answer, and told by an event', async () => {
    const key = 'k'.repeat(46);
    const blocks = [
      {
        type: 'rich_text',
        block_id: key,
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'look' }] }],
      },
    ];
    const { id, answer } = await upload({ channel_id: setup.channel, blocks, username: 'Anna (Talk)' });
    expect(answer).toMatchObject({ ok: true, files: [{ id, title: 'A cat', name: 'cat.png', mimetype: 'image/png' }] });
    await until(() => client.events.length === 1);
    expect(client.events[0]).toMatchObject({
      type: 'message',
      subtype: 'file_share',
      username: 'Anna (Talk)',
      bot_id: setup.app.botId,
      text: 'look',
      blocks: [{ block_id: key }],
      files: [{ id, size: 3, mode: 'hosted', file_access: 'visible' }],
    });
    const ts = client.events[0]!['ts'];
    expect(await setup.call('files.info', { file: id })).toMatchObject({
      file: { id, shares: { public: { [setup.channel]: [{ ts, channel_name: 'team' }] } }, channels: [setup.channel] },
    });
    expect(setup.sandbox.ledger.entries(setup.channel).at(-1)).toMatchObject({ id: ts, kind: 'message', key });
  });

  test('a comment takes the place of blocks; a thread takes the file', async () => {
    const root = setup.sandbox.post(setup.channel, setup.ann, 'show me');
    await upload({
      channel_id: setup.channel,
      thread_ts: root,
      initial_comment: 'here',
      blocks: [{ type: 'divider' }],
    });
    await until(() => client.events.length === 2);
    expect(client.events[1]).toMatchObject({ text: 'here', thread_ts: root, blocks: [{ type: 'rich_text' }] });
  });

  test('without a channel a file is nobody else’s', async () => {
    const { id, answer } = await upload();
    expect(answer['ok']).toBe(true);
    expect(await setup.call('files.info', { file: id })).toMatchObject({ file: { channels: [] } });
  });

  test('what never came cannot be completed, nor where the app is not', async () => {
    const { file_id: id } = await setup.call('files.getUploadURLExternal', { filename: 'a.txt', length: 1 });
    const complete = (channel: string) =>
      setup.call('files.completeUploadExternal', { files: [{ id }], channel_id: channel });
    expect(await complete(setup.channel)).toMatchObject({ error: 'file_not_found' });
    expect(await complete('C0NOWHERE00')).toMatchObject({ error: 'channel_not_found' });
    expect(await setup.call('files.getUploadURLExternal', { filename: 'a.txt', length: 0 })).toMatchObject({
      error: 'missing_argument',
    });
    expect((await fetch(`${setup.url}/upload/v1/unknown`, { method: 'POST', body: 'x' })).status).toBe(404);
  });

  test('a file comes back to who may read it; others are led to a page, which is answered with 200', async () => {
    const file = { name: 'note.txt', bytes: Buffer.from('remember') };
    const ts = setup.sandbox.post(setup.channel, setup.ann, 'mine', { files: [file] });
    const [shown] = setup.sandbox.messages(setup.channel).at(-1)!['files'] as [Shown];
    await until(() => client.events.length === 1);
    expect(client.events[0]).toMatchObject({ ts, subtype: 'file_share', user: setup.ann, files: [{ id: shown.id }] });
    const good = await download(shown.url_private_download);
    expect([good.status, good.headers.get('content-type'), await good.text()]).toEqual([200, 'text/plain', 'remember']);
    expect((await download(shown.url_private)).status).toBe(200);
    const bad = await download(shown.url_private_download, 'xoxb-wrong');
    expect(bad.status).toBe(302);
    const page = await fetch(bad.headers.get('location')!);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });

  test('a deleted file is a stone in its message, and takes a message along that shows nothing else', async () => {
    const files = [{ name: 'a.txt', bytes: Buffer.from('a') }];
    setup.sandbox.post(setup.channel, setup.ann, 'with words', { files });
    setup.sandbox.post(setup.channel, setup.ann, '', { files });
    for (const message of setup.sandbox.messages(setup.channel).slice(-2)) {
      setup.sandbox.deleteFile((message['files'] as Shown[])[0]!.id);
    }
    await until(() => client.events.length === 4);
    expect(client.events.slice(2)).toMatchObject([
      { subtype: 'message_changed', message: { text: 'with words', files: [{ mode: 'tombstone' }] } },
      { subtype: 'message_deleted', previous_message: { text: '' } },
    ]);
  });

  test('an app deletes its own files alone', async () => {
    const { id } = await upload({ channel_id: setup.channel });
    expect(await setup.call('files.delete', { file: id })).toEqual({ ok: true });
    expect(await setup.call('files.delete', { file: id })).toMatchObject({ error: 'file_deleted' });
    expect(await setup.call('files.info', { file: id })).toMatchObject({ error: 'file_deleted' });
    setup.sandbox.post(setup.channel, setup.ann, '', { files: [{ name: 'b.txt', bytes: Buffer.from('b') }] });
    const [other] = setup.sandbox.messages(setup.channel).at(-1)!['files'] as [Shown];
    expect(await setup.call('files.delete', { file: other.id })).toMatchObject({ error: 'cant_delete_file' });
    expect(await setup.call('files.info', { file: 'F0NOWHERE00' })).toMatchObject({ error: 'file_not_found' });
  });

  test('a form with parts is an upload too', async () => {
    const { upload_url: url, file_id: id } = await setup.call('files.getUploadURLExternal', {
      filename: 'a.bin',
      length: 4,
    });
    const form = new FormData();
    form.set('file', new Blob([Buffer.from([0, 13, 10, 255])]), 'a.bin');
    expect(await (await fetch(String(url), { method: 'POST', body: form })).text()).toBe('OK - 4');
    const { files } = await setup.call('files.completeUploadExternal', { files: [{ id }] });
    const [shown] = files as [Shown];
    const bytes = Buffer.from(await (await download(shown.url_private_download)).arrayBuffer());
    expect([...bytes]).toEqual([0, 13, 10, 255]);
  });
});
