import type { BridgeEvent } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import type { ShownCopy, WaitingDelivery } from '../model/delivery.js';
import { firstFilePart, isOfFiles, isTextFile, textFilePart } from '../model/file-parts.js';
import type { Copy, LostFiles } from '../model/network-adapter.js';
import { addedIn, type AddedMessage, replacedIn } from './added-files.js';
import { firstTally } from './polls.js';
import { hashOf, isOfNoWords } from './shown-hash.js';

/** What an event changes of what stands in a room. */
export interface ShownChange {
  /** Of what it shows; null where that is not compared. */
  readonly hash: Buffer | null;
  /** Its words are there already. */
  readonly isSame: boolean;
  /** What is to be changed of it. */
  readonly target: readonly ShownCopy[];
  readonly lost: LostFiles | undefined;
  readonly added: readonly AddedMessage[];
  /** Files that are to go: of the words as they were before, and those that others stand in the place of. */
  readonly outdated: readonly Copy[];
}

/** Pure. `copies`: what the event is about, as it stands there. */
export function shownChange(
  event: BridgeEvent,
  delivery: Pick<WaitingDelivery, 'made'>,
  copies: readonly ShownCopy[],
  able: Pick<Capabilities, 'maxFileBytes'>,
): ShownChange {
  const hash = hashOf(event);
  const isEdit = event.kind === 'messageEdited' || event.kind === 'threadChanged';
  const isSame =
    isOfFiles(event) || (isEdit && hash !== null && copies.every((copy) => copy.hash?.equals(hash) === true));
  // What stands under a poll is no part of its words.
  const isAsked = event.kind === 'messageEdited' && event.asks !== undefined;
  const isPart = ({ part }: Copy): boolean => part < (isAsked ? firstTally : firstFilePart);
  return {
    hash,
    isSame,
    target: isEdit ? copies.filter(isPart) : copies,
    lost: lostIn(event, copies, isSame ? 'same' : 'new'),
    added: addedIn(event, copies, able),
    outdated: [
      ...(event.kind === 'messageEdited' && !isSame ? outdatedIn(copies, delivery) : []),
      ...replacedIn(event, copies, delivery),
    ],
  };
}

/** Pure: the files of what the message said before; not those that an earlier attempt of the same edit made. */
function outdatedIn(copies: readonly ShownCopy[], { made }: Pick<WaitingDelivery, 'made'>): readonly Copy[] {
  return copies.filter((copy) => isTextFile(copy) && !made.some(({ id }) => id === copy.id));
}

/** What an edit takes away of the files that stand in the room. */
function lostIn(event: BridgeEvent, copies: readonly ShownCopy[], words: LostFiles['words']): LostFiles | undefined {
  if (event.kind !== 'messageEdited' || event.filesGone === undefined) return undefined;
  const hash = copies.find(({ part }) => part === 0)?.hash ?? null;
  return {
    places: event.filesGone,
    apart: copies.filter(({ part }) => part >= firstFilePart && part < textFilePart),
    words,
    hasWords: isOfFiles(event) ? !isOfNoWords(hash) : event.body.length > 0,
  };
}
