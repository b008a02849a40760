import type { StoredBytes } from '../../stored-bytes.js';
import type { PictureSize } from './picture-size.js';

export interface StoredFile {
  readonly id: number;
  readonly owner: string;
  /** In the owner's files, with a slash at its beginning. */
  readonly path: string;
  readonly name: string;
  readonly folderId: number;
  readonly mimetype: string;
  readonly etag: string;
  readonly data: StoredBytes;
  readonly modifiedSeconds: number;
  readonly picture: PictureSize | undefined;
}
