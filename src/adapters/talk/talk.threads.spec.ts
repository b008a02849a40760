import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { copyOf, happened, keyOf, message, requested, there } from '../../../test/contract/talk-requests.js';
import { fromPlain } from '../../formatting/plain.js';
import type { MessageSent, ThreadChanged } from '../../model/bridge-event.js';
import { TargetGone } from '../../model/errors.js';
import { deliveryKey, remoteId } from '../../model/ids.js';
import type { Copy, DeliveryRequest } from '../../model/network-adapter.js';

const signal = new AbortController().signal;
const sent: MessageSent = {
  ...happened,
  kind: 'messageSent',
  message,
  body: fromPlain('me'),
  files: [],
  style: 'text',
};
const renamed: ThreadChanged = {
  ...happened,
  kind: 'threadChanged',
  thread: { room: there, id: remoteId('$1') },
  title: 'Plans',
};

describe('talk.threads', () => {
  let at: TalkAtSandbox;
  let keys = 0;

  /** Says it under a key of its own, and answers its row. */
  const say = async (more: Partial<DeliveryRequest<MessageSent>> = {}, adapter = at.adapter) => {
    const key = deliveryKey(`key-${(keys += 1)}-`.padEnd(46, 'x'));
    const { request, made } = requested(at, more.event ?? sent, { key: () => key, ...more });
    await adapter.deliver.messageSent.send(request, signal);
    return row(made[0]);
  };
  const rows = (): readonly Record<string, unknown>[] => at.talk.messages(at.token, 'alice');
  const row = (copy: Copy | undefined): Record<string, unknown> =>
    rows().find(({ id }) => String(id) === copy?.id) ?? {};
  const rename = (target: readonly Copy[], more: Partial<DeliveryRequest<ThreadChanged>> = {}): Promise<void> =>
    at.adapter.deliver.threadChanged.send(requested(at, renamed, { target, ...more }).request, signal);

  beforeEach(async () => {
    at = await talkAtSandbox();
  });

  afterEach(async () => {
    await at.close();
  });

  it('what is said in a thread of Talk stands in it, and quotes what it answers there', async () => {
    const root = at.talk.post(at.token, 'bob', 'Let us plan', { threadTitle: 'Planning' });
    const inThread = { isThread: true, threadId: root, threadTitle: 'Planning' };
    expect(await say({ thread: copyOf(root) })).toMatchObject(inThread);
    const answer = at.talk.post(at.token, 'bob', 'count me in', { threadId: root });
    expect(await say({ thread: copyOf(root), replyTo: copyOf(answer) })).toMatchObject({
      ...inThread,
      parent: { id: answer },
    });
  });

  it('the first answer to an ordinary message opens a thread under its beginning, and the others go there', async () => {
    const root = at.talk.post(at.token, 'bob', 'Who brings **cake**?\nAnd tea?');
    const first = await say({ thread: copyOf(root) });
    expect(first).toMatchObject({ isThread: true, threadId: first['id'], threadTitle: 'Who brings cake? And tea?' });
    const inThread = { isThread: true, threadId: first['id'] };
    expect(await say({ thread: copyOf(root) })).toMatchObject(inThread);
    // What the thread goes on from stands outside of it.
    expect(await say({ thread: copyOf(root), replyTo: copyOf(root) })).toMatchObject(inThread);
    expect(await say({ thread: copyOf(root), replyTo: copyOf(Number(first['id'])) })).toMatchObject(inThread);
    // Another replica, or this one after a restart.
    const other = at.make();
    await other.connect(signal);
    expect(await say({ thread: copyOf(root) }, other)).toMatchObject(inThread);
  });

  it('a long title is cut; a long message is in one thread as a whole', async () => {
    const root = at.talk.post(at.token, 'bob', 'cake '.repeat(40));
    const event = { ...sent, body: fromPlain('word '.repeat(7_000)) };
    const { request, made } = requested(at, event, { thread: copyOf(root) });
    await at.adapter.deliver.messageSent.send(request, signal);
    const [first, second] = made.map(row);
    expect(String(first?.['threadTitle'])).toMatch(/^cake .{60,75}…$/);
    expect(second).toMatchObject({ isThread: true, threadId: first?.['id'] });
  });

  it('a thread whose answer was lost is found again by its key', async () => {
    const root = at.talk.post(at.token, 'bob', 'Who brings cake?');
    const key = keyOf(0);
    await at.store.put(`thread/${at.token}/${root}`, { by: key });
    const { request } = requested(at, sent, { thread: copyOf(root) });
    const id = at.talk.post(at.token, 'alice', 'made, and its answer lost', {
      referenceId: request.key(0),
      threadTitle: 'cake',
    });
    expect(await say({ thread: copyOf(root) })).toMatchObject({ isThread: true, threadId: id });
    const [stored] = [await at.store.get(`thread/${at.token}/${root}`)];
    expect(stored).toEqual({ by: key });
  });

  it('one that was never made is opened after all', async () => {
    const root = at.talk.post(at.token, 'bob', 'Who brings cake?');
    await at.store.put(`thread/${at.token}/${root}`, { by: keyOf(0) });
    const first = await say({ thread: copyOf(root) });
    expect(first).toMatchObject({ isThread: true, threadId: first['id'] });
  });

  it('where the thread is gone it is said outside of it', async () => {
    const root = at.talk.post(at.token, 'bob', 'Who brings cake?');
    await at.store.put(`thread/${at.token}/${root}`, { threadId: 999_999 });
    expect(await say({ thread: copyOf(root) })).toMatchObject({
      message: '**Eve** (Matrix): me',
      parent: { id: root },
    });
  });

  it('a message that begins a thread with a name opens one', async () => {
    const first = await say({ event: { ...sent, title: 'Planning' } });
    expect(first).toMatchObject({ isThread: true, threadId: first['id'], threadTitle: 'Planning' });
  });

  it('a thread gets another name', async () => {
    const root = at.talk.post(at.token, 'alice', 'Let us plan', { threadTitle: 'Planning' });
    await rename([copyOf(root)]);
    expect(row(copyOf(root))).toMatchObject({ threadTitle: 'Plans' });
  });

  it('where that is not ours to do, or it is no thread there, a line tells', async () => {
    const root = at.talk.post(at.token, 'bob', 'Let us plan');
    await expect(rename([copyOf(root)])).rejects.toThrow(TargetGone);
    const inLine: MessageSent = {
      ...sent,
      by: 'bridge',
      body: fromPlain('Bob named the thread “Plans”'),
      style: 'notice',
    };
    const { speaker } = requested(at, renamed).request;
    await rename([copyOf(root)], { inLine, speaker: { ...speaker, as: 'bridge' } });
    expect(rows().at(-1)).toMatchObject({ message: 'Bob named the thread “Plans”', silent: true });
    await expect(rename([])).rejects.toThrow(TargetGone);
  });

  it('the line stands in the thread, where our account is no moderator', async () => {
    const token = at.talk.rooms.create({ name: 'Theirs', owner: 'bob', members: ['alice'] });
    at = { ...at, token, room: token as TalkAtSandbox['room'] };
    const root = at.talk.post(token, 'bob', 'Let us plan', { threadTitle: 'Planning' });
    const inLine: MessageSent = { ...sent, by: 'bridge', body: fromPlain('named “Plans”'), style: 'notice' };
    await rename([copyOf(root)], { inLine, thread: copyOf(root) });
    expect(rows().at(-1)).toMatchObject({ isThread: true, threadId: root, silent: true });
    expect(row(copyOf(root))).toMatchObject({ threadTitle: 'Planning' });
  });
});
