import { type BridgeEvent, targetOf } from '../model/bridge-event.js';
import type { Asked } from '../persistence/ingest.repository.js';
import { answersOf, type TellsFirst } from './answers.js';
import { beginningsIn, roomsOf } from './batch.js';
import type { DeliveryKeys } from './delivery-key.js';
import { tellsOfPoll } from './polls.js';

/** Pure: what has to be known of everything that these events refer to, before they are routed. */
export function askedOf(
  events: readonly BridgeEvent[],
  firstTold: TellsFirst,
  keys: Pick<DeliveryKeys, 'verify'>,
): Omit<Asked, 'fences' | 'account' | 'keys' | 'readAgain'> {
  const begun = beginningsIn(events);
  const answered = events.flatMap((event) => answersOf(event, firstTold));
  const targets = events.flatMap((event) => targetOf(event) ?? []);
  return {
    newMessages: begun.length,
    rooms: roomsOf(events),
    calls: events.filter(({ kind }) => kind === 'callChanged').map(({ room }) => room),
    tellsOfPolls: events.some(tellsOfPoll),
    changesSomething: targets.length > 0,
    messages: [...begun, ...targets, ...answered.map(({ message }) => message)],
    answered,
    reactionRows: events.flatMap(reactionRowOf),
    deleted: events.flatMap((event) => (event.kind === 'messageDeleted' ? [event.message] : [])),
    voters: events.flatMap((event) => (event.kind === 'pollVoted' ? [event.actor] : [])),
    deliveries: events.flatMap(({ key, actor }) => {
      const named = key === undefined || actor.standing !== 'ours' ? undefined : keys.verify(key);
      return named === undefined ? [] : [named.delivery];
    }),
  };
}

/** Networks tell a reaction that is taken back by its own id, some as a message that is deleted. */
function reactionRowOf(event: BridgeEvent): Asked['reactionRows'] {
  switch (event.kind) {
    case 'reactionAdded':
    case 'reactionRemoved':
      return [{ account: event.room.account, remote: event.row ?? event.message.id }];
    case 'messageDeleted':
      return [{ account: event.room.account, remote: event.message.id }];
    default:
      return [];
  }
}
