import { CoreApi } from './api/core.js';
import type { OcsDoor } from './api/ocs.js';
import type { TalkClient } from './talk.client.js';
import type { TalkSettings } from './talk.settings.js';
import { type FilesOwner, TalkUploads } from './talk.uploads.js';

export interface OwnFilesParts extends Pick<FilesOwner, 'folders'> {
  /** Of our account, which is in every room. */
  readonly client: Pick<TalkClient, 'chat'>;
  readonly settings: Pick<TalkSettings, 'url' | 'uploadChunkBytes'>;
}

/** The files of a user who lends a login. */
export function ownFiles(user: string, door: OcsDoor, { client, settings, folders }: OwnFilesParts): TalkUploads {
  const core = new CoreApi(door);
  // Asked each time: people choose another folder when they like.
  const attachments = async (signal: AbortSignal): ReturnType<FilesOwner['attachments']> => {
    const { capabilities } = await core.capabilities(signal);
    return capabilities.spreed?.config.attachments ?? { allowed: false, folder: '' };
  };
  return new TalkUploads({ door, user: () => user, attachments, folders }, client.chat, settings);
}
