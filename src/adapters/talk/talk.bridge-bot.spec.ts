import { talkAtSandbox, Reader, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { copyOf } from '../../../test/contract/talk-requests.js';
import { speechAt } from '../../../test/contract/talk-speech.js';
import { roomId } from '../../model/ids.js';

const signal = new AbortController().signal;

describe('BridgeBot', () => {
  let at: TalkAtSandbox;
  let nowMs: number;
  let joins: number;

  const { person, say, editing, remove, react, row, rows, last } = speechAt(() => at, 'bridged');
  const open = async (type: 'public' | 'group' = 'public', password?: string): Promise<void> => {
    nowMs = Date.now();
    joins = 0;
    const sandbox = await talkAtSandbox({ clock: () => nowMs });
    const adapter = sandbox.make({
      bridgeBotPassword: password ?? sandbox.talk.accounts.issueAppPassword('bridge-bot'),
    });
    await adapter.connect(signal);
    // It may not delete what others wrote: only the one who said it.
    const token = sandbox.talk.rooms.create({ name: 'Square', owner: 'bob', members: ['alice', 'carol'], type });
    at = { ...sandbox, adapter, token, room: roomId(token) };
    sandbox.talk.faults.watch((method, path) => {
      if (method === 'POST' && path.endsWith('/participants/active')) joins += 1;
    });
  };

  afterEach(async () => {
    await at.close();
  });

  it('speaks under the name of whoever it is, in public rooms, where somebody asks for it', async () => {
    await open();
    expect((await at.adapter.capabilities(at.room)).speakers).toEqual(['guest', 'relay', 'bridged']);
    await say(person('Mia'), 'hello');
    expect(last()).toMatchObject({ actorType: 'bridged', actorDisplayName: 'Mia (Matrix)', message: 'hello' });
    await say(person('N/oah "the man"'), 'hello too');
    expect(last()).toMatchObject({ actorDisplayName: 'N⁄oah ”the man” (Matrix)', message: 'hello too' });
  });

  it('it comes in once, and again where the server dropped it meanwhile: each message is said once', async () => {
    await open();
    await say(person('Mia'), 'one');
    await say(person('Mia'), 'two');
    expect(joins).toBe(1);
    nowMs += 101_000;
    at.talk.rooms.participants(at.token);
    await say(person('Mia'), 'three');
    expect(joins).toBe(2);
    expect(rows().flatMap((row) => (row['actorType'] === 'bridged' ? [row['message']] : []))).toEqual([
      'one',
      'two',
      'three',
    ]);
  });

  it('a room that does not let it in is not asked again and again', async () => {
    await open();
    await at.adapter.capabilities(at.room);
    at.talk.rooms.setPublic(at.token, false);
    await say(person('Mia'), 'one');
    await say(person('Mia'), 'two');
    expect(joins).toBe(1);
    expect(last()).toMatchObject({ actorId: 'alice', message: '**Mia** (Matrix): two' });
  });

  it('what it does comes back as our own', async () => {
    await open();
    const reader = await new Reader(at.adapter, at.adapter.pulling, at.room).begin();
    await say(person('Mia'), 'hello');
    await reader.read();
    const events = reader.results().flatMap((result) => ('events' in result ? result.events : []));
    expect(events.map((event) => event.actor.standing)).toEqual(['ours']);
  });

  it('changes and deletes what it said, though our account moderates nothing', async () => {
    await open();
    const id = await say(person('Mia'), 'helo');
    const request = editing(person('Mia'), id, 'hello');
    await at.adapter.deliver.messageEdited.send(request, signal);
    expect(row(id)).toMatchObject({ message: 'hello' });
    const look = { ...request, partOf: () => undefined };
    expect(await at.adapter.wasDone([look], new Date(Date.now() - 60_000), signal)).toMatchObject([
      { done: 'alreadySo' },
    ]);
    await remove(person('Mia'), id);
    expect(row(id)).toMatchObject({ messageType: 'comment_deleted' });
  });

  it('nobody can quote it: an answer to it has a short quote in its text', async () => {
    await open();
    const id = await say(person('Mia'), 'shall we?');
    await say(person('Noah'), 'yes', { replyTo: copyOf(id) });
    expect(last()).toMatchObject({ actorDisplayName: 'Noah (Matrix)', message: '> Mia (Matrix): shall we?\n\nyes' });
  });

  it('reacts as one for all', async () => {
    await open();
    const id = at.talk.post(at.token, 'bob', 'look');
    expect(await react(person('Mia'), id, '👍')).toEqual({ part: 0, id: '👍 bridged/bridge-bot' });
    expect(at.talk.reactionsTo(at.token, id)).toEqual([{ user: 'bridge-bot', emoji: '👍' }]);
  });

  it('a room that is not open to it has none, and the account speaks there', async () => {
    await open('group');
    expect((await at.adapter.capabilities(at.room)).speakers).toEqual(['relay']);
    await say(person('Mia'), 'hello');
    expect(last()).toMatchObject({ actorId: 'alice', message: '**Mia** (Matrix): hello' });
  });

  it('a wrong password closes nothing: the account speaks', async () => {
    await open('public', 'wrong');
    await say(person('Mia'), 'hello');
    expect(last()).toMatchObject({ actorId: 'alice', message: '**Mia** (Matrix): hello' });
  });
});
