import { readFileSync } from 'node:fs';
import type { BridgeEvent } from '../../model/bridge-event.js';
import { accountId } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { fromTalk } from './from-talk.js';
import { systemMessages, type SystemMessage } from './talk.constants.js';
import { parseStoredRow } from './talk.payloads.js';

interface Captured {
  readonly name: string;
  readonly row: { readonly systemMessage: string; readonly token: string };
}

const captured = ['conversation.json', 'rooms.json'].flatMap(
  (file) =>
    JSON.parse(readFileSync(new URL(`../../../test/fixtures/talk/${file}`, import.meta.url), 'utf8')) as Captured[],
);
const reader = { account: accountId('cloud'), baseUrl: 'https://cloud.example.org' };
/** What the source finds out beside a row. */
const found = { room: { name: 'Fair', description: '', avatarVersion: '1', isCustomAvatar: false }, revoked: [1] };

/** A row that was captured; of a kind that no server told us yet, the row of another kind with the same parameters. */
function rowOf(kind: SystemMessage): object {
  const of = (wanted: string | undefined): object | undefined =>
    // The first who is added is the reader.
    captured.find(({ name, row }) => row.systemMessage === wanted && name !== 'member: the reader is added')?.row;
  const row = of(kind);
  if (row !== undefined) return row;
  const like = of(neverCaptured[kind]);
  if (like === undefined) throw new Error(`nothing is like ${kind}`);
  return { ...like, systemMessage: kind };
}

const neverCaptured: Readonly<Partial<Record<SystemMessage, SystemMessage | ''>>> = {
  call_missed: 'call_started',
  call_tried: 'call_started',
  recording_started: 'call_started',
  recording_stopped: 'call_started',
  recording_failed: 'call_started',
  audio_recording_started: 'call_started',
  audio_recording_stopped: 'call_started',
  phone_added: 'user_added',
  phone_removed: 'user_removed',
  file_shared: '',
  object_shared: '',
  message_pinned: 'message_deleted',
  message_unpinned: 'message_deleted',
};

/** What each kind becomes, in a word; total, so that one that is added has to be thought of here. */
const becomes: Readonly<Record<SystemMessage, string>> = {
  conversation_created: 'ignored: conversation_created: the room is in no link yet',
  conversation_renamed: 'roomChanged name',
  description_set: 'roomChanged topic',
  description_removed: 'roomChanged topic',
  avatar_set: 'roomChanged avatar',
  avatar_removed: 'roomChanged avatar',
  call_started: 'callChanged start',
  call_joined: 'callChanged arrival',
  call_left: 'ignored: call_left: the notice of the call says who came',
  call_missed: 'callChanged end unanswered',
  call_tried: 'callChanged end unanswered',
  call_ended: 'callChanged end over',
  call_ended_everyone: 'callChanged end over',
  recording_started: 'callChanged recording video started',
  recording_stopped: 'callChanged recording video stopped',
  recording_failed: 'callChanged recording video failed',
  audio_recording_started: 'callChanged recording audio started',
  audio_recording_stopped: 'callChanged recording audio stopped',
  read_only: 'roomChanged writing stopped readOnly',
  read_only_off: 'roomChanged writing resumed readOnly',
  listable_none: 'roomChanged access listedForNobody',
  listable_users: 'roomChanged access listedForUsers',
  listable_all: 'roomChanged access listedForEverybody',
  lobby_none: 'roomChanged writing resumed lobby',
  lobby_non_moderators: 'roomChanged writing stopped lobby',
  lobby_timer_reached: 'roomChanged writing resumed lobby',
  guests_allowed: 'roomChanged access guestsAllowed',
  guests_disallowed: 'roomChanged access guestsDisallowed',
  password_set: 'roomChanged access passwordSet',
  password_removed: 'roomChanged access passwordRemoved',
  user_added: 'memberJoined users/bob',
  user_removed: 'memberLeft users/carol left',
  group_added: 'roomChanged group added group choir',
  group_removed: 'roomChanged group removed group choir',
  circle_added: 'roomChanged group added team Stage crew',
  circle_removed: 'roomChanged group removed team Stage crew',
  phone_added: 'memberJoined users/bob',
  phone_removed: 'memberLeft users/carol left',
  federated_user_added: 'ignored: federated_user_added: an invitation, of which its own row tells that it is accepted',
  federated_user_removed: 'memberLeft federated_users/dora@http://127.0.0.1:8091 left',
  moderator_promoted: 'roleChanged users/bob moderator',
  moderator_demoted: 'roleChanged users/bob member',
  guest_moderator_promoted: 'roleChanged guests/c99269fb3ce6911cbc6dc5427c98a92630b93428 moderator',
  guest_moderator_demoted: 'roleChanged guests/c99269fb3ce6911cbc6dc5427c98a92630b93428 member',
  message_deleted: 'messageDeleted',
  message_edited: 'messageEdited',
  message_expiration_enabled: 'roomChanged expiration 86400000',
  message_expiration_disabled: 'roomChanged expiration null',
  history_cleared: 'roomChanged history',
  file_shared: 'messageSent',
  object_shared: 'messageSent',
  reaction: 'reactionAdded',
  reaction_deleted: 'ignored: reaction_deleted: the row reaction_revoked tells it',
  reaction_revoked: 'reactionRemoved',
  poll_voted: 'ignored: poll_voted of a poll that is not known',
  poll_closed: 'ignored: poll_closed of a poll that is not known',
  thread_created: 'threadChanged',
  thread_renamed: 'threadChanged',
  breakout_rooms_started: 'roomChanged breakoutRooms started',
  breakout_rooms_stopped: 'roomChanged breakoutRooms stopped',
  message_pinned: 'pinChanged pinned',
  message_unpinned: 'pinChanged unpinned',
};

function read(row: object): ReadResult {
  const { token } = row as Captured['row'];
  return fromTalk(parseStoredRow({ token, self: 'crosstalk', row, ...found }), reader);
}

function inWords(result: ReadResult): string {
  if ('ignored' in result) return `ignored: ${result.ignored}`;
  return result.events.map((event) => [event.kind, ...detailsOf(event)].join(' ')).join(', ');
}

function detailsOf(event: BridgeEvent): readonly unknown[] {
  switch (event.kind) {
    case 'memberJoined':
      return [event.member.id];
    case 'memberLeft':
      return [event.member.id, event.how];
    case 'roleChanged':
      return [event.member.id, event.role];
    case 'pinChanged':
      return [event.state];
    case 'callChanged': {
      const { change } = event;
      if (change.of === 'recording') return [change.of, change.media, change.state];
      return change.of === 'end' ? [change.of, change.how] : [change.of];
    }
    case 'roomChanged':
      return roomDetails(event.change);
    default:
      return [];
  }
}

function roomDetails(change: Extract<BridgeEvent, { kind: 'roomChanged' }>['change']): readonly unknown[] {
  switch (change.of) {
    case 'writing':
      return [change.of, change.state, change.why];
    case 'access':
      return [change.of, change.to];
    case 'expiration':
      return [change.of, String(change.afterMs)];
    case 'group':
      return [change.of, change.state, change.type, change.name];
    case 'breakoutRooms':
      return [change.of, change.state];
    default:
      return [change.of];
  }
}

describe('fromTalk: every kind of system message', () => {
  it.each(systemMessages.map((kind) => [kind, becomes[kind]] as const))('%s: %s', (kind, what) => {
    expect(inWords(read(rowOf(kind)))).toBe(what);
  });

  it('one of a later Talk is ignored, and named', () => {
    expect(read({ ...rowOf('call_started'), systemMessage: 'tea_served' })).toEqual({
      ignored: 'tea_served: not known to Crosstalk',
    });
  });
});

describe('fromTalk: rooms', () => {
  const named = (name: string): object => {
    const row = captured.find((each) => each.name === name)?.row;
    if (row === undefined) throw new Error(`no captured row ${name}`);
    return row;
  };

  it('an invitation to another server is told once it is accepted, and the one that is declined as a leave', () => {
    expect(inWords(read(named('federation: the invitation is accepted')))).toBe(
      'memberJoined federated_users/dora@http://127.0.0.1:8091',
    );
    expect(inWords(read(named('federation: an invitation is declined')))).toBe(
      'memberLeft federated_users/dora@http://127.0.0.1:8091 left',
    );
  });

  it('who is promoted by our own account is told of, and our own account is not', () => {
    const promoted = { ...named('member: bob is promoted to moderator') } as Captured['row'];
    const stored = (self: string) => parseStoredRow({ token: promoted.token, self, row: promoted });
    expect(fromTalk(stored('bob'), reader)).toEqual({ ignored: 'moderator_promoted of one of our own' });
  });

  it('a call is told by its own row, with the address at which it is joined', () => {
    const events = read(named('call: started silently'));
    expect(events).toMatchObject({
      events: [
        {
          kind: 'callChanged',
          actor: { id: 'users/alice' },
          version: '3703',
          change: {
            of: 'start',
            call: { room: { account: 'cloud', id: 'xnxf6a5d' }, id: '3703' },
            joinUrl: 'https://cloud.example.org/index.php/call/xnxf6a5d',
            attention: 'silent',
          },
        },
      ],
    });
  });

  it('those who are named where it ends took part', () => {
    expect(read(named('call: ended, with who was in it'))).toMatchObject({
      events: [
        {
          at: '2026-11-21T07:41:37.000Z',
          change: { of: 'end', how: 'over', people: [{ id: 'users/alice' }, { id: 'users/bob' }] },
        },
      ],
    });
  });

  it('what is said in a room whose messages vanish says when it does', () => {
    const said = { ...named('plain: one line'), expirationTimestamp: 1795333298 };
    expect(read(said)).toMatchObject({ events: [{ kind: 'messageSent', expiresAt: '2026-11-22T07:41:38.000Z' }] });
    expect(read(named('plain: one line'))).not.toMatchObject({ events: [{ expiresAt: expect.anything() as unknown }] });
  });

  it('an expiration whose time is not to be read is no news', () => {
    expect(read({ ...rowOf('message_expiration_enabled'), expirationTimestamp: 0 })).toEqual({
      ignored: 'message_expiration_enabled without what it is about',
    });
  });
});
