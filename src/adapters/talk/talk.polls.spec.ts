import { Reader, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { copyOf, happened, keyOf, message, requested } from '../../../test/contract/talk-requests.js';
import type { BridgeEvent, MessageSent, PollClosed, PollStarted, PollVoted } from '../../model/bridge-event.js';
import { NetworkUnavailable, TargetGone, VoteNotCast } from '../../model/errors.js';
import { roomId } from '../../model/ids.js';
import type { Copy, DeliveryRequest, UncertainDelivery } from '../../model/network-adapter.js';
import { PollStatus } from '../../sandbox/talk/state/polls.js';

const { signal } = new AbortController();
const started: PollStarted = {
  ...happened,
  kind: 'pollStarted',
  message,
  question: 'Tea?',
  options: ['yes', 'no'],
  results: 'shown',
  maxVotes: 1,
};
const inLine = {
  ...happened,
  kind: 'messageSent',
  message,
  body: [{ type: 'paragraph', content: [{ type: 'text', text: 'in words' }] }],
  files: [],
  style: 'notice',
} as const;

const events = (reader: Reader): BridgeEvent[] =>
  reader.results().flatMap((result) => ('events' in result ? result.events : []));

describe('talk.polls', () => {
  let at: TalkAtSandbox;

  const polls = () => at.talk.polls.shown(at.token);
  const texts = (): unknown[] => at.talk.messages(at.token, 'alice').map((row) => row['message']);
  const row = (copy: Copy | undefined): Record<string, unknown> | undefined =>
    at.talk.messages(at.token, 'alice').find(({ id }) => String(id) === copy?.id);
  /** What the bridge says of it. */
  const tell = async (where: Pick<DeliveryRequest<MessageSent>, 'replyTo' | 'thread'>): Promise<Copy | undefined> => {
    const { request, made } = requested(
      at,
      { ...inLine, by: 'bridge' },
      {
        ...where,
        key: () => keyOf(1),
      },
    );
    await at.adapter.deliver.messageSent.send(request, signal);
    return made[0];
  };
  const ask = async (event: PollStarted = started, thread?: Copy): Promise<readonly Copy[]> => {
    const { request, made } = requested(at, event, { inLine, ...(thread === undefined ? {} : { thread }) });
    await at.adapter.deliver.pollStarted.send(request, signal);
    return made;
  };
  const vote = (target: readonly Copy[], choices: number[]): Promise<void> => {
    const event: PollVoted = { ...happened, kind: 'pollVoted', message, choices, version: '2' };
    return at.adapter.deliver.pollVoted.send(requested(at, event, { target }).request, signal);
  };
  const end = (target: readonly Copy[]): Promise<void> => {
    const event: PollClosed = { ...happened, kind: 'pollClosed', message, version: '3' };
    return at.adapter.deliver.pollClosed.send(requested(at, event, { target, inLine }).request, signal);
  };
  const look = async (event: PollStarted): Promise<unknown> => {
    const { request } = requested(at, event);
    const uncertain: UncertainDelivery = {
      ...request,
      partOf: (key) => (key === request.key(0) ? 0 : undefined),
    };
    const [outcome] = await at.adapter.wasDone([uncertain], new Date(Date.now() - 1000), signal);
    return outcome?.done;
  };

  beforeEach(async () => {
    at = await talkAtSandbox();
  });

  afterEach(async () => {
    await at.close();
  });

  it('are asked by our account with the name in the question, and known by their message', async () => {
    const [copy] = await ask();
    const [row] = at.talk.messages(at.token, 'alice').filter((each) => each['message'] === '{object}');
    expect(copy).toMatchObject({ part: 0, id: String(row?.['id']) });
    expect(polls()).toMatchObject([{ options: ['yes', 'no'], resultMode: 0, maxVotes: 1, isOpen: true }]);
    expect(polls()[0]?.question).toMatch(/^.+ \(.+\): Tea\?$/);
  });

  it('one that is asked in a thread stands in it, and what tells of it does', async () => {
    const root = at.talk.post(at.token, 'bob', 'Let us plan', { threadTitle: 'Planning' });
    const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
    const [poll] = await ask(started, copyOf(root));
    expect(row(poll)).toMatchObject({ message: '{object}', isThread: true, threadId: root });
    expect(row(await tell({ replyTo: poll!, thread: copyOf(root) }))).toMatchObject({ isThread: true, threadId: root });
    at.talk.polls.ask(at.token, 'bob', 'Cake?', ['yes', 'no'], { threadId: root });
    await reader.read();
    expect(events(reader).filter(({ kind }) => kind === 'pollStarted')).toMatchObject([
      { question: expect.stringMatching('Tea') as string, thread: { id: String(root) } },
      { question: 'Cake?', thread: { id: String(root) } },
    ]);
  });

  it('where there is no thread yet it stands in the room, and what tells of it opens none', async () => {
    const root = at.talk.post(at.token, 'bob', 'Who comes?');
    const [poll] = await ask(started, copyOf(root));
    expect(row(poll)).not.toHaveProperty('isThread');
    const line = row(await tell({ replyTo: poll!, thread: copyOf(root) }));
    expect(line).not.toHaveProperty('isThread');
    expect(line).toMatchObject({ parent: { id: Number(poll?.id) } });
  });

  it('what the room does not take is told in words', async () => {
    const made = await ask({ ...started, options: ['only', ' '] });
    expect(polls()).toEqual([]);
    expect(made).toHaveLength(1);
    expect(texts().some((text) => String(text).endsWith('in words'))).toBe(true);
  });

  it('one that was made is found after an answer that was lost, another one that asks the same is not taken for it', async () => {
    expect(await look(started)).toBe('notFound');
    at.talk.faults.add({ method: 'POST', path: '/poll/', times: 1, fault: { do: 'acceptThenDrop' } });
    await expect(ask()).rejects.toThrow(NetworkUnavailable);
    expect(polls()).toHaveLength(1);
    const found = await look(started);
    expect(found).toMatchObject([{ part: 0 }]);
    at.talk.polls.ask(at.token, 'bob', polls()[0]!.question, ['yes', 'no']);
    expect(await look(started)).toEqual(found);
  });

  it('our own, read back, carries its key; somebody else’s that asks the same does not', async () => {
    const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
    const [copy] = await ask();
    at.talk.polls.ask(at.token, 'bob', polls()[0]!.question, ['yes', 'no']);
    await reader.read();
    const [ours, bobs] = events(reader);
    expect(ours).toMatchObject({ kind: 'pollStarted', actor: { standing: 'ours' }, key: copy?.key });
    expect(bobs).toMatchObject({ kind: 'pollStarted', actor: { standing: 'person' } });
    expect(bobs).not.toHaveProperty('key');
  });

  it('drafts are nobody’s to see', async () => {
    const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
    const text = { question: 'Later?', options: ['a', 'b'], resultMode: 0, maxVotes: 1 } as const;
    at.talk.state.polls.create(
      at.talk.state.rooms.get(at.token)!,
      { type: 'users', id: 'bob' },
      text,
      PollStatus.draft,
    );
    await reader.read();
    expect(events(reader)).toEqual([]);
  });

  it('our account votes for nobody: it has one vote', async () => {
    const target = await ask();
    await expect(vote(target, [0])).rejects.toThrow(VoteNotCast);
    expect(polls()[0]?.votes).toEqual([]);
  });

  it('what was told in words cannot be voted in', async () => {
    const target = [copyOf(at.talk.post(at.token, 'bob', 'no poll'))];
    await expect(vote(target, [0])).rejects.toThrow(TargetGone);
  });

  it('are ended by whoever asked, and by a moderator; once more changes nothing', async () => {
    const target = await ask();
    await end(target);
    await end(target);
    expect(polls()[0]?.isOpen).toBe(false);
    expect(texts()).not.toContain('in words');
  });

  it('what our account may not end, a line tells', async () => {
    const token = at.talk.rooms.create({ name: 'Theirs', owner: 'bob', members: ['alice'] });
    const poll = at.talk.polls.ask(token, 'bob', 'Tea?', ['yes', 'no']);
    const [row] = at.talk.messages(token, 'bob').filter((each) => each['message'] === '{object}');
    const event: PollClosed = { ...happened, kind: 'pollClosed', message, version: '3' };
    const target = [copyOf(Number(row?.['id']))];
    const { request } = requested({ room: roomId(token) }, event, { target, inLine });
    await at.adapter.deliver.pollClosed.send(request, signal);
    expect(at.talk.polls.shown(token)).toMatchObject([{ id: poll, isOpen: true }]);
    const said = at.talk.messages(token, 'bob').map((each) => String(each['message']));
    expect(said.some((text) => text.endsWith('in words'))).toBe(true);
  });
});
