import type { MessageSent } from '../../model/bridge-event.js';
import { accountId, type FileRef, remoteId, roomId } from '../../model/ids.js';
import type { OpenedFile } from '../../model/network-adapter.js';
import { type TalkAtSandbox, talkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { happened, requested } from '../../../test/contract/talk-requests.js';

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

  const send = async (files: readonly FileRef[], mime: string): Promise<Record<string, unknown>> => {
    const message = { room: { account: accountId('elsewhere'), id: roomId('r') }, id: remoteId('1') };
    const event: MessageSent = { ...happened, kind: 'messageSent', message, body: [], files, style: 'text' };
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

  it('a repetition after a broken upload writes the same file', async () => {
    at.talk.faults.add({ method: 'PUT', path: '/remote.php/dav/', fault: { do: 'acceptThenDrop' } });
    await expect(send([file], 'audio/mpeg')).rejects.toMatchObject({ failure: { certainty: 'notSent' } });
    expect(await send([file], 'audio/mpeg')).toMatchObject({ messageParameters: { file: { name: 'a.mp3' } } });
  });
});

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('ID3'));
}
