import { Reader, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { TargetGone } from '../../model/errors.js';
import { accountId, userId } from '../../model/ids.js';

const signal = new AbortController().signal;

describe('talk.profiles', () => {
  let at: TalkAtSandbox;

  beforeEach(async () => {
    at = await talkAtSandbox();
    at.talk.accounts.add({ id: 'dora', displayName: 'Dora Díaz' });
    at.talk.rooms.addMember(at.token, 'dora');
  });

  afterEach(async () => {
    await at.close();
  });

  it('a room has its name, its topic, and no picture that the server drew', async () => {
    expect(await at.adapter.describeRoom(at.room, signal)).toEqual({ name: 'Team' });
  });

  it('a person has the name that they spoke under, else their id', async () => {
    expect(await at.adapter.describeUser(userId('users/dora'), signal)).toEqual({ name: 'dora' });
    const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
    at.talk.post(at.token, 'dora', 'hello');
    await reader.read();
    expect(await at.adapter.describeUser(userId('users/dora'), signal)).toEqual({ name: 'Dora Díaz' });
    expect(await at.adapter.describeUser(userId('guests/abc'), signal)).toEqual({ name: 'abc' });
    expect(await at.adapter.describeUser(userId('users/nobody'), signal)).toEqual({ name: 'nobody' });
  });

  it('a picture of one’s own has a version and is streamed', async () => {
    const headers = { 'x-nc-iscustomavatar': '1', etag: '"v2"', 'content-type': 'image/png' };
    at.talk.faults.add({
      path: '/avatar/dora/512',
      times: 2,
      fault: { do: 'answer', status: 200, headers, body: 'PNG' },
    });
    const { avatar } = await at.adapter.describeUser(userId('users/dora'), signal);
    if (avatar === undefined) throw new Error('no picture');
    expect(avatar).toMatchObject({ version: '"v2"', file: { id: 'user-avatar/dora' } });
    const stream = await at.adapter.openFile(avatar.file, signal);
    expect(stream.mime).toBe('image/png');
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream.body) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('PNG');
  });

  it('what is not ours to open is gone', async () => {
    const file = { account: accountId('home'), id: 'user-avatar/nobody', name: '', mime: '' };
    await expect(at.adapter.openFile(file, signal)).rejects.toBeInstanceOf(TargetGone);
    await expect(at.adapter.openFile({ ...file, id: '../../etc/passwd' }, signal)).rejects.toBeInstanceOf(TargetGone);
  });
});
