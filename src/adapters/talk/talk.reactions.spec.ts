import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { copyOf, happened, message, requested } from '../../../test/contract/talk-requests.js';
import type { ReactionAdded, ReactionRemoved } from '../../model/bridge-event.js';
import { MessageRefused, RoomClosed, TargetGone } from '../../model/errors.js';
import { remoteId } from '../../model/ids.js';
import type { Copy } from '../../model/network-adapter.js';

const signal = new AbortController().signal;

describe('talk.reactions', () => {
  let at: TalkAtSandbox;
  let target: Copy[];

  const add = async (emoji: string, on: readonly Copy[] = target): Promise<readonly Copy[]> => {
    const event: ReactionAdded = { ...happened, kind: 'reactionAdded', message, emoji, version: '2' };
    const { request, made } = requested(at, event, { target: on });
    await at.adapter.deliver.reactionAdded.send(request, signal);
    return made;
  };
  const remove = async (emoji: string | undefined, reaction?: Copy): Promise<void> => {
    const event: ReactionRemoved = {
      ...happened,
      kind: 'reactionRemoved',
      message,
      version: '3',
      ...(emoji === undefined ? {} : { emoji }),
    };
    const { request } = requested(at, event, { target, ...(reaction === undefined ? {} : { reaction }) });
    await at.adapter.deliver.reactionRemoved.send(request, signal);
  };
  const reactions = (): unknown =>
    at.talk.messages(at.token, 'alice').find((row) => row['id'] === Number(target[0]?.id))?.['reactions'];

  beforeEach(async () => {
    at = await talkAtSandbox();
    target = [copyOf(at.talk.post(at.token, 'bob', 'react to me'))];
  });

  afterEach(async () => {
    await at.close();
  });

  it('is made by our account on the first part, and its id is the emoji', async () => {
    const second = copyOf(at.talk.post(at.token, 'bob', 'and to me'), 1);
    expect(await add('👍', [...target, second])).toEqual([{ part: 0, id: '👍' }]);
    expect(reactions()).toEqual({ '👍': 1 });
  });

  it('once more changes nothing and is told all the same', async () => {
    await add('👍');
    expect(await add('👍')).toEqual([{ part: 0, id: '👍' }]);
    expect(reactions()).toEqual({ '👍': 1 });
  });

  it('an emoji is the same however its writer qualified it', async () => {
    expect(await add('❤')).toEqual([{ part: 0, id: '❤️' }]);
    await remove('❤');
    expect(reactions()).toEqual({});
  });

  it.each(['lol', '👍👎', ':party:', ''])('%j is refused: it is no emoji', async (text) => {
    await expect(add(text)).rejects.toBeInstanceOf(MessageRefused);
    expect(at.talk.ledger.entries(at.token).filter(({ kind }) => kind === 'reaction')).toEqual([]);
  });

  it('a message that is gone takes none; the room stays open', async () => {
    await expect(add('👍', [copyOf(999_999)])).rejects.toBeInstanceOf(TargetGone);
    at.talk.remove(at.token, 'bob', Number(target[0]?.id));
    await expect(add('👍')).rejects.toBeInstanceOf(TargetGone);
    await remove('👍');
  });

  it('taking it back takes what was made, by its id or by its emoji; what is gone already is as it should be', async () => {
    await add('🎉');
    await add('👍');
    await remove('👎', { part: 0, id: remoteId('🎉') });
    expect(reactions()).toEqual({ '👍': 1 });
    await remove('👍');
    await remove('👍');
    expect(reactions()).toEqual({});
  });

  it('what others reacted stays', async () => {
    at.talk.react(at.token, 'carol', Number(target[0]?.id), '👍');
    await add('👍');
    await remove('👍');
    expect(reactions()).toEqual({ '👍': 1 });
  });

  it('a room where our account may not chat is closed; one where it may not react alone is not', async () => {
    const react = `/v1/reaction/${at.token}/`;
    const refused = { do: 'answer', status: 403, body: '{"ocs":{"meta":{"statuscode":403},"data":[]}}' } as const;
    at.talk.faults.add({ path: react, fault: refused });
    await expect(add('👍')).rejects.toBeInstanceOf(MessageRefused);
    at.talk.rooms.setReadOnly(at.token, true);
    await expect(add('👍')).rejects.toMatchObject({ reason: 'readOnly' });
    at.talk.rooms.setReadOnly(at.token, false);
    at.talk.rooms.removeMember(at.token, 'alice', 'bob');
    await expect(add('👍')).rejects.toBeInstanceOf(RoomClosed);
  });

  it('the room says that it takes emoji, as long as the server knows reactions', async () => {
    expect(await at.adapter.capabilities(at.room)).toMatchObject({ reactions: 'emoji' });
  });
});
