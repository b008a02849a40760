import type { ChatApi } from './api/chat.js';
import { CoreApi } from './api/core.js';
import type { OcsDoor } from './api/ocs.js';
import type { TalkSettings } from './talk.settings.js';
import { type FilesOwner, TalkUploads } from './talk.uploads.js';

/** The files of a user who lends a login. `chat`: of our account, which is in every room. */
export function ownFiles(
  user: string,
  door: OcsDoor,
  chat: Pick<ChatApi, 'readBack'>,
  settings: Pick<TalkSettings, 'url' | 'uploadChunkBytes'>,
): TalkUploads {
  const core = new CoreApi(door);
  // Asked each time: people choose another folder when they like.
  const attachments = async (signal: AbortSignal): ReturnType<FilesOwner['attachments']> => {
    const { capabilities } = await core.capabilities(signal);
    return capabilities.spreed?.config.attachments ?? { allowed: false, folder: '' };
  };
  return new TalkUploads({ door, user: () => user, attachments }, chat, settings);
}
