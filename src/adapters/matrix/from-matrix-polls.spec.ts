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
});
