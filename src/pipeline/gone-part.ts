import { firstCorrection } from '../model/corrections.js';
import { firstFilePart, placeOfPart, textFilePart } from '../model/file-parts.js';

/** One part of a message, as it stood in the room where somebody deleted it. */
export interface GonePart {
  readonly part: number;
  /** The numbers of the message's other parts there. */
  readonly beside: readonly number[];
  /** Whether the message is known to be nothing but files. */
  readonly isWordless: boolean;
  /** Whether more parts of it may be on their way into the room. */
  readonly isUnfinished: boolean;
}

/**
 * Pure: what is to go elsewhere. A file that stands for itself goes alone, by its place, while anything is left of its message; words
 * are not to be had in pieces: the message goes as a whole, and where more of it stands in the same room, that follows.
 */
export function goneWith({
  part,
  beside,
  isWordless,
  isUnfinished,
}: GonePart): { readonly place: number } | 'message' | 'messageHere' {
  const others = beside.filter(isOfMessage);
  // A correction is words of the message too, and what it corrects does not outlive it.
  if (others.length === 0 || !isOfMessage(part)) return beside.length > 0 || isUnfinished ? 'messageHere' : 'message';
  // The file of a long text is its words.
  if (part === textFilePart) return 'messageHere';
  if (part >= firstFilePart) return { place: placeOfPart(part) };
  // The first file is a part of its own, unless it is the first part.
  const isFirstFile = part === 0 && isWordless && others.every((other) => other > firstFilePart);
  return isFirstFile ? { place: 0 } : 'messageHere';
}

/** Corrections, and what is told in answers, are said about it: they go with it. */
function isOfMessage(part: number): boolean {
  return part < firstCorrection;
}
