import { MatrixSide } from './matrix-side.js';
import type { Act } from './page.types.js';
import { plainText } from './shown-text.js';
import { ActRefused, type Side, type SideChange } from './side.js';
import { storedBytes } from './stored-bytes.js';
import { SlackSide } from './slack-side.js';
import { slackTeam } from './slack/place.js';
import { TalkSide } from './talk-side.js';

function refusal(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof ActRefused ? error.kind : String(error);
  }
}

describe.each<[string, () => Side]>([
  ['Talk', () => new TalkSide('Team')],
  ['Matrix', () => new MatrixSide('Team', 'http://127.0.0.1:1')],
  ['Slack', () => new SlackSide('Team', slackTeam('Team'))],
])('a room of %s as its people see it', (_, make) => {
  let side: Side;
  let one: string;
  let other: string;
  let changes: SideChange[];
  beforeEach(() => {
    side = make();
    [one, other] = side.people.map(({ id }) => id) as [string, string];
    changes = [];
    side.onChange((change) => changes.push(change));
  });

  const newest = () => {
    const change = changes.findLast((each) => each.type === 'entry');
    if (change?.entry.kind !== 'message') throw new Error('no message was told of');
    return change.entry;
  };
  /** Matrix's clients write the selector of the picture's form. */
  const counted = () => newest().reactions.map(({ emoji, by }) => [emoji.replaceAll('\ufe0f', ''), by] as const);
  const say = (text: string, more: Partial<Extract<Act, { do: 'say' }>> = {}): string => {
    side.act(one, { do: 'say', text, ...more });
    return newest().id;
  };

  it('has members, and tells who came before anybody spoke', () => {
    expect(side.members().map(({ name }) => name)).toEqual(expect.arrayContaining(side.people.map(({ name }) => name)));
    expect(side.entries()[0]).toMatchObject({ kind: 'note', note: { what: 'created', actor: side.people[0]!.name } });
  });

  it('shows what is said with its formatting, and keeps what was typed for its author', () => {
    say('so **bold**');
    expect(newest()).toMatchObject({ origin: 'here', typed: 'so **bold**', isEdited: false, style: 'usual' });
    expect(JSON.stringify(newest().text)).toContain('{"is":"bold","of":["bold"]}');
  });

  it('shows an edit on its message, with a mark', () => {
    const id = say('hello');
    side.act(one, { do: 'edit', message: id, text: '*hi*' });
    expect(newest()).toMatchObject({ id, isEdited: true, typed: '*hi*' });
    expect(plainText(newest().text ?? [])).toBe('hi');
  });

  it('shows what is deleted as deleted, without its reactions', () => {
    const id = say('hello');
    side.act(other, { do: 'react', message: id, emoji: '👍' });
    side.act(one, { do: 'delete', message: id });
    expect(newest()).toMatchObject({ id, text: null, reactions: [] });
  });

  it('counts reactions on their message, and forgets those that are taken back', () => {
    const id = say('hello');
    side.act(one, { do: 'react', message: id, emoji: '👍' });
    side.act(other, { do: 'react', message: id, emoji: '👍' });
    side.act(other, { do: 'react', message: id, emoji: '🎉' });
    expect(counted().map(([emoji, by]) => [emoji, by.map((person) => person.id)])).toEqual([
      ['👍', [one, other]],
      ['🎉', [other]],
    ]);
    side.act(one, { do: 'unreact', message: id, emoji: newest().reactions[0]!.emoji });
    expect(counted().map(([emoji, by]) => [emoji, by.length])).toEqual([
      ['👍', 1],
      ['🎉', 1],
    ]);
  });

  it('names what a message replies to', () => {
    const id = say('question');
    say('answer', { answers: id });
    expect(newest()).toMatchObject({ answers: id });
  });

  it.each<[string, (id: string) => Act]>([
    ['edit', (id) => ({ do: 'edit', message: id, text: 'mine' })],
    ['delete', (id) => ({ do: 'delete', message: id })],
  ])('nobody may %s what another one wrote', (__, act) => {
    const id = say('hello');
    expect(refusal(() => side.act(other, act(id)))).toBe('refused');
  });

  it('what is gone can be neither answered nor reacted to', () => {
    const id = say('hello');
    side.act(one, { do: 'delete', message: id });
    for (const act of [
      { do: 'say', text: 'what?', answers: id },
      { do: 'react', message: id, emoji: '👍' },
      { do: 'edit', message: id, text: 'again' },
    ] as const) {
      expect(refusal(() => side.act(one, act))).toBe('gone');
    }
  });

  it('shows a file with what is said with it, or without words, and has what it holds', () => {
    const bytes = storedBytes(Buffer.from('some bytes'));
    side.share(one, { name: 'a cat.png', mime: 'image/png', bytes }, 'look at **this**');
    expect(plainText(newest().text ?? [])).toContain('look at');
    expect(newest().files).toMatchObject([{ name: 'a cat.png', mime: 'image/png', bytes: 10 }]);
    const [{ id } = { id: '' }] = newest().files ?? [];
    expect(side.file(id)?.bytes.whole().toString()).toBe('some bytes');
    side.share(one, { name: 'song.mp3', mime: 'audio/mpeg', bytes }, '');
    expect(newest()).toMatchObject({ text: [], files: [{ name: 'song.mp3' }] });
    side.act(one, { do: 'delete', message: newest().id });
    expect(newest()).toMatchObject({ text: null });
    expect(newest().files).toBeUndefined();
    expect(side.file('nothing')).toBeUndefined();
  });

  it('says in a sentence that a text is too long', () => {
    expect(refusal(() => say('x'.repeat(80_000)))).toBe('tooLong');
  });
});

it('in the room of Matrix the bridge may do what it is to mirror: rename it, pin, and delete what others said', async () => {
  const side = new MatrixSide('Team', 'http://127.0.0.1:1');
  const { url } = await side.start(0);
  const bot = `@crosstalk:${String(side.account()['serverName'])}`;
  const ask = (method: string, path: string, body: object): Promise<Response> =>
    fetch(`${url}/_matrix/client/v3/${path}?user_id=${encodeURIComponent(bot)}`, {
      method,
      headers: { authorization: `Bearer ${String(side.account()['asToken'])}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const room = encodeURIComponent(side.roomId);
  try {
    await ask('POST', `join/${room}`, {});
    let id = '';
    side.onChange((change) => {
      if (change.type === 'entry' && change.entry.kind === 'message') ({ id } = change.entry);
    });
    side.act(side.people[0]!.id, { do: 'say', text: 'hello' });
    const answers = [
      await ask('PUT', `rooms/${room}/state/m.room.name/`, { name: 'Others' }),
      await ask('PUT', `rooms/${room}/state/m.room.pinned_events/`, { pinned: [id] }),
      await ask('PUT', `rooms/${room}/redact/${encodeURIComponent(id)}/one`, {}),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  } finally {
    await side.stop();
  }
});

describe.each<[string, () => Side, string]>([
  ['Talk', () => new TalkSide('Team'), 'Lunch'],
  ['Matrix', () => new MatrixSide('Team', 'http://127.0.0.1:1'), ''],
])('polls and threads of %s', (_, make, title) => {
  let side: Side;
  let one: string;
  let other: string;
  let newest: Extract<SideChange, { type: 'entry' }>['entry'];
  beforeEach(() => {
    side = make();
    [one, other] = side.people.map(({ id }) => id) as [string, string];
    side.onChange((change) => {
      if (change.type === 'entry' && change.entry.kind === 'message') newest = change.entry;
    });
  });

  const shown = () => {
    if (newest.kind !== 'message') throw new Error('no message was told of');
    return newest;
  };
  const chosen = () => shown().poll?.votes.map(({ person, choices }) => [person.id, choices]);
  const ask = (more: Partial<Extract<Act, { do: 'ask' }>> = {}): string => {
    const asked = { question: 'Which day?', options: ['Friday', 'Saturday'], results: 'shown', maxVotes: 1 } as const;
    side.act(one, { do: 'ask', ...asked, ...more });
    return shown().id;
  };

  it.each<[Partial<Extract<Act, { do: 'ask' }>>, 'shown' | 'hidden', number]>([
    [{}, 'shown', 1],
    [{ results: 'hidden', maxVotes: 0 }, 'hidden', 0],
  ])('a poll is told with its votes, which people change and take back: %j', (more, results, maxVotes) => {
    const id = ask(more);
    expect(plainText(shown().text ?? [])).toBe('Which day?');
    expect(shown().poll).toEqual({
      question: 'Which day?',
      options: ['Friday', 'Saturday'],
      results,
      maxVotes,
      state: 'open',
      votes: [],
    });
    side.act(one, { do: 'vote', message: id, choices: [0] });
    side.act(other, { do: 'vote', message: id, choices: [1] });
    side.act(one, { do: 'vote', message: id, choices: [1] });
    expect(shown().id).toBe(id);
    expect(chosen()).toEqual([
      [one, [1]],
      [other, [1]],
    ]);
    side.act(other, { do: 'vote', message: id, choices: [] });
    expect(chosen()).toEqual([[one, [1]]]);
  });

  it('a poll is ended by who asked, and nobody votes after that', () => {
    const id = ask();
    side.act(other, { do: 'vote', message: id, choices: [0] });
    expect(refusal(() => side.act(other, { do: 'endPoll', message: id }))).toBe('refused');
    side.act(one, { do: 'endPoll', message: id });
    expect(shown()).toMatchObject({ id, poll: { state: 'over' } });
    expect(refusal(() => side.act(other, { do: 'vote', message: id, choices: [1] }))).not.toBeUndefined();
    expect(chosen()).toEqual([[other, [0]]]);
  });

  it('what is no poll is not voted in, and nothing has buttons', () => {
    side.act(one, { do: 'say', text: 'hello' });
    const { id } = shown();
    expect(refusal(() => side.act(one, { do: 'vote', message: id, choices: [0] }))).toBe('gone');
    expect(refusal(() => side.act(one, { do: 'press', message: id, action: 'a', values: [] }))).toBe('refused');
  });

  it('a deleted poll is none any more', () => {
    const id = ask();
    side.act(one, { do: 'delete', message: id });
    expect(shown()).toMatchObject({ id, text: null });
    expect(shown()).not.toHaveProperty('poll');
  });

  it('what answers in a thread stands in it, and knows its first message', () => {
    side.act(one, { do: 'say', text: 'where do we eat?', ...(title === '' ? {} : { thread: { title } }) });
    const first = shown().id;
    const under = title === '' ? { thread: { under: first } } : {};
    side.act(other, { do: 'say', text: 'at the harbour', answers: first, ...under });
    expect(shown()).toMatchObject({ thread: { first, title } });
    side.act(one, { do: 'say', text: 'see you there', answers: shown().id });
    expect(shown()).toMatchObject({ thread: { first, title } });
    side.act(one, { do: 'say', text: 'something else' });
    expect(shown()).not.toHaveProperty('thread');
  });
});

describe('a poll of Slack’s', () => {
  it('is none: Slack has no polls, and buttons that are gone are not pressed', () => {
    const side = new SlackSide('Team', slackTeam('Team'));
    const [pia = ''] = side.people.map(({ id }) => id);
    let id = '';
    side.onChange((change) => {
      if (change.type === 'entry') ({ id } = change.entry);
    });
    side.act(pia, { do: 'say', text: 'hello' });
    const asked = { do: 'ask', question: '?', options: ['a', 'b'], results: 'shown', maxVotes: 1 } as const;
    expect(refusal(() => side.act(pia, asked))).toBe('refused');
    expect(refusal(() => side.act(pia, { do: 'press', message: id, action: 'a', values: [] }))).toBe('gone');
  });
});
