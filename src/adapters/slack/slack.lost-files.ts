import { firstFileLine, firstFilePart, placeOfPart } from '../../model/file-parts.js';
import type { Copy, LostFiles } from '../../model/network-adapter.js';

/** What is to be deleted of the files that a message lost. */
export interface Lost {
  /** Among others that stay. */
  readonly files: readonly string[];
  /** Messages that have nothing else: files that edits added, lines in the place of a file, and the last file of those that stand together. */
  readonly messages: readonly Copy[];
}

/** Pure: the message that shows all files with which the message was sent. */
export function togetherIn({ apart }: LostFiles, words: readonly Copy[]): Copy | undefined {
  return apart.find(({ part }) => part === firstFilePart) ?? words.find(({ part }) => part === 0);
}

/** Pure. `shown`: the files that `together` shows, in their order: all but those that a line tells of. */
export function lostIn({ places, apart }: LostFiles, together: Copy | undefined, shown: readonly string[]): Lost {
  const alone = apart.filter((copy) => copy !== together && places.includes(placeOfPart(copy.part)));
  const lines = apart.filter(({ part }) => part >= firstFileLine).map(({ part }) => placeOfPart(part));
  const among = places
    .filter((place) => !alone.some(({ part }) => placeOfPart(part) === place))
    .map((place) => shown[place - lines.filter((line) => line < place).length]);
  const isAll = together?.part === firstFilePart && among.length > 0 && shown.every((file) => among.includes(file));
  if (isAll) return { files: [], messages: [together, ...alone] };
  return { files: among.filter((file) => file !== undefined), messages: alone };
}
