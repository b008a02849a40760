import { jest } from '@jest/globals';
import { type SeenEvent, Town } from './town.js';

const start = 'org.matrix.msc3381.poll.start';
const response = 'org.matrix.msc3381.poll.response';
const end = 'org.matrix.msc3381.poll.end';

type Content = Readonly<Record<string, unknown>>;

// A homeserver and all servers on one machine: what takes seconds may take a minute.
jest.setTimeout(180_000);

describe('polls and threads with a real Synapse', () => {
  let town: Town;

  beforeAll(async () => {
    town = await Town.build();
    await town.start().ready();
  }, 180_000);
  afterAll(() => town?.close(), 60_000);

  const shows = (what: string, look: () => unknown, wanted: unknown): Promise<unknown> =>
    town.soon(`${what}: ${JSON.stringify(wanted)}`, async () =>
      JSON.stringify(await look()) === JSON.stringify(wanted) ? true : undefined,
    );

  const pollsInMatrix = async (): Promise<SeenEvent[]> =>
    (await town.matrixEvents()).filter(({ type, content }) => type === start && start in content);
  const pollIn = (event: SeenEvent) =>
    (event.content as Content)[start] as {
      readonly question: Content;
      readonly kind: string;
      readonly max_selections: number;
      readonly answers: readonly Content[];
    };
  const asked = (question: string): Promise<SeenEvent> =>
    town.soon(`the poll "${question}" on Matrix`, async () =>
      (await pollsInMatrix()).find((event) => pollIn(event).question['org.matrix.msc1767.text'] === question),
    );
  const about = (poll: string): Content => ({ 'm.relates_to': { rel_type: 'm.reference', event_id: poll } });
  const miaVotes = (poll: string, answers: readonly string[]): Promise<string> =>
    town.miaSends(response, { ...about(poll), [response]: { answers } });
  const pollOf = (question: string, answers: readonly string[], how: Content = {}): Content => ({
    'org.matrix.msc1767.text': question,
    [start]: {
      question: { 'org.matrix.msc1767.text': question },
      kind: 'org.matrix.msc3381.poll.disclosed',
      max_selections: 1,
      answers: answers.map((answer, at) => ({ id: `id-${String(at)}`, 'org.matrix.msc1767.text': answer })),
      ...how,
    },
  });
  const miaAsks = (question: string, answers: readonly string[], how: Content = {}): Promise<string> =>
    town.miaSends(start, pollOf(question, answers, how));
  /** What others than Mia chose last, by the homeserver. */
  const votesOf = async (poll: string): Promise<unknown[]> => {
    const votes = (await town.relations(poll, 'm.reference')).filter(({ type }) => type === response);
    const last = new Map(votes.map(({ sender, content }) => [sender, (content as Content)[response] as Content]));
    last.delete(town.mia.id);
    return [...last.values()].map(({ answers }) => answers);
  };
  const ends = async (poll: string): Promise<number> =>
    (await town.relations(poll, 'm.reference')).filter(({ type }) => type === end).length;
  /** What stands under a poll on Matrix at last. */
  const underMatrix = async (): Promise<string | undefined> => {
    const last = (await town.matrixMessages()).findLast(({ content }) => content.body?.includes('📊') === true);
    return last?.content['m.new_content']?.body ?? last?.content.body;
  };
  const inTalk = (question: string) =>
    town.soon(`the poll "${question}" in Talk`, () =>
      town.talk.polls.shown(town.talkRoom).find((poll) => poll.question.endsWith(question)),
    );
  const underTalk = (): string | undefined =>
    town.talk
      .messages(town.talkRoom)
      .findLast(({ systemMessage, message }) => systemMessage === '' && String(message).startsWith('📊'))?.[
      'message'
    ] as string | undefined;

  it('a poll of Talk: votes of both sides, a change of vote, and its end with everybody’s names', async () => {
    const poll = town.talk.polls.ask(town.talkRoom, 'anna', 'Which day?', ['Friday', 'Saturday']);
    const event = await asked('Which day?');
    expect(event.sender).toContain('anna');
    expect(pollIn(event)).toMatchObject({ kind: 'org.matrix.msc3381.poll.disclosed', max_selections: 1 });
    const [friday, saturday] = pollIn(event).answers.map(({ id }) => String(id)) as [string, string];
    await miaVotes(event.event_id, [friday]);
    await shows('under the poll in Talk', underTalk, '📊 Votes from elsewhere: Friday 1');
    await miaVotes(event.event_id, [saturday]);
    await shows('under the poll in Talk', underTalk, '📊 Votes from elsewhere: Saturday 1');
    town.talk.polls.vote(town.talkRoom, 'ben', poll, [0]);
    await shows('under the poll on Matrix', underMatrix, '📊 Votes from elsewhere: 1 person voted');
    town.talk.polls.close(town.talkRoom, 'anna', poll);
    await shows('the end on Matrix', () => ends(event.event_id), 1);
    // Who chose what is told at the end: Ben's ghost voted before it.
    expect(await votesOf(event.event_id)).toEqual([[friday]]);
  });

  it('a poll of Matrix: Talk’s votes, one that is taken back, and its end', async () => {
    const event = await miaAsks('Tea or coffee?', ['tea', 'coffee']);
    const { id, isOpen, options } = await inTalk('Tea or coffee?');
    expect([isOpen, options]).toEqual([true, ['tea', 'coffee']]);
    town.talk.polls.vote(town.talkRoom, 'ben', id, [1]);
    await shows('under the poll on Matrix', underMatrix, '📊 Votes from elsewhere: 1 person voted');
    await miaVotes(event, ['id-0']);
    await shows('under the poll in Talk', underTalk, '📊 Votes from elsewhere: tea 1');
    await miaVotes(event, []);
    await shows('under the poll in Talk', underTalk, '📊 Votes from elsewhere: none that the poll does not show');
    await town.miaSends(end, { ...about(event), [end]: {} });
    await shows('the poll in Talk', async () => (await inTalk('Tea or coffee?')).isOpen, false);
  });

  it('while results are hidden nobody is told what was chosen', async () => {
    const event = await miaAsks('Where to?', ['harbour', 'park', 'home'], {
      kind: 'org.matrix.msc3381.poll.undisclosed',
      max_selections: 3,
    });
    const poll = await inTalk('Where to?');
    expect(poll).toMatchObject({ resultMode: 1, maxVotes: 0 });
    await miaVotes(event, ['id-0', 'id-2']);
    await shows('under the poll in Talk', underTalk, '📊 Votes from elsewhere: 1 person voted');
    await town.miaSends(end, { ...about(event), [end]: {} });
    await shows('under the poll in Talk', underTalk, '📊 Votes from elsewhere: harbour 1 · home 1');
  });

  it('a vote that is redacted counts no more, and the one before it does again', async () => {
    town.talk.polls.ask(town.talkRoom, 'anna', 'Which month?', ['May', 'June']);
    const event = await asked('Which month?');
    const [may, june] = pollIn(event).answers.map(({ id }) => String(id)) as [string, string];
    const first = await miaVotes(event.event_id, [may]);
    const second = await miaVotes(event.event_id, [june]);
    await shows('under the poll in Talk', underTalk, '📊 Votes from elsewhere: June 1');
    await town.miaRedacts(second);
    await shows('under the poll in Talk', underTalk, '📊 Votes from elsewhere: May 1');
    await town.miaRedacts(first);
    await shows('under the poll in Talk', underTalk, '📊 Votes from elsewhere: none that the poll does not show');
  });

  it('a poll that is asked in a thread stands in it on the other side, and so do its votes', async () => {
    const root = town.talk.post(town.talkRoom, 'anna', 'who cooks?', { threadTitle: 'The evening' });
    const first = await town.soon('the thread on Matrix', async () =>
      (await town.matrixMessages()).find(({ content }) => content.body?.includes('who cooks?')),
    );
    const inThread = { rel_type: 'm.thread', event_id: first.event_id };
    town.talk.polls.ask(town.talkRoom, 'anna', 'Soup?', ['yes', 'no'], { threadId: root });
    const soup = await asked('Soup?');
    expect(soup.content['m.relates_to']).toMatchObject(inThread);
    const [yes] = pollIn(soup).answers.map(({ id }) => String(id));
    await miaVotes(soup.event_id, [yes ?? '']);
    await shows('under the poll in Talk', underTalk, '📊 Votes from elsewhere: yes 1');
    const under = town.talk.messages(town.talkRoom).findLast(({ message }) => String(message).startsWith('📊'));
    expect(under).toMatchObject({ threadId: root });

    await town.miaSends(start, { ...pollOf('Bread?', ['white', 'brown']), 'm.relates_to': inThread });
    const bread = await inTalk('Bread?');
    const row = town.talk
      .messages(town.talkRoom)
      .find(({ messageParameters }) => JSON.stringify(messageParameters).includes(`"id":"${String(bread.id)}"`));
    expect(row).toMatchObject({ threadId: root });
  });

  it('a question that is edited is told in Talk, and keeps its votes', async () => {
    const poll = await miaAsks('Walk?', ['yes', 'no']);
    await inTalk('Walk?');
    await miaVotes(poll, ['id-0']);
    await shows('under the poll in Talk', underTalk, '📊 Votes from elsewhere: yes 1');
    const now = pollOf('Swim?', ['sure', 'no']);
    const edit = { 'm.new_content': now, 'm.relates_to': { rel_type: 'm.replace', event_id: poll } };
    await town.miaSends(start, { ...now, ...edit });
    const answer = await town.soon('the question in Talk', () =>
      town.talk
        .messages(town.talkRoom)
        .find(({ message, systemMessage }) => systemMessage === '' && String(message).includes('Swim?')),
    );
    expect(JSON.stringify(answer['parent'])).toContain('talk-poll');
    await shows('under the poll in Talk', underTalk, '📊 Votes from elsewhere: sure 1');
    expect(town.talk.polls.shown(town.talkRoom).filter(({ question }) => /Walk|Swim/.test(question))).toHaveLength(1);
  });

  it('a thread of Talk with its title is one on Matrix, both ways, and its edits too', async () => {
    const root = town.talk.post(town.talkRoom, 'anna', 'who brings what?', { threadTitle: 'Summer party' });
    const find = (text: string): Promise<SeenEvent> =>
      town.soon(`"${text}" on Matrix`, async () =>
        (await town.matrixMessages()).find(({ content }) => content.body?.includes(text)),
      );
    const first = await find('who brings what?');
    await town.soon('the title on Matrix', async () =>
      (await town.matrixMessages()).find(({ content }) => content.body?.includes('🧵 Summer party')),
    );
    const reply = town.talk.post(town.talkRoom, 'ben', 'I bring cake', { threadId: root });
    const cake = await find('I bring cake');
    const inThread = { rel_type: 'm.thread', event_id: first.event_id };
    expect(cake.content['m.relates_to']).toMatchObject(inThread);
    await town.miaSays({ body: 'I bring tea', 'm.relates_to': inThread });
    const row = await town.soon('the answer in Talk', () =>
      town.talk.messages(town.talkRoom).find(({ message }) => String(message).includes('I bring tea')),
    );
    expect(row).toMatchObject({ threadId: root });
    town.talk.edit(town.talkRoom, 'ben', reply, 'I bring plum cake');
    await shows(
      'the edit on Matrix',
      async () =>
        (await town.relations(cake.event_id, 'm.replace')).map(({ content }) => content['m.new_content']?.body),
      ['I bring plum cake'],
    );
  });
});
