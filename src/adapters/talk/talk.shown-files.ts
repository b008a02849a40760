import type { BridgeEvent } from '../../model/bridge-event.js';
import type { DeliveryKey } from '../../model/ids.js';
import type { Copy, DeliveryRequest } from '../../model/network-adapter.js';
import { deliveryKeyIn, rowIdOf } from './talk.ids.js';
import { isDeletedRow } from './talk.payloads.js';
import type { Writing } from './talk.posting.js';

/** `kept`: it lies in somebody's files who lets nobody delete it any more. */
export type FileFate = 'gone' | 'kept';

/** The file that a message of ours shows, or may have shown before it was deleted. */
export interface ShownFile {
  readonly key: DeliveryKey;
  /** The user in whose files it lies. */
  readonly user: string;
  readonly isSure: boolean;
}

type Request = Pick<DeliveryRequest<BridgeEvent>, 'room' | 'beforeSend'>;

/** Undefined where there is none: what a message without a key of ours shows is not ours to delete. */
export async function fileBehind(
  { client }: Pick<Writing, 'client'>,
  { room }: Pick<Request, 'room'>,
  copy: Copy,
  signal: AbortSignal,
): Promise<ShownFile | undefined> {
  const id = rowIdOf(copy.id);
  const row = id === undefined ? undefined : await client.chat.get(room, id, signal);
  const key = row === undefined ? undefined : deliveryKeyIn(row.referenceId);
  if (row === undefined || key === undefined || row.actorType !== 'users') return undefined;
  const isShown = row.messageParameters['file'] !== undefined;
  if (!isShown && !isDeletedRow(row)) return undefined;
  return { key, user: row.actorId, isSure: isShown };
}

/** Deletes it as whoever shared it. */
export async function deleteFile(
  { uploads, voices }: Pick<Writing, 'uploads' | 'voices'>,
  request: Request,
  file: ShownFile | undefined,
  signal: AbortSignal,
): Promise<FileFate> {
  if (file === undefined) return 'gone';
  const { key, user, isSure } = file;
  const asking = { signal, beforeSend: () => request.beforeSend() };
  if (user === uploads.user) {
    await uploads.delete(request.room, key, asking);
    return 'gone';
  }
  const deleted = await voices.inFilesOf(user, (files) => files.delete(request.room, key, asking));
  return deleted === 'refused' && isSure ? 'kept' : 'gone';
}
