import type { BridgeEvent, MessageEdited, MessageSent } from './bridge-event.js';
import { firstCorrection } from './corrections.js';
import { FileGone, MessageRefused } from './errors.js';
import type { FileLine, FileRef } from './ids.js';
import type { Copy, LostFiles } from './network-adapter.js';

/**
 * How a message with files is parted. Its words ride on the first file where they are one part, as its caption: then that is part 0.
 * Every other file is a part of its own, numbered from here, so that an edit of the words leaves it alone.
 */
export const firstFilePart = 500;

/**
 * Where the files of a message stand together, what is told in the place of one of them has a part from here, by its place: what edits
 * add to the message is numbered from `firstFilePart`, by its place too.
 */
export const firstFileLine = 700;

/** Pure: the place among the message's files of the one that such a part stands for. */
export function placeOfPart(part: number): number {
  return part - (part < firstFileLine ? firstFilePart : firstFileLine);
}

/** A text that is too long for its room stands in a file of its own, which an edit replaces: it never has the words as its caption. */
export const textFilePart = 990;

/** Pure: whether a part is such a file, of a message or of its correction. */
export function isTextFile({ part }: Pick<Copy, 'part'>): boolean {
  return part === textFilePart || part === firstCorrection + textFilePart;
}

export interface Piece<T> {
  readonly part: number;
  readonly text?: T;
  readonly file?: FileRef;
  /** Where the words stand alone after all, what is told in the place of their file has this part. */
  readonly apart: number;
}

/** Pure: the parts in the order in which they are sent. `texts`: the words in parts; none where the files say it all. */
export function piecesOf<T>(texts: readonly T[], files: readonly FileRef[]): readonly Piece<T>[] {
  const [text] = texts;
  const [first] = files;
  const isShown = first !== undefined && first.instead === undefined && first.text === undefined;
  const isCaption = texts.length === 1 && isShown;
  const alone = files.map((file, index): Piece<T> => {
    const apart = file.text === undefined ? firstFilePart + index : textFilePart;
    return { part: index === 0 && texts.length === 0 ? 0 : apart, file, apart };
  });
  if (isCaption)
    return [{ part: 0, ...(text === undefined ? {} : { text }), file: first, apart: firstFilePart }, ...alone.slice(1)];
  return [...texts.map((each, part): Piece<T> => ({ part, text: each, apart: part })), ...alone];
}

/** Pure: the line for a file that its room does not take: why, and where it is to be had all the same. */
export function notTaken(why: string, { elsewhere }: Pick<FileRef, 'elsewhere'>): FileLine {
  if (elsewhere === undefined) return { why };
  const { network, link } = elsewhere;
  if (link === undefined) return { why: `${why}; it is in ${network}` };
  return { why: `${why}; the link holds until ${link.until.toISOString().slice(0, 10)}`, url: link.url };
}

/** Pure: the line for a file that could not be shown. What is not there any more is nowhere. */
export function lineAfter(error: FileGone | MessageRefused, file: FileRef): FileLine {
  return error instanceof FileGone ? { why: error.message } : notTaken(error.message, file);
}

/** How an adapter says each kind of piece. */
export interface Saying<T> {
  text(part: number, text: T): Promise<void>;
  /** Throws FileGone where there is no such file, MessageRefused where the room does not take it: then `instead` is called. */
  file(part: number, file: FileRef, caption: T | undefined): Promise<void>;
  instead(part: number, file: FileRef, line: FileLine): Promise<void>;
}

/** Says what is not made yet, in order. A file that cannot be had is told of in its place, and what was said with it stands alone. */
export async function sayInPieces<T>(
  pieces: readonly Piece<T>[],
  made: ReadonlySet<number>,
  saying: Saying<T>,
): Promise<void> {
  for (const { part, text, file, apart } of pieces) {
    if (made.has(part)) continue;
    if (file === undefined) {
      if (text !== undefined) await saying.text(part, text);
    } else if (file.instead !== undefined) {
      await saying.instead(part, file, file.instead);
    } else {
      try {
        await saying.file(part, file, text);
      } catch (error) {
        if (!(error instanceof FileGone || error instanceof MessageRefused)) throw error;
        const line = lineAfter(error, file);
        // The words last: they are what the piece is known by as made.
        if (text === undefined) await saying.instead(part, file, line);
        else if (!made.has(apart)) await saying.instead(apart, file, line);
        if (text !== undefined) await saying.text(part, text);
      }
    }
  }
}

/** Pure: whether nothing but files of a message is gone. */
export function isOfFiles(event: BridgeEvent): event is MessageEdited & { readonly words: 'same' } {
  return event.kind === 'messageEdited' && event.words === 'same';
}

/** Pure: what a message that was not sent yet is to say after an edit. A file that it lost is told of in its place. */
export function asEdited(said: MessageSent, edit: MessageEdited): MessageSent {
  const { body, style, filesGone = [], filesAdded = [], filesBefore } = edit;
  const kept = (filesBefore === 'gone' ? [] : said.files).map((file, place) =>
    filesGone.includes(place) ? { ...file, instead: { why: 'it was deleted' } } : file,
  );
  const files = [...kept, ...filesAdded.flatMap(({ place, file }) => (place < kept.length ? [] : [file]))];
  return isOfFiles(edit) ? { ...said, files } : { ...said, files, body, style };
}

/** Pure: the parts that show nothing but a file that the message lost. */
export function lostApart({ places, apart }: LostFiles): readonly Copy[] {
  const parts = places.map((place) => firstFilePart + place);
  return apart.filter(({ part }) => parts.includes(part));
}

/** Pure: whether a file that the message lost is shown by its part 0, which has its words. */
export function isFirstLost({ places, apart }: LostFiles): boolean {
  return places.includes(0) && !apart.some(({ part }) => part === firstFilePart);
}
