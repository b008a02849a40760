import { answeredBy, type BridgeEvent, targetOf } from '../model/bridge-event.js';
import type { MessageRef } from '../model/ids.js';
import type { FirstTold } from '../model/network-adapter.js';
import { copyKey, type Known } from '../model/routing.js';
import { eventsIn, startsMessage } from './batch.js';
import type { Interpretation } from './interpret.js';

/** What a new message answers, and what is known of that before it has come. */
export interface Answer extends Required<FirstTold> {
  readonly message: MessageRef;
}

/** See `NetworkAdapter`. */
export type TellsFirst = (message: MessageRef) => FirstTold | undefined;

/** What the event answers, as far as it may be waited for. */
export function answersOf(event: BridgeEvent, firstTold: TellsFirst): readonly Answer[] {
  return answeredBy(event).flatMap((message) => {
    const { key, sentAt } = firstTold(message) ?? {};
    return key === undefined || sentAt === undefined ? [] : [{ message, key, sentAt }];
  });
}

/**
 * The first of these answers that is not known yet, and may still come: it was said since the room is linked, not so long ago that it
 * has come by now, and the payload that tells it was not seen; what was ignored or could not be read does not come as a message.
 */
export function awaited(
  answers: readonly Answer[],
  { copies, told }: Pick<Known, 'copies' | 'told'>,
  saidSince: Date,
): Answer | undefined {
  return answers.find(
    ({ message, key, sentAt }) => !copies.has(copyKey(message)) && !told.has(key) && sentAt >= saidSince,
  );
}

/** What came together in any order, so that nothing stands before what it is about, as far as that is here too; else as it came. */
export function inTurn<Arrived extends { readonly content: Interpretation }>(arrived: readonly Arrived[]): Arrived[] {
  const begunBy = new Map<string, Arrived>();
  for (const each of arrived) for (const message of begun(each)) begunBy.set(copyKey(message), each);
  const ordered = new Set<Arrived>();
  const visited = new Set<Arrived>();
  const visit = (each: Arrived): void => {
    if (visited.has(each)) return;
    visited.add(each);
    for (const message of eventsIn(each.content).flatMap(needs)) {
      const first = begunBy.get(copyKey(message));
      if (first !== undefined) visit(first);
    }
    ordered.add(each);
  };
  for (const each of arrived) visit(each);
  return [...ordered];
}

function begun({ content }: { readonly content: Interpretation }): readonly MessageRef[] {
  return eventsIn(content)
    .filter(startsMessage)
    .map(({ message }) => message);
}

/** The messages that it is about. */
export function needs(event: BridgeEvent): readonly MessageRef[] {
  const target = targetOf(event);
  return target === undefined ? answeredBy(event) : [target];
}
