import type { JsonObject } from '../../src/sandbox/slack/state/json.js';
import { mia, Three } from './three.js';
import { type Replica, until, World } from './world.js';

const noah = '@noah:sandbox.test';
const start = 'org.matrix.msc3381.poll.start';
const response = 'org.matrix.msc3381.poll.response';
const end = 'org.matrix.msc3381.poll.end';

type Content = Readonly<Record<string, unknown>>;

describe('polls of three networks', () => {
  let world: World;
  let replica: Replica;
  let three: Three;
  let presses = 0;

  beforeEach(async () => {
    world = await World.build({ slack: 'linked' });
    replica = world.start();
    await replica.ready();
    const { sandbox, app } = world.slack;
    await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
    three = new Three(world);
  });

  afterEach(async () => {
    await world.close();
  });

  const inTalk = () => world.talk.polls.shown(three.talkRoom);
  const events = (type: string) => world.matrix.messages(three.matrixRoom).filter((event) => event.type === type);
  /** Who voted on Matrix, and what was chosen last. */
  const votesInMatrix = (): Record<string, unknown> =>
    Object.fromEntries(
      events(response).map(({ sender, content }) => [sender, (content[response] as Content)['answers']]),
    );
  const vote = (user: string, poll: string, answers: readonly string[]): string =>
    world.matrix.sendEvent(three.matrixRoom, user, response, {
      'm.relates_to': { rel_type: 'm.reference', event_id: poll },
      [response]: { answers },
    });
  const content = (question: string, answers: readonly string[]): Content => ({
    'org.matrix.msc1767.text': question,
    [start]: {
      question: { 'org.matrix.msc1767.text': question },
      kind: 'org.matrix.msc3381.poll.disclosed',
      max_selections: 1,
      answers: answers.map((answer, at) => ({ id: `id-${String(at)}`, 'org.matrix.msc1767.text': answer })),
    },
  });
  const askOtherwise = (poll: string, question: string, answers: readonly string[]): void => {
    const now = content(question, answers);
    world.matrix.sendEvent(three.matrixRoom, mia, start, {
      ...now,
      'm.new_content': now,
      'm.relates_to': { rel_type: 'm.replace', event_id: poll },
    });
  };
  const ghost = (user: string): string =>
    `@crosstalk_town_${user.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}:sandbox.test`;
  const pollsInSlack = (): JsonObject[] =>
    world.slack.sandbox
      .messages(three.channel)
      .filter(({ subtype, text }) => subtype !== 'tombstone' && String(text).startsWith('📊'));
  const only = (): JsonObject => {
    expect(pollsInSlack()).toHaveLength(1);
    return pollsInSlack()[0] ?? {};
  };
  /** The words of each of its blocks. */
  const shownInSlack = (): string[] =>
    (only()['blocks'] as { text?: { text: string }; elements?: { text?: string }[] }[]).flatMap(
      ({ text, elements = [] }) => [
        ...(text === undefined ? [] : [text.text]),
        ...elements.flatMap((element) => (typeof element.text === 'string' ? [element.text] : [])),
      ],
    );
  const hasButtons = (): boolean => /"(button|multi_static_select)"/.test(JSON.stringify(only()['blocks']));
  const press = async (user: string, name: string, action: JsonObject = {}): Promise<void> => {
    const { sandbox, app } = world.slack;
    presses += 1;
    const at = `${String(Math.floor(Date.now() / 1000))}.${String(presses).padStart(6, '0')}`;
    const actions = [{ type: 'button', block_id: 'b', action_id: `crosstalk.${name}`, action_ts: at, ...action }];
    const payload = { type: 'block_actions', actions };
    expect(await sandbox.interact(app.appId, three.channel, user, payload, String(only()['ts']))).toMatchObject({
      kind: 'answered',
    });
  };
  const shows = (...words: string[]): Promise<void> =>
    until(`${words.join(' | ')} in Slack`, () => JSON.stringify(shownInSlack()) === JSON.stringify(words));
  const tallyInTalk = (): string[] =>
    world.talk
      .messages(three.talkRoom)
      .filter(({ message, systemMessage }) => systemMessage === '' && String(message).startsWith('📊'))
      .map(({ message }) => String(message));
  const told = (words: string): Promise<void> =>
    until(`"${words}" in Talk`, () => tallyInTalk().at(-1) === `📊 Votes from elsewhere: ${words}`);
  const cast = (votes: Content): Promise<void> =>
    until(`${JSON.stringify(votes)} on Matrix`, () => {
      const found = votesInMatrix();
      return Object.entries(votes).every(([who, chosen]) => JSON.stringify(found[who]) === JSON.stringify(chosen));
    });

  it('a poll of Talk has buttons in Slack: who presses them is counted everywhere, once', async () => {
    const { pia, quinn } = world.slack.people;
    const poll = world.talk.polls.ask(three.talkRoom, 'anna', 'Which day?', ['Friday', 'Saturday', 'Sunday']);
    await until('the poll in Slack', () => pollsInSlack().length === 1 && events(start).length === 1);
    expect(only()).toMatchObject({ username: 'Anna (Talk)' });
    await shows('Friday — 0', 'Saturday — 0', 'Sunday — 0', '0 people voted');
    expect(hasButtons()).toBe(true);

    await press(pia, 'vote', { value: '0' });
    await press(quinn, 'vote', { value: '2' });
    await told('Friday 1 · Sunday 1');
    await cast({ [ghost(pia)]: ['1'], [ghost(quinn)]: ['3'] });
    await shows('Friday — 1', 'Saturday — 0', 'Sunday — 1', '2 people voted');

    // Pia thinks otherwise, and Quinn does not want to choose.
    await press(pia, 'vote', { value: '1' });
    await press(quinn, 'unvote');
    await told('Saturday 1');
    await cast({ [ghost(pia)]: ['2'], [ghost(quinn)]: [] });
    await shows('Friday — 0', 'Saturday — 1', 'Sunday — 0', '1 person voted');

    // Of Talk's own people nobody tells what they chose before the end.
    vote(mia, events(start)[0]?.eventId ?? '', ['2']);
    world.talk.polls.vote(three.talkRoom, 'ben', poll, [0]);
    await told('Saturday 2');
    const unknown = 'of 1 of them it is not known what they chose';
    await shows('Friday — 0', 'Saturday — 2', 'Sunday — 0', `3 people voted · ${unknown}`);
    expect(hasButtons()).toBe(true);

    world.talk.polls.close(three.talkRoom, 'anna', poll);
    await shows('Friday — 1', 'Saturday — 2', 'Sunday — 0', 'The poll is over · 3 people voted');
    expect(hasButtons()).toBe(false);
    await until('the end on Matrix', () => events(end).length === 1);
    // Slack's poll is one message, which nothing was told beside.
    expect(pollsInSlack()).toHaveLength(1);
    expect(inTalk()).toHaveLength(1);
  }, 90_000);

  it('a poll of Matrix with several votes has a menu in Slack', async () => {
    const { pia, quinn } = world.slack.people;
    const poll = world.matrix.sendEvent(three.matrixRoom, mia, start, {
      'org.matrix.msc1767.text': 'Cake?',
      [start]: {
        question: { 'org.matrix.msc1767.text': 'Cake?' },
        kind: 'org.matrix.msc3381.poll.disclosed',
        max_selections: 2,
        answers: ['apple', 'plum'].map((answer, index) => ({
          id: `id-${String(index)}`,
          'org.matrix.msc1767.text': answer,
        })),
      },
    });
    await until('the poll in Slack', () => pollsInSlack().length === 1 && inTalk().length === 1);
    expect(only()).toMatchObject({ username: 'Mia (Matrix)' });
    const both = { selected_options: [{ value: '0' }, { value: '1' }] };
    await press(pia, 'votes', both);
    await press(quinn, 'votes', { selected_options: [{ value: '1' }] });
    vote(noah, poll, ['id-1']);
    await told('apple 1 · plum 3');
    await cast({ [ghost(pia)]: ['id-0', 'id-1'], [ghost(quinn)]: ['id-1'] });
    const asked = ['As many as you like', '3 people voted'] as const;
    await shows('apple — 1', 'plum — 3', ...asked);

    await press(pia, 'votes', { selected_options: [{ value: '0' }] });
    await press(quinn, 'unvote');
    await told('apple 1 · plum 1');
    await cast({ [ghost(pia)]: ['id-0'], [ghost(quinn)]: [] });
    await shows('apple — 1', 'plum — 1', 'As many as you like', '2 people voted');

    world.matrix.sendEvent(three.matrixRoom, mia, end, {
      'm.relates_to': { rel_type: 'm.reference', event_id: poll },
      [end]: {},
    });
    await shows('apple — 1', 'plum — 1', 'The poll is over · 2 people voted');
    expect(hasButtons()).toBe(false);
    await until('the end in Talk', () => !inTalk()[0]!.isOpen);
  }, 90_000);

  it('a vote that is redacted on Matrix counts nowhere any more, and the one before it does again', async () => {
    world.talk.polls.ask(three.talkRoom, 'anna', 'Which day?', ['Friday', 'Saturday']);
    await until('the poll in Slack', () => pollsInSlack().length === 1 && events(start).length === 1);
    const poll = events(start)[0]?.eventId ?? '';
    const first = vote(mia, poll, ['1']);
    const second = vote(mia, poll, ['2']);
    await told('Saturday 1');
    await shows('Friday — 0', 'Saturday — 1', '1 person voted');

    world.matrix.redact(three.matrixRoom, mia, second);
    await told('Friday 1');
    await shows('Friday — 1', 'Saturday — 0', '1 person voted');
    world.matrix.redact(three.matrixRoom, mia, first);
    await told('none that the poll does not show');
    await shows('Friday — 0', 'Saturday — 0', '0 people voted');
  }, 90_000);

  it('a poll that is asked in a thread stands in it everywhere, and so do its votes and its end', async () => {
    const root = world.talk.post(three.talkRoom, 'anna', 'who brings what?', { threadTitle: 'The party' });
    const shown = (side: 'matrix' | 'slack'): boolean => three.idsOf(side, 'who brings what?').length === 1;
    await until('the thread', () => shown('matrix') && shown('slack'));
    const poll = world.talk.polls.ask(three.talkRoom, 'anna', 'Cake?', ['apple', 'plum'], { threadId: root });
    await until('the poll in Slack', () => pollsInSlack().length === 1 && events(start).length === 1);
    expect(only()['thread_ts']).toBe(three.idOf('slack', 'who brings what?'));
    const inThread = { rel_type: 'm.thread', event_id: three.idOf('matrix', 'who brings what?') };
    expect(events(start)[0]?.content['m.relates_to']).toMatchObject(inThread);

    await press(world.slack.people.pia, 'vote', { value: '1' });
    await told('plum 1');
    const tally = world.talk.messages(three.talkRoom).find(({ message }) => String(message).startsWith('📊'));
    expect(tally).toMatchObject({ threadId: root });
    await shows('apple — 0', 'plum — 1', '1 person voted');
    world.talk.polls.close(three.talkRoom, 'anna', poll);
    await shows('apple — 0', 'plum — 1', 'The poll is over · 1 person voted');
    await until('the end on Matrix', () => events(end).length === 1);
    // Nothing of it was said outside of the thread.
    const about = world.slack.sandbox.messages(three.channel).filter(({ text }) => String(text).includes('Cake?'));
    expect(about.map(({ thread_ts: thread }) => thread)).toEqual([three.idOf('slack', 'who brings what?')]);
  }, 90_000);

  it('a question that is edited on Matrix changes in Slack, is told in Talk, and keeps its votes', async () => {
    const poll = world.matrix.sendEvent(three.matrixRoom, mia, start, content('Tea?', ['yes', 'no']));
    await until('the poll', () => pollsInSlack().length === 1 && inTalk().length === 1);
    vote(noah, poll, ['id-0']);
    await told('yes 1');
    askOtherwise(poll, 'Coffee?', ['sure', 'no']);
    await shows('sure — 1', 'no — 0', '1 person voted');
    expect(only()['text']).toBe('📊 Coffee?\nsure\nno');
    await until('the answer in Talk', () => three.idsOf('talk', 'Coffee?').length === 1);
    const row = world.talk.messages(three.talkRoom).find(({ id }) => String(id) === three.idOf('talk', 'Coffee?'));
    expect(JSON.stringify(row?.['parent'])).toContain('talk-poll');
    await told('sure 1');
    expect(inTalk()).toHaveLength(1);
  }, 90_000);

  it('with another option it keeps those that it had in Slack and Talk, with their votes, and both are told so', async () => {
    const poll = world.matrix.sendEvent(three.matrixRoom, mia, start, content('Tea?', ['yes', 'no']));
    await until('the poll', () => pollsInSlack().length === 1 && inTalk().length === 1);
    await press(world.slack.people.pia, 'vote', { value: '1' });
    await told('no 1');
    askOtherwise(poll, 'Tea, or what?', ['yes', 'no', 'later']);
    for (const side of ['talk', 'slack'] as const) {
      await until(`the answer in ${side}`, () => three.idsOf(side, 'Tea, or what?').length === 1);
    }
    const row = world.talk.messages(three.talkRoom).find(({ message }) => String(message).includes('Tea, or what?'));
    expect(JSON.stringify(row?.['parent'])).toContain('talk-poll');
    expect(row?.message).toContain('The poll here keeps the options that it had');

    // It is voted in as before, on all sides.
    vote(noah, poll, ['id-1']);
    await told('no 2');
    await shows('yes — 0', 'no — 2', '2 people voted');
    await press(world.slack.people.pia, 'vote', { value: '0' });
    await cast({ [ghost(world.slack.people.pia)]: ['id-0'] });
    await shows('yes — 1', 'no — 1', '2 people voted');
    expect(inTalk()).toHaveLength(1);
    expect(three.idsOf('slack', 'Tea, or what?')).toHaveLength(1);
  }, 90_000);
});
