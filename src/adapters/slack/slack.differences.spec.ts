import type { BridgedMessage } from '../../model/bridged-message.js';
import { remoteId, userId } from '../../model/ids.js';
import { differencesOf, lostFilesOf, namesAllReactors, type ShownMessage } from './slack.differences.js';
import type { JsonObject } from './slack.payloads.js';

const look = {
  channel: 'C0FA1R0001',
  since: '1755000100.000000',
  at: '1755000200.000000',
  self: 'U0CRSSTALK',
  names: { emoji: (name: string) => (name === 'yep' ? 'alias:thumbsup' : undefined) },
};
const ts = '1755000060.010019';
const item = { type: 'message', channel: 'C0FA1R0001', ts };

/** As history shows a message. */
function message(more: JsonObject = {}): JsonObject {
  return { type: 'message', user: 'U0ANNA0001', text: 'cables in the van', ts, team: 'T0TOWN0001', ...more };
}

function bridged(more: Partial<BridgedMessage> = {}): BridgedMessage {
  return { parts: [remoteId(ts)], author: userId('U0ANNA0001'), version: '0', reactions: [], ...more };
}

const { author: _none, ...copy } = bridged();
const thumb = { emoji: '👍', person: userId('U0BERT0001') };

function found(known: BridgedMessage, ...shown: (readonly [string, ShownMessage])[]): readonly unknown[] {
  return differencesOf(known, new Map(shown), look);
}

it('nothing is said of what stands as it is known, and of what was not looked at', () => {
  const reacted = message({ reactions: [{ name: '+1', users: ['U0BERT0001'], count: 1 }] });
  expect(found(bridged({ reactions: [thumb] }), [ts, reacted])).toEqual([]);
  expect(found(bridged({ reactions: [thumb] }))).toEqual([]);
  const byAnotherName = message({ reactions: [{ name: 'yep', users: ['U0BERT0001'], count: 1 }] });
  expect(found(bridged({ reactions: [thumb] }), [ts, byAnotherName])).toEqual([]);
});

it.each([
  ['is gone', 'gone' as const],
  ['left a stone', message({ subtype: 'tombstone', text: 'This message was deleted.', user: 'USLACKBOT' })],
])('a message that %s was deleted, by its author as far as anybody can tell', (_, stands) => {
  expect(found(bridged({ reactions: [thumb] }), [ts, stands])).toEqual([
    {
      type: 'message',
      subtype: 'message_deleted',
      channel: 'C0FA1R0001',
      deleted_ts: ts,
      previous_message: { type: 'message', ts, user: 'U0ANNA0001' },
      ts: look.at,
      event_ts: look.at,
    },
  ]);
});

it('a copy of ours that is gone deletes nothing', () => {
  expect(found(copy, [ts, 'gone'])).toEqual([]);
});

it('a message that was edited meanwhile is told as it stands', () => {
  const edited = message({ text: 'cables in the car', edited: { user: 'U0ANNA0001', ts: '1755000150.000000' } });
  expect(found(bridged(), [ts, edited])).toEqual([
    {
      type: 'message',
      subtype: 'message_changed',
      channel: 'C0FA1R0001',
      message: edited,
      ts: look.at,
      event_ts: look.at,
    },
  ]);
});

it('files that a message lost are told as a change of it, under a key that says which', () => {
  const files = [
    { id: 'F0TENT0001', mode: 'hosted', name: 'tent.png' },
    { id: 'F0RAIN0001', mode: 'tombstone' },
  ];
  const stands = message({ files });
  const lostIn = (known: BridgedMessage, shows: ShownMessage): unknown =>
    lostFilesOf(known, new Map([[ts, shows]]), look);
  const event = { type: 'message', subtype: 'message_changed', channel: 'C0FA1R0001', message: stands };
  expect(found(bridged(), [ts, stands])).toEqual([]);
  expect(lostIn(bridged(), stands)).toEqual([
    { key: `C0FA1R0001/${ts}/files/1`, event: { ...event, ts: look.at, event_ts: look.at } },
  ]);
  expect(lostIn(bridged(), message({ files: files.slice(0, 1) }))).toEqual([]);
  expect(lostIn(bridged(), 'gone')).toEqual([]);
  // What became of a copy of ours is no deletion by whoever said it.
  expect(lostIn(copy, stands)).toEqual([]);
});

it('an edit that an earlier comparing found is known, and one of the second of the last change is told again', () => {
  const edited = message({ edited: { user: 'U0ANNA0001', ts: '1755000150.000000' } });
  expect(found(bridged({ version: '1755000160000000' }), [ts, edited])).toEqual([]);
  expect(found(bridged({ version: '1755000150900000' }), [ts, edited])).toHaveLength(1);
});

it('what was edited before is known, and what our copies say is ours', () => {
  const edited = (at: string): JsonObject => message({ edited: { user: 'U0ANNA0001', ts: at } });
  expect(found(bridged(), [ts, edited('1755000099.000000')])).toEqual([]);
  expect(found(copy, [ts, edited('1755000150.000000')])).toEqual([]);
});

it('reactions that came and went meanwhile are told by name and person; our own are none of theirs', () => {
  const reactions = [
    { name: 'tada', users: ['U0CRSSTALK', 'U0ANNA0001'], count: 2 },
    { name: 'kazoo', users: ['U0BERT0001'], count: 1 },
    { name: 'wave::skin-tone-4', users: ['U0BERT0001'], count: 1 },
  ];
  const known = [
    thumb,
    { emoji: ':kazoo:', person: userId('U0BERT0001') },
    { emoji: ':oboe:', person: userId('U0ANNA0001') },
  ];
  expect(found({ ...copy, reactions: known }, [ts, message({ reactions })])).toEqual([
    { type: 'reaction_added', user: 'U0ANNA0001', reaction: 'tada', item, event_ts: look.at },
    { type: 'reaction_added', user: 'U0BERT0001', reaction: 'wave::skin-tone-4', item, event_ts: look.at },
    { type: 'reaction_removed', user: 'U0BERT0001', reaction: '+1', item, event_ts: look.at },
    { type: 'reaction_removed', user: 'U0ANNA0001', reaction: 'oboe', item, event_ts: look.at },
  ]);
});

it('a reaction to any part is one to the message; where a part was not looked at nothing is said', () => {
  const second = '1755000061.020029';
  const known = { ...copy, parts: [remoteId(ts), remoteId(second)], reactions: [thumb] };
  const reacted = message({ ts: second, reactions: [{ name: '+1', users: ['U0BERT0001'], count: 1 }] });
  expect(found(known, [ts, message()], [second, reacted])).toEqual([]);
  expect(found(known, [ts, message()])).toEqual([]);
});

it('history may name only some of those who reacted', () => {
  expect(namesAllReactors(message())).toBe(true);
  expect(namesAllReactors(message({ reactions: [{ name: '+1', users: ['U1', 'U2'], count: 2 }] }))).toBe(true);
  expect(namesAllReactors(message({ reactions: [{ name: '+1', users: ['U1', 'U2'], count: 60 }] }))).toBe(false);
});
