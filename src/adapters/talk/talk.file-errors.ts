import { type BridgeError, MessageRefused, NetworkUnavailable, TargetGone } from '../../model/errors.js';
import type { Refusal } from './talk.errors.js';

export function fileGone(): BridgeError {
  return new TargetGone('there is no such file');
}

/** Between two looks at it: whoever looks once more finds what is there by then. */
export function fileChanged(): BridgeError {
  return new NetworkUnavailable('the file changed while it was opened', { certainty: 'notSent' });
}

/** The account's files are full, or the server takes none so large; undefined: it was refused for another reason. */
export function fileNotTaken({ status }: Refusal): BridgeError | undefined {
  if (status === 507) return new MessageRefused('the Nextcloud account has no room for it');
  if (status === 413) return new MessageRefused('the Nextcloud takes no file so large');
  return undefined;
}

/** There is no such room for whoever shares it, or no such place in their files. */
export function notShared(cause: unknown): BridgeError {
  return new MessageRefused('Nextcloud does not let it be shared into the room', { cause });
}

/** To some users a server gives no files of their own, or no Talk. */
export function sharesNothing(): BridgeError {
  return new MessageRefused('the server lets the user send no files in Talk');
}

/** It was shared, and its message is not among the newest, or those cannot be seen. */
export function uploadHidden(cause?: unknown): BridgeError {
  const certainty = 'unknownAfterDisconnect';
  return new NetworkUnavailable('the message of a shared file is not shown yet', { certainty, cause });
}

/** Nobody else may delete in somebody's files. */
export function fileKept(): BridgeError {
  return new MessageRefused(
    'the file stays in the files of the user who shared it in Talk: the login of theirs that sent it is no longer lent',
  );
}

/** Its message cannot be deleted, nor edited after a day. */
export function wordsKept(cause: unknown): BridgeError {
  return new MessageRefused('Talk deletes no message of a file that is gone, and edits none that is older than a day', {
    cause,
  });
}
