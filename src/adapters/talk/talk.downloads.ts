import type { FileStream, WantedBytes } from '../../model/network-adapter.js';
import { pathOf } from './api/endpoint-call.js';
import { fileIdentityIn, identityQuestion } from './api/file-properties.js';
import { fileEndpoints } from './api/files.endpoints.js';
import type { TalkClient } from './talk.client.js';
import { brokenAnswer } from './talk.errors.js';
import { fileGone } from './talk.file-errors.js';

export interface SharedFile {
  /** The id of the user who has it. */
  readonly user: string;
  /** The server's number of it. */
  readonly file: string;
  /** Below the user's files. */
  readonly path: string;
}

/**
 * A file that a message shows, as it is now. A path may be that of another file later, which others showed to others: so what stands there
 * is looked at, and only that state of it is read. Throws TargetGone where the file is not there any more.
 */
export async function openSharedFile(
  client: TalkClient,
  { user, file, path }: SharedFile,
  signal: AbortSignal,
  wanted?: WantedBytes,
): Promise<FileStream> {
  const { data } = await client.api.files.properties({ user, path, depth: '0', file: question }, signal);
  const found = fileIdentityIn(data.toString('utf8'));
  if (found === undefined) throw brokenAnswer('read', 'without saying which file it has');
  if (found.id !== file) throw fileGone();
  return client.openFile(pathOf(fileEndpoints.download, { user, path }), signal, { wanted, etag: found.etag });
}

const question = { name: '', mime: 'application/xml', bytes: Buffer.from(identityQuestion) };
