import { type Replica, until, World } from './world.js';

const mia = '@mia:sandbox.test';
const noah = '@noah:sandbox.test';
const start = 'org.matrix.msc3381.poll.start';
const response = 'org.matrix.msc3381.poll.response';
const end = 'org.matrix.msc3381.poll.end';

type Content = Readonly<Record<string, unknown>>;

describe('polls', () => {
  let world: World;
  let replica: Replica;

  const room = (): World['rooms'][number] => world.rooms[0]!;
  const open = async (options: Parameters<typeof World.build>[0] = {}): Promise<void> => {
    world = await World.build(options);
    replica = world.start();
    await replica.ready();
  };

  const inTalk = () => world.talk.polls.shown(room().talk);
  const events = (type: string) => world.matrix.messages(room().matrix).filter((event) => event.type === type);
  /** Who voted, and what was chosen last; as Matrix counts it, up to the poll's end. */
  const votesInMatrix = (): Record<string, unknown> => {
    const ended = world.matrix.messages(room().matrix).findIndex(({ type }) => type === end);
    const counted = world.matrix.messages(room().matrix).slice(0, ended < 0 ? undefined : ended);
    return Object.fromEntries(
      counted
        .filter(({ type }) => type === response)
        .map(({ sender, content }) => [sender, (content[response] as Content)['answers']]),
    );
  };
  const ask = (user: string, question: string, answers: readonly string[], how: Content = {}): string =>
    world.matrix.sendEvent(room().matrix, user, start, {
      'org.matrix.msc1767.text': question,
      [start]: {
        question: { 'org.matrix.msc1767.text': question },
        kind: 'org.matrix.msc3381.poll.disclosed',
        max_selections: 1,
        answers: answers.map((answer, index) => ({ id: `id-${String(index)}`, 'org.matrix.msc1767.text': answer })),
        ...how,
      },
    });
  const about = (poll: string) => ({ 'm.relates_to': { rel_type: 'm.reference', event_id: poll } });
  const vote = (user: string, poll: string, answers: readonly string[]): string =>
    world.matrix.sendEvent(room().matrix, user, response, { ...about(poll), [response]: { answers } });
  const finish = (user: string, poll: string): string =>
    world.matrix.sendEvent(room().matrix, user, end, { ...about(poll), [end]: {} });
  /** The latest words under the poll. */
  const tallyInMatrix = (): string | undefined => {
    const tally = world.matrix
      .messages(room().matrix)
      .filter(({ type, content }) => type === 'm.room.message' && String(content['body']).includes('📊'))
      .at(-1)?.content;
    const words = (tally?.['m.new_content'] as Content | undefined) ?? tally;
    return words === undefined ? undefined : String(words['body']);
  };
  const tallyInTalk = (): string[] =>
    world.talk
      .messages(room().talk)
      .filter(({ message, systemMessage }) => systemMessage === '' && String(message).startsWith('📊'))
      .map(({ message }) => String(message));

  afterEach(async () => {
    await world.close();
  });

  it('a poll of Talk is one in Matrix: votes of both are counted once, by their names in the end', async () => {
    await open({ talkRooms: 'public' });
    const poll = world.talk.polls.ask(room().talk, 'anna', 'Which day?', ['Friday', 'Saturday', 'Sunday']);
    await until('the poll in Matrix', () => events(start).length === 1);
    const [asked] = events(start);
    expect(asked?.content[start]).toMatchObject({
      question: { 'org.matrix.msc1767.text': 'Which day?' },
      kind: 'org.matrix.msc3381.poll.disclosed',
      max_selections: 1,
      answers: [
        { id: '1', 'org.matrix.msc1767.text': 'Friday' },
        { id: '2', 'org.matrix.msc1767.text': 'Saturday' },
        { id: '3', 'org.matrix.msc1767.text': 'Sunday' },
      ],
    });

    // Guests vote as themselves, think otherwise, and take it back.
    const id = asked?.eventId ?? '';
    vote(mia, id, ['1']);
    vote(noah, id, ['3']);
    vote(mia, id, ['2']);
    const voted = () => Object.fromEntries(inTalk()[0]!.votes.map(({ voter, options }) => [voter, options]));
    await until('both votes in Talk', () => JSON.stringify(voted()) === '{"Mia (Matrix)":[1],"Noah (Matrix)":[2]}');
    vote(noah, id, []);
    await until('one to be taken back', () => Object.keys(voted()).length === 1);

    // Of Talk's own people nobody tells more than how many they are.
    world.talk.polls.vote(room().talk, 'anna', poll, [0]);
    world.talk.polls.vote(room().talk, 'ben', poll, [1]);
    await until('how many voted, in Matrix', () => tallyInMatrix() === '📊 Votes from elsewhere: 2 people voted');

    world.talk.polls.close(room().talk, 'anna', poll);
    await until('the end in Matrix', () => events(end).length === 1);
    const ghost = (user: string): string => `@crosstalk_cloud_users=2f${user}:sandbox.test`;
    expect(votesInMatrix()).toEqual({ [mia]: ['2'], [noah]: [], [ghost('anna')]: ['1'], [ghost('ben')]: ['2'] });
    await until('nothing to be told besides', () => tallyInMatrix()?.includes('none') === true);
    expect(tallyInTalk()).toEqual([]);
  }, 90_000);

  it('a poll of Matrix is one in Talk: whom our account stands for is counted below it', async () => {
    await open();
    const poll = ask(mia, 'Tea?', ['yes', 'no']);
    await until('the poll in Talk', () => inTalk().length === 1);
    expect(inTalk()[0]).toMatchObject({ question: 'Mia (Matrix): Tea?', options: ['yes', 'no'], author: 'bridge' });
    vote(mia, poll, ['id-0']);
    vote(noah, poll, ['id-0']);
    await until('both votes in Talk', () => tallyInTalk().at(-1) === '📊 Votes from elsewhere: yes 2');
    vote(noah, poll, ['id-1']);
    await until('the change in Talk', () => tallyInTalk().at(-1) === '📊 Votes from elsewhere: yes 1 · no 1');
    expect(tallyInTalk()).toHaveLength(1);
    world.talk.polls.vote(room().talk, 'ben', inTalk()[0]!.id, [1]);
    await until('how many voted, in Matrix', () => tallyInMatrix() === '📊 Votes from elsewhere: 1 person voted');
    finish(noah, poll);
    finish(mia, poll);
    await until('the end in Talk', () => !inTalk()[0]!.isOpen);
    expect(tallyInTalk()).toEqual(['📊 Votes from elsewhere: yes 1 · no 1']);
    // What Talk's people chose it tells at the end, also where that came from elsewhere.
    await until('what Ben chose, in Matrix', () => tallyInMatrix() === '📊 Votes from elsewhere: no 1');
  }, 90_000);

  it('while results are hidden nobody learns more than how many voted', async () => {
    await open();
    const poll = ask(mia, 'Cake?', ['apple', 'plum'], {
      kind: 'org.matrix.msc3381.poll.undisclosed',
      max_selections: 2,
    });
    await until('the poll in Talk', () => inTalk().length === 1);
    expect(inTalk()[0]).toMatchObject({ resultMode: 1, maxVotes: 0 });
    vote(mia, poll, ['id-0', 'id-1']);
    vote(noah, poll, ['id-1']);
    await until('how many voted', () => tallyInTalk().at(-1) === '📊 Votes from elsewhere: 2 people voted');
    finish(mia, poll);
    await until('what they chose', () => tallyInTalk().at(-1) === '📊 Votes from elsewhere: apple 1 · plum 2');

    // Who chose what in a hidden poll of Talk, its server tells nobody.
    const own = world.talk.polls.ask(room().talk, 'anna', 'Pie?', ['pear', 'cherry'], { resultMode: 1 });
    await until('the second poll in Matrix', () => events(start).length === 2);
    world.talk.polls.vote(room().talk, 'anna', own, [1]);
    world.talk.polls.vote(room().talk, 'ben', own, [1]);
    world.talk.polls.close(room().talk, 'anna', own);
    await until('the result in Matrix', () => tallyInMatrix() === '📊 Votes from elsewhere: cherry 2');
    expect(Object.keys(votesInMatrix()).every((user) => !user.includes('crosstalk'))).toBe(true);
  }, 90_000);

  it('kill -9 amid votes: each is counted once, the poll is there once, and what was found is no second one', async () => {
    await open({ talkRooms: 'public' });
    for (const [at, failpoint] of [
      'afterResponse@cloud:1:kill',
      'beforeDoneCommit@cloud:1:kill',
      'afterResponse@hs:1:kill',
    ].entries()) {
      await replica.kill();
      replica = world.start({ failpoint });
      const question = `Round ${String(at)}?`;
      const byMatrix = ask(mia, question, ['yes', 'no']);
      const byTalk = world.talk.polls.ask(room().talk, 'anna', question, ['left', 'right']);
      await replica.exited;
      replica = world.start();
      await replica.ready();
      await until('both polls', () => inTalk().length === 2 * (at + 1) && events(start).length === 2 * (at + 1));
      await replica.kill();
      replica = world.start({ failpoint: failpoint.replace('@hs', '@cloud') });
      vote(mia, byMatrix, ['id-0']);
      vote(noah, byMatrix, ['id-1']);
      vote(mia, byMatrix, ['id-1']);
      world.talk.polls.vote(room().talk, 'ben', byTalk, [1]);
      await Promise.race([replica.exited, new Promise((done) => setTimeout(done, 8_000))]);
      await replica.kill();
      replica = world.start();
      await replica.ready();
      const copy = inTalk().find((poll) => poll.question.endsWith(question) && poll.options[0] === 'yes')!;
      await until(
        'the votes in Talk',
        () => {
          const votes = Object.fromEntries(
            copy.id === 0
              ? []
              : inTalk()
                  .find(({ id }) => id === copy.id)!
                  .votes.map((each) => [each.voter, each.options]),
          );
          return JSON.stringify(votes['Mia (Matrix)']) === '[1]' && JSON.stringify(votes['Noah (Matrix)']) === '[1]';
        },
        60_000,
      );
      world.talk.polls.close(room().talk, 'anna', byTalk);
      await until('the end', () => events(end).length === at + 1);
    }
    expect(inTalk()).toHaveLength(6);
    expect(events(start)).toHaveLength(6);
    expect(tallyInTalk().filter((text) => !text.includes('none'))).toEqual([]);
  }, 240_000);
});
