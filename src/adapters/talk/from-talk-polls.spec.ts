import { readFileSync } from 'node:fs';
import { accountId } from '../../model/ids.js';
import { fromTalk } from './from-talk.js';
import { parseStoredRow } from './talk.payloads.js';
import { pollNamedIn } from './talk.poll-payloads.js';

interface Captured {
  readonly row: { readonly id: number; readonly token: string };
}
const captured = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/talk/conversation.json', import.meta.url), 'utf8'),
) as readonly (Captured & { readonly name: string })[];
const account = accountId('home');

const rowOf = (name: string): Captured['row'] => {
  const row = captured.find((each) => each.name === name)?.row;
  if (row === undefined) throw new Error(`no captured row ${name}`);
  return row;
};
const read = (name: string, poll?: object) => {
  const row = rowOf(name);
  const stored = parseStoredRow({ token: row.token, self: 'crosstalk', row, ...(poll === undefined ? {} : { poll }) });
  return fromTalk(stored, { account, baseUrl: 'https://cloud.example.org' });
};
const poll = {
  message: 3679,
  question: 'Which day for the **dress rehearsal**?',
  options: ['Friday', ' Saturday\n& Sunday '],
  hidden: false,
  maxVotes: 1,
  voters: 2,
  counts: null,
};
const message = { room: { account, id: rowOf('poll: closed').token }, id: '3679' };

describe('fromTalk: polls', () => {
  it('a row names its poll, whether it shows it or tells of it', () => {
    expect(pollNamedIn(rowOf('poll: started, results public'))).toEqual({ id: 4, isShown: true });
    expect(pollNamedIn(rowOf('poll: somebody voted'))).toEqual({ id: 4, isShown: false });
    expect(pollNamedIn({ messageParameters: [] })).toBeUndefined();
  });

  it('is what its source found, as text and not as Markdown', () => {
    expect(read('poll: started, results public', poll)).toMatchObject({
      events: [
        {
          kind: 'pollStarted',
          message,
          actor: { id: 'users/alice', standing: 'person' },
          question: 'Which day for the **dress rehearsal**?',
          options: ['Friday', 'Saturday & Sunday'],
          results: 'shown',
          maxVotes: 1,
        },
      ],
    });
  });

  it('that could not be had is told by its question', () => {
    expect(read('poll: started, results public')).toMatchObject({ events: [{ kind: 'messageSent' }] });
  });

  it('somebody voted: how many is told, and nobody’s name', () => {
    expect(read('poll: somebody voted', poll)).toMatchObject({
      events: [{ kind: 'pollCounted', message, counted: { voters: 2, counts: null }, version: '3680' }],
    });
  });

  it('at the end of a public poll all are told by their names, before it ends', () => {
    const votes = [
      { type: 'users', id: 'bob', name: 'Bob', choices: [1] },
      { type: 'guests', id: '1f3', name: '', choices: [0] },
    ];
    const read3 = read('poll: closed', { ...poll, votes });
    expect(read3).toMatchObject({
      events: [
        { kind: 'pollVoted', message, actor: { id: 'users/bob', name: 'Bob' }, choices: [1], version: '3681' },
        { kind: 'pollVoted', message, actor: { id: 'guests/1f3', name: 'Guest' }, choices: [0] },
        { kind: 'pollCounted', counted: { voters: 0, counts: null } },
        { kind: 'pollClosed', message, actor: { id: 'users/alice' } },
      ],
    });
  });

  it('at the end of a hidden poll its counts are told, and no names', () => {
    expect(read('poll: closed', { ...poll, hidden: true, counts: [2, 0] })).toMatchObject({
      events: [
        // By the server: whoever ends it may be one of ours.
        { kind: 'pollCounted', actor: { standing: 'system' }, counted: { voters: 2, counts: [2, 0] }, atEnd: true },
        { kind: 'pollClosed', message },
      ],
    });
  });

  it('one that we made carries its delivery’s key', () => {
    const key = 'k'.repeat(46);
    expect(read('poll: started, results public', { ...poll, key })).toMatchObject({ events: [{ key }] });
  });
});
