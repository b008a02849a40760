import { readFileSync } from 'node:fs';
import { accountId } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { fromMatrix } from './from-matrix.js';
import { OurUsers } from './matrix.ids.js';
import { parseStored } from './matrix.payloads.js';

interface Captured {
  readonly type: string;
  readonly event_id: string;
  readonly sender: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** What Element Web's own code wrote, as Synapse sent it. */
const conversation = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/matrix/conversation.json', import.meta.url), 'utf8'),
) as readonly { readonly name: string; readonly event: Captured }[];

function captured(name: string): Captured {
  const found = conversation.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no captured event ${name}`);
  return found.event;
}

const account = accountId('home');
const reader = {
  account,
  users: new OurUsers({ serverName: 'synapse.test', bot: 'crosstalk', ghostPrefix: 'crosstalk_' }),
};
const read = (event: Captured, more: object = {}): ReadResult =>
  fromMatrix(parseStored({ event, senderName: 'Mia', order: '7', ...more }), reader);
const started = captured('element web: poll started');
const { type, content } = started;

describe('fromMatrix: polls', () => {
  it('a vote has an id of its own, by which its redaction names it', () => {
    const vote = captured('element web: poll vote');
    expect(read(vote, { poll: { type, content } })).toMatchObject({
      events: [{ kind: 'pollVoted', message: { id: started.event_id }, row: vote.event_id }],
    });
  });

  it('one that is asked in a thread has it', () => {
    const relation = { rel_type: 'm.thread', event_id: '$root', is_falling_back: true };
    const inThread = { ...started, content: { ...content, 'm.relates_to': relation } };
    expect(read(inThread)).toMatchObject({ events: [{ kind: 'pollStarted', thread: { id: '$root' } }] });
    expect(read(started)).not.toHaveProperty('events.0.thread');
  });

  describe('asked otherwise', () => {
    const start = 'org.matrix.msc3381.poll.start';
    const words = (question: string, options: readonly (readonly [string, string])[]) => ({
      [start]: {
        question: { 'org.matrix.msc1767.text': question },
        kind: 'org.matrix.msc3381.poll.disclosed',
        max_selections: 1,
        answers: options.map(([id, text]) => ({ id, 'org.matrix.msc1767.text': text })),
      },
    });
    const first = words('Tea?', [
      ['a', 'yes'],
      ['b', 'no'],
    ]);
    const now = words('Cake?', [
      ['x', 'yes!'],
      ['y', 'no!'],
    ]);
    const edit = {
      ...started,
      event_id: '$edit',
      content: { ...now, 'm.new_content': now, 'm.relates_to': { rel_type: 'm.replace', event_id: '$poll' } },
    };
    const asks = { question: 'Cake?', options: ['yes!', 'no!'] };
    const voted = (id: string, edited?: object): unknown => {
      const vote = {
        ...captured('element web: poll vote'),
        content: {
          'm.relates_to': { rel_type: 'm.reference', event_id: '$poll' },
          'org.matrix.msc3381.poll.response': { answers: [id] },
        },
      };
      const result = read(vote, { poll: { type: start, content: first, ...(edited === undefined ? {} : { edited }) } });
      const [event] = 'events' in result ? result.events : [];
      return event?.kind === 'pollVoted' ? event.choices : undefined;
    };

    it('is an edit of the poll, in words too', () => {
      const result = read(edit, { editedSender: edit.sender });
      expect(result).toMatchObject({
        events: [{ kind: 'messageEdited', message: { id: '$poll' }, asks, version: '7' }],
      });
      expect(JSON.stringify(result)).toContain('📊');
    });

    it('by somebody else than the author it counts for nothing', () => {
      expect(read(edit, { editedSender: '@noah:synapse.test' })).toEqual({
        ignored: 'm.replace by somebody else than the author',
      });
    });

    it('taken back, the poll asks what it asked before', () => {
      const redaction = { ...started, type: 'm.room.redaction', event_id: '$gone', content: { redacts: '$edit' } };
      const restored = { event: '$poll', type: start, sender: started.sender, senderName: 'Mia', content: first };
      expect(read(redaction, { restored })).toMatchObject({
        events: [
          { kind: 'messageEdited', message: { id: '$poll' }, asks: { question: 'Tea?', options: ['yes', 'no'] } },
        ],
      });
    });

    it('votes name options by the ids that they have now, or had', () => {
      expect([voted('b'), voted('y', now), voted('b', now), voted('z', now)]).toEqual([[1], [1], [1], []]);
    });

    it('where there are more options now, those that there were are known by their ids, or by what they are called', () => {
      const more = words('Tea?', [
        ['c', 'later'],
        ['b', 'no, never'],
        ['d', 'yes'],
      ]);
      expect([voted('b', more), voted('d', more), voted('c', more)]).toEqual([[1], [0], []]);
    });
  });
});
