import { talkAtSandbox, Reader, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { copyOf, happened, keyOf, message, requested } from '../../../test/contract/talk-requests.js';
import { fromPlain } from '../../formatting/plain.js';
import type { MessageDeleted, MessageEdited, MessageSent, ReactionAdded } from '../../model/bridge-event.js';
import { roomId, userId } from '../../model/ids.js';
import type { Copy, Speaker } from '../../model/network-adapter.js';

const signal = new AbortController().signal;

describe('BridgeBot', () => {
  let at: TalkAtSandbox;
  let parts = 0;

  const said = (text: string): MessageSent => ({
    ...happened,
    kind: 'messageSent',
    message,
    body: fromPlain(text),
    files: [],
    style: 'text',
  });
  const speaker = (name: string): Speaker => ({
    ...requested(at, said('')).request.speaker,
    as: 'bridged',
    person: { ...happened.actor, id: userId(`@${name}:there`), name },
    profile: { name },
  });
  const say = async (name: string, text: string, more: object = {}): Promise<number> => {
    const number = (parts += 1);
    const key = (part: number) => keyOf(number * 10 + part);
    const { request, made } = requested(at, said(text), { speaker: speaker(name), key, ...more });
    await at.adapter.deliver.messageSent.send(request, signal);
    return Number(made[0]?.id);
  };
  const rows = (): readonly Record<string, unknown>[] => at.talk.messages(at.token);
  const last = (): Record<string, unknown> | undefined => rows().at(-1);
  const open = async (type: 'public' | 'group' = 'public', password?: string): Promise<void> => {
    const sandbox = await talkAtSandbox();
    const adapter = sandbox.make({ bridgeBotPassword: password ?? sandbox.talk.issueAppPassword('bridge-bot') });
    await adapter.connect(signal);
    // It may not delete what others wrote: only the one who said it.
    const token = sandbox.talk.createRoom({ name: 'Square', owner: 'bob', members: ['alice', 'carol'], type });
    at = { ...sandbox, adapter, token, room: roomId(token) };
  };

  afterEach(async () => {
    await at.close();
  });

  it('speaks under the name of whoever it is, in public rooms, where somebody asks for it', async () => {
    await open();
    expect((await at.adapter.capabilities(at.room)).speakers).toEqual(['guest', 'relay', 'bridged']);
    await say('Mia', 'hello');
    expect(last()).toMatchObject({ actorType: 'bridged', actorDisplayName: 'Mia (Matrix)', message: 'hello' });
    await say('N/oah "the man"', 'hello too');
    expect(last()).toMatchObject({ actorDisplayName: 'N⁄oah ”the man” (Matrix)', message: 'hello too' });
  });

  it('what it does comes back as our own', async () => {
    await open();
    const reader = await new Reader(at.adapter, at.adapter.pulling, at.room).begin();
    await say('Mia', 'hello');
    await reader.read();
    const events = reader.results().flatMap((result) => ('events' in result ? result.events : []));
    expect(events.map((event) => event.actor.standing)).toEqual(['ours']);
  });

  it('changes and deletes what it said, though our account moderates nothing', async () => {
    await open();
    const id = await say('Mia', 'helo');
    const edited: MessageEdited = {
      ...happened,
      kind: 'messageEdited',
      message,
      body: fromPlain('hello'),
      style: 'text',
      version: '2',
    };
    const target: Copy[] = [copyOf(id)];
    const { request } = requested(at, edited, { speaker: speaker('Mia'), target });
    await at.adapter.deliver.messageEdited.send(request, signal);
    expect(rows().find((row) => row['id'] === id)).toMatchObject({ message: 'hello' });
    const look = { ...request, partOf: () => undefined };
    expect(await at.adapter.wasDone([look], new Date(Date.now() - 60_000), signal)).toMatchObject([
      { done: 'alreadySo' },
    ]);
    const deleted: MessageDeleted = { ...happened, kind: 'messageDeleted', message, version: '3' };
    const removal = requested(at, deleted, { speaker: speaker('Mia'), target }).request;
    await at.adapter.deliver.messageDeleted.send(removal, signal);
    expect(rows().find((row) => row['id'] === id)).toMatchObject({ messageType: 'comment_deleted' });
  });

  it('nobody can quote it: an answer to it has a short quote in its text', async () => {
    await open();
    const id = await say('Mia', 'shall we?');
    await say('Noah', 'yes', { replyTo: copyOf(id) });
    expect(last()).toMatchObject({ actorDisplayName: 'Noah (Matrix)', message: '> Mia (Matrix): shall we?\n\nyes' });
  });

  it('reacts as one for all', async () => {
    await open();
    const id = at.talk.post(at.token, 'bob', 'look');
    const event: ReactionAdded = { ...happened, kind: 'reactionAdded', message, emoji: '👍', version: '1' };
    const asked = requested(at, event, { speaker: speaker('Mia'), target: [copyOf(id)] });
    await at.adapter.deliver.reactionAdded.send(asked.request, signal);
    expect(asked.made).toEqual([{ part: 0, id: '👍 bridged/bridge-bot' }]);
    expect(at.talk.reactionsTo(at.token, id)).toEqual([{ user: 'bridge-bot', emoji: '👍' }]);
  });

  it('a room that is not open to it has none, and the account speaks there', async () => {
    await open('group');
    expect((await at.adapter.capabilities(at.room)).speakers).toEqual(['relay']);
    await say('Mia', 'hello');
    expect(last()).toMatchObject({ actorId: 'alice', message: '**Mia** (Matrix): hello' });
  });

  it('a wrong password closes nothing: the account speaks', async () => {
    await open('public', 'wrong');
    await say('Mia', 'hello');
    expect(last()).toMatchObject({ actorId: 'alice', message: '**Mia** (Matrix): hello' });
  });
});
