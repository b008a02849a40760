import { changeInlines } from '../../formatting/change-inlines.js';
import type { AccountId, FileRef } from '../../model/ids.js';
import type { RichText } from '../../model/rich-text.js';

/** More in one message are shown by their names. */
const mostPictures = 30;

/** The pictures of emoji that are to be brought to the homeserver before a text is shown there, each once. */
export function picturesElsewhere(body: RichText, here: AccountId): readonly FileRef[] {
  const found = new Map<string, FileRef>();
  changeInlines(body, (inline) => {
    const image = inline.type === 'customEmoji' ? inline.image : undefined;
    if (image !== undefined && image.account !== here) found.set(pictureOf(image), image);
    return [inline];
  });
  return [...found.values()].slice(0, mostPictures);
}

/** The same text with the pictures that were brought; `addresses`: by picture. */
export function withPictures(
  body: RichText,
  here: AccountId,
  addresses: ReadonlyMap<string, string | undefined>,
): RichText {
  return changeInlines(body, (inline) => {
    if (inline.type !== 'customEmoji' || inline.image === undefined) return [inline];
    const id = addresses.get(pictureOf(inline.image));
    return [id === undefined ? inline : { ...inline, image: { ...inline.image, account: here, id } }];
  });
}

/** A picture is known by its account and its id there, which is another one for another picture. */
export function pictureOf({ account, id }: Pick<FileRef, 'account' | 'id'>): string {
  return `${account} ${id}`;
}
