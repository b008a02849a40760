import { readFileSync } from 'node:fs';
import { parseEnvelope, parseStored, readMessage, readMessageEvent, readNodes } from './slack.payloads.js';

const envelope: unknown = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/slack/envelope.json', import.meta.url), 'utf8'),
);

describe('an envelope', () => {
  it('names the event and its id', () => {
    expect(parseEnvelope(envelope)).toMatchObject({
      event_id: 'Ev0TENT0001',
      team_id: 'T0TOWN0001',
      event: { type: 'message', ts: '1755000060.010019' },
    });
  });

  it.each([null, 'x', { type: 'url_verification', challenge: 'y' }, { type: 'event_callback', event_id: '' }])(
    '%j is none',
    (value) => {
      expect(parseEnvelope(value)).toBeUndefined();
    },
  );
});

describe('what apps write in any way they like', () => {
  it('only what cannot be read is missing', () => {
    const message = readMessage({
      user: 'U0ANNA0001',
      ts: 'never',
      text: 7,
      blocks: [null, { type: 'divider' }, { type: 3 }, { type: 'section', text: 9, fields: 'x', indent: -1 }],
      attachments: [{ text: 'a', title: {} }, 'x'],
      files: [{ id: 'F0P0STER01', size: -1 }, { id: '../x' }],
      edited: 'yes',
    });
    expect(message).toEqual({
      user: 'U0ANNA0001',
      blocks: [{ type: 'divider' }, { type: 'section' }],
      attachments: [{ text: 'a' }],
      files: [{ id: 'F0P0STER01' }],
    });
  });

  it('a cell that cannot be read keeps its place in the row', () => {
    const [table] = readNodes([{ type: 'table', rows: [[null, { type: 'raw_text', text: 'b' }], 'x'] }]);
    expect(table?.rows).toEqual([[{ type: '' }, { type: 'raw_text', text: 'b' }]]);
  });

  it('an event of no channel is refused', () => {
    expect(() => readMessageEvent({ type: 'message', channel: 'somewhere', ts: '1.000000' })).toThrow();
  });
});

it('what the source did not store is refused', () => {
  expect(() => parseStored({ event: 'x' })).toThrow();
  expect(() => parseStored({ event: { type: 'message' }, names: { users: { U1: 'Anna' } } })).toThrow();
});
