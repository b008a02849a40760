import { fromMatrix } from '../../src/adapters/matrix/from-matrix.js';
import { OurUsers, type MatrixSelf } from '../../src/adapters/matrix/matrix.ids.js';
import { presenceIn as presenceOf } from '../../src/adapters/matrix/matrix.statuses.js';
import { MatrixReceipts } from '../../src/adapters/matrix/matrix.receipts.js';
import { MatrixTyping, type MatrixTypingParts } from '../../src/adapters/matrix/matrix.typing.js';
import { parseStored as parseMatrix } from '../../src/adapters/matrix/matrix.payloads.js';
import { fromSlack } from '../../src/adapters/slack/from-slack.js';
import { readUser } from '../../src/adapters/slack/api/people.api.js';
import type { SlackSelf } from '../../src/adapters/slack/slack.ids.js';
import { presenceIn } from '../../src/adapters/slack/slack.statuses.js';
import { parseStored as parseSlack } from '../../src/adapters/slack/slack.payloads.js';
import { fromTalk } from '../../src/adapters/talk/from-talk.js';
import { parseStoredRow } from '../../src/adapters/talk/talk.payloads.js';
import { accountId, roomId, type RoomRef, userId } from '../../src/model/ids.js';
import type { PresenceChanged, ReadUpTo, TypingChanged } from '../../src/model/bridge-event.js';
import type { ReadResult } from '../../src/model/network-adapter.js';
import type { Case, Network, Payload } from './corpus.types.js';

/** One link of three rooms. */
export const rooms: Readonly<Record<Network, RoomRef>> = {
  talk: { account: accountId('cloud'), id: roomId('fa1r2027') },
  matrix: { account: accountId('home'), id: roomId('!fair:real.test') },
  slack: { account: accountId('town'), id: roomId('C0FA1R0001') },
};

/** Who has an account on all three: the others have none but their own. */
export const people: readonly Readonly<Record<Network, string>>[] = [
  { talk: 'users/bob', matrix: '@noah:real.test', slack: 'U0BEN00002' },
];

/** A message that stands in all three rooms. */
export const thePlan: Readonly<Record<Network, string>> = { talk: '650', matrix: '$plan', slack: '1795246500.000500' };
/** What rooms of the homeserver are called. */
export const aliases: Readonly<Record<string, string>> = { '#fair:real.test': rooms.matrix.id };

export const talkServer = 'https://cloud.example.org';
export const matrixSelf: MatrixSelf = {
  account: rooms.matrix.account,
  users: new OurUsers({ serverName: 'real.test', bot: 'crosstalk', ghostPrefix: 'crosstalk_' }),
};
export const slackSelf: SlackSelf = {
  account: rooms.slack.account,
  team: 'T0TOWN0001',
  user: 'U0CRSSTALK',
  bot: 'B0CRSSTALK',
  app: 'A0CRSSTALK',
  url: 'https://town.slack.com/',
};
const slackNames = {
  users: {
    U0ANNA0001: { name: 'Anna' },
    U0BEN00002: { name: 'Ben' },
    U0CLEO0003: { name: 'Cleo' },
    B0BU1LD001: { name: 'Build', isBot: true },
    USLACKBOT: { name: 'Slackbot', isBot: true },
  },
  channels: { C0FA1R0001: 'summer-fair', C0STAGE001: 'stage' },
  groups: { S0CH01R001: 'choir' },
  emoji: { kazoo: 'https://emoji.slack-edge.com/T0TOWN0001/kazoo/1a2b.png', yep: 'alias:thumbsup' },
};

/** Pure: what a payload tells, with what its source found beside it. */
export function read({ from, sent, found = {} }: Case): ReadResult {
  switch (from) {
    case 'matrix':
      return fromMatrix(parseMatrix({ event: matrixEvent(sent), senderName: 'Mia', order: '9', ...found }), matrixSelf);
    case 'talk':
      return fromTalk(parseStoredRow({ token: rooms.talk.id, self: 'crosstalk', row: talkRow(sent), ...found }), {
        account: rooms.talk.account,
        baseUrl: talkServer,
      });
    case 'slack':
      return fromSlack(parseSlack({ event: slackEvent(sent), names: slackNames, ...found }), slackSelf);
  }
}

function matrixEvent(sent: Payload): Payload {
  return {
    type: 'm.room.message',
    event_id: '$said',
    room_id: rooms.matrix.id,
    sender: '@mia:real.test',
    origin_server_ts: 1_795_246_800_000,
    unsigned: { age: 120 },
    ...sent,
  };
}

function talkRow(sent: Payload): Payload {
  return {
    id: 700,
    token: rooms.talk.id,
    actorType: 'users',
    actorId: 'alice',
    actorDisplayName: 'Alice',
    timestamp: 1_795_246_800,
    message: '',
    messageParameters: [],
    systemMessage: '',
    messageType: sent['systemMessage'] === undefined ? 'comment' : 'system',
    isReplyable: sent['systemMessage'] === undefined,
    referenceId: '',
    reactions: {},
    expirationTimestamp: 0,
    markdown: sent['systemMessage'] === undefined,
    threadId: 700,
    ...sent,
  };
}

function slackEvent(sent: Payload): Payload {
  const at = '1795246800.000700';
  const isMessage = sent['type'] === undefined;
  return {
    type: 'message',
    user: 'U0ANNA0001',
    ...(isMessage ? { channel: rooms.slack.id, channel_type: 'channel', team: slackSelf.team, ts: at } : {}),
    event_ts: at,
    ...sent,
  };
}

/** Who types by a payload that is no event; undefined where it is something else. */
export function typingIn({ from, sent }: Case): TypingChanged | undefined {
  if (from !== 'matrix') return undefined;
  const { id, account } = rooms.matrix;
  let told: TypingChanged | undefined;
  const tell = (changed: TypingChanged): void => {
    told = changed;
  };
  const parts = { id: account, users: matrixSelf.users, isLinked: () => true, tell };
  new MatrixTyping(parts as unknown as MatrixTypingParts).hear([{ room_id: id, ...sent }]);
  return told;
}

/** How somebody is by a payload that is no event, who spoke a moment ago; undefined where it is something else. */
export function presenceBy({ from, sent }: Case): PresenceChanged | undefined {
  if (from === 'matrix') return matrixPresence(sent);
  if (from !== 'slack' || sent['type'] !== 'user_change') return undefined;
  const user = readUser(sent['user']);
  return user === undefined ? undefined : presenceIn(rooms.slack, user, true);
}

function matrixPresence(sent: Payload): PresenceChanged | undefined {
  const told = presenceOf({ sender: '@mia:real.test', ...sent });
  if (told === undefined) return undefined;
  const room = rooms.matrix;
  const person = { account: room.account, id: userId(told.user), name: '', standing: 'person' } as const;
  return { kind: 'presenceChanged', room, person, presence: told.presence };
}

/** Who has read the room up to where, by a payload that is no event; none where it is something else. */
export function readersIn({ from, sent }: Case): readonly ReadUpTo[] {
  if (from !== 'matrix') return [];
  const { id, account } = rooms.matrix;
  const told: ReadUpTo[] = [];
  const tell = (upTo: ReadUpTo): void => void told.push(upTo);
  new MatrixReceipts({ id: account, users: matrixSelf.users, isLinked: () => true, tell }).hear([
    { room_id: id, ...sent },
  ]);
  return told;
}
