import type { EventKind, MessageSent } from '../model/bridge-event.js';
import type { DeliveryKey } from '../model/ids.js';
import { isOfFiles } from '../model/file-parts.js';
import { firstLine } from '../model/in-line.js';
import type { Copy, Deliver, NetworkAdapter, Outcome } from '../model/network-adapter.js';
import type { Lane, WaitingDelivery } from '../model/delivery.js';
import type { Deliverer, Doubted } from '../pipeline/deliver.js';

export interface Found {
  /** Made by an earlier attempt, with every part that is known. */
  readonly done: readonly { readonly delivery: WaitingDelivery; readonly made: readonly Copy[] }[];
  /** To be sent, in order; with the parts that exist already. */
  readonly left: readonly WaitingDelivery[];
  readonly outcomes: readonly ('found' | 'notFound')[];
}

/**
 * Asks the network once for a whole batch. A lane sends in order: whatever comes before a delivery that left its key behind was made
 * too, even where its copy has vanished meanwhile. What is left is in doubt no longer when the look was conclusive.
 */
export async function look(
  adapter: NetworkAdapter,
  deliverer: Deliverer,
  lane: Lane,
  due: readonly WaitingDelivery[],
  now: Date,
  signal: AbortSignal,
): Promise<Found> {
  const doubted = await doubtedOf(adapter, deliverer, lane, due, signal);
  const inDoubt = new Set(doubted.map(({ delivery }) => delivery));
  const seen = doubted.length === 0 ? new Map<string, Seen>() : await ask(adapter, doubted, signal);
  const last = due.findLastIndex(({ uuid }) => isMade(seen.get(uuid)));
  const lastMade = due[last];
  const isLastWhole =
    lastMade === undefined || seen.get(lastMade.uuid) === 'made' || (await isWhole(adapter, lane, lastMade));
  const madeUpTo = isLastWhole ? last : last - 1;
  const isDone = (delivery: WaitingDelivery, at: number): boolean =>
    at <= madeUpTo || seen.get(delivery.uuid) === 'alreadySo' || isOutdone(delivery, due.slice(at + 1), seen);
  const done = due.filter(isDone).map((delivery) => ({ delivery, made: madeOf(delivery, seen) }));
  const left = due
    .filter((delivery, at) => !isDone(delivery, at))
    .map((delivery) => {
      const conclusive = !inDoubt.has(delivery) || (delivery.uncertain !== null && delivery.uncertain.settledAt <= now);
      return { ...delivery, made: madeOf(delivery, seen), uncertain: conclusive ? null : delivery.uncertain };
    });
  return { done, left, outcomes: doubted.map(({ delivery: { uuid } }) => (seen.has(uuid) ? 'found' : 'notFound')) };
}

type Seen = readonly Copy[] | 'made' | 'alreadySo';

interface InDoubt {
  readonly delivery: WaitingDelivery;
  /** Undefined where it cannot have been made. */
  readonly asked: Doubted | undefined;
  /** It is looked for as the line in which its refusal was told. */
  readonly isLine?: true;
}

/**
 * Repeating some things changes nothing: they are not looked for. What is told in a line is looked for as a message, also where that is
 * told only of what is refused.
 */
async function doubtedOf(
  adapter: NetworkAdapter,
  deliverer: Deliverer,
  lane: Lane,
  due: readonly WaitingDelivery[],
  signal: AbortSignal,
): Promise<InDoubt[]> {
  const uncertain = due.filter((delivery) => delivery.uncertain !== null);
  const prepared = await Promise.all(
    uncertain.map(async (delivery) => ({
      delivery,
      asked: await deliverer.uncertain(adapter, lane, delivery, signal),
    })),
  );
  return prepared.flatMap(({ delivery, asked }): InDoubt[] => {
    const { kind } = (asked ?? delivery).event;
    // What the words show says nothing of the files; to take those away once more changes nothing.
    if (asked?.lost?.words === 'same' || isOfFiles(delivery.event)) return [];
    const { repeat } = (adapter.deliver[kind] as Deliver<EventKind> | undefined) ?? {};
    if (repeat === 'look') return [{ delivery, asked }];
    return asked?.inLine === undefined ? [] : [{ delivery, asked: ofLine(asked, asked.inLine), isLine: true }];
  });
}

function ofLine(asked: Doubted, line: MessageSent): Doubted {
  const partOf = (key: DeliveryKey): number | undefined => {
    const part = (asked.partOf(key) ?? -1) - firstLine;
    return part < 0 ? undefined : part;
  };
  return { ...asked, event: line, target: [], firstPart: asked.firstPart + firstLine, partOf };
}

async function ask(
  adapter: NetworkAdapter,
  doubted: readonly InDoubt[],
  signal: AbortSignal,
): Promise<Map<string, Seen>> {
  const since = new Date(
    Math.min(...doubted.map(({ delivery: { uncertain } }) => uncertain?.since.getTime() ?? Infinity)),
  );
  const answers: Outcome[] = [];
  // Apart: that a line is not there says nothing of what comes after it.
  for (const group of [doubted.filter(({ isLine }) => !isLine), doubted.filter(({ isLine }) => isLine)]) {
    const possible = group.flatMap(({ asked }) => asked ?? []);
    if (possible.length > 0) answers.push(...(await adapter.wasDone(possible, since, signal)));
  }
  const outcomes = new Map(answers.map(({ delivery, done }) => [delivery, done]));
  const seen = new Map<string, Seen>();
  for (const {
    delivery: { uuid, made },
    asked,
  } of doubted) {
    const outcome = outcomes.get(uuid);
    if (outcome === 'alreadySo' || outcome === 'made') {
      seen.set(uuid, outcome);
      continue;
    }
    const found = outcome === undefined || outcome === 'notFound' ? [] : outcome;
    const copies = union(made, asked === undefined ? [] : asInRoom(found, asked.firstPart));
    if (copies.length > 0) seen.set(uuid, copies);
  }
  return seen;
}

function isMade(seen: Seen | undefined): boolean {
  return seen !== undefined && seen !== 'alreadySo';
}

/**
 * Whether a later one that is so already leaves nothing of it to be done. No more follows from how a room stands: an equal edit may have
 * been made before, and a message may have been deleted by somebody else.
 */
function isOutdone(
  { message, event }: WaitingDelivery,
  later: readonly WaitingDelivery[],
  seen: ReadonlyMap<string, Seen>,
): boolean {
  const isOfWords = event.kind === 'messageSent' || (event.kind === 'messageEdited' && !isOfFiles(event));
  return later.some(
    (other) =>
      message !== null &&
      other.message === message &&
      seen.get(other.uuid) === 'alreadySo' &&
      (other.event.kind === 'messageDeleted' || (isOfWords && other.event.kind === 'messageEdited')),
  );
}

/** Whether nothing of the last delivery that was found can be missing. A short message without files has one part only. */
async function isWhole(adapter: NetworkAdapter, lane: Lane, { event }: WaitingDelivery): Promise<boolean> {
  if (event.kind !== 'messageSent' && event.kind !== 'messageEdited') return true;
  if (event.kind === 'messageSent' && event.files.length > (event.body.length === 0 ? 1 : 0)) return false;
  if (event.kind === 'messageEdited' && (event.filesAdded ?? event.filesBefore) !== undefined) return false;
  const { maxTextChars, maxTextBytes } = await adapter.capabilities(lane.room);
  // Names, quotes and markup come on top, and a character may take four bytes: a quarter of the limit is surely one part.
  return JSON.stringify(event.body).length < Math.min(maxTextChars, maxTextBytes ?? Infinity) / 4;
}

/** The parts of a correction have numbers of their own. */
function asInRoom(copies: readonly Copy[], firstPart: number): readonly Copy[] {
  return copies.map((copy) => ({ ...copy, part: firstPart + copy.part }));
}

function madeOf(delivery: WaitingDelivery, seen: ReadonlyMap<string, Seen>): readonly Copy[] {
  const copies = seen.get(delivery.uuid);
  return copies === undefined || typeof copies === 'string' ? delivery.made : copies;
}

function union(a: readonly Copy[], b: readonly Copy[]): readonly Copy[] {
  return [...new Map([...a, ...b].map((copy) => [copy.part, copy])).values()].sort((x, y) => x.part - y.part);
}
