import { endingOf, type StoredFile } from '../state/files.js';
import type { JsonObject } from '../state/json.js';
import type { Look } from './look.js';

const prettyTypes: Readonly<Record<string, string>> = {
  png: 'PNG',
  jpg: 'JPEG',
  jpeg: 'JPEG',
  gif: 'GIF',
  pdf: 'PDF',
  txt: 'Plain Text',
  zip: 'Zip',
  mp4: 'MPEG 4 Video',
  mp3: 'MP3',
};

/** A file as messages and `files.info` show it; a deleted one is a stone. */
export function viewFile({ base, workspaces }: Look, file: StoredFile): JsonObject {
  if (file.isDeleted) return { id: file.id, mode: 'tombstone' };
  const { id, team, user, name, title, mimetype, bytes, createdSeconds } = file;
  const kind = endingOf(name) || 'binary';
  const domain = workspaces.get(team)?.domain ?? team;
  const address = `${base}/files-pri/${team}-${id}`;
  const slug = encodeURIComponent(name.toLowerCase().replaceAll(' ', '_'));
  const isPicture = mimetype.startsWith('image/') && kind !== 'svg';
  return {
    id,
    created: createdSeconds,
    timestamp: createdSeconds,
    name,
    title,
    mimetype,
    filetype: kind,
    pretty_type: prettyTypes[kind] ?? 'Binary',
    user,
    user_team: team,
    editable: false,
    size: bytes.length,
    mode: 'hosted',
    is_external: false,
    external_type: '',
    is_public: true,
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    url_private: `${address}/${slug}`,
    url_private_download: `${address}/download/${slug}`,
    media_display_type: isPicture ? 'image' : 'unknown',
    ...(isPicture ? { thumb_360: `${base}/files-tmb/${team}-${id}/360`, original_w: 1, original_h: 1 } : {}),
    ...(mimetype.startsWith('video/') ? { thumb_video: `${base}/files-tmb/${team}-${id}/480` } : {}),
    permalink: `https://${domain}.slack.com/files/${user}/${id}/${slug}`,
    permalink_public: `https://slack-files.com/${team}-${id}`,
    is_starred: false,
    has_rich_preview: false,
    file_access: 'visible',
  };
}

/** With where it is shown, as `files.info` has it. */
export function viewFileWithShares(look: Look, file: StoredFile, names: (channel: string) => string): JsonObject {
  const shares = Object.fromEntries(
    [...file.shares].map(([channel, all]) => [
      channel,
      all.map((ts) => ({
        reply_users: [],
        reply_users_count: 0,
        reply_count: 0,
        ts,
        channel_name: names(channel),
        team_id: file.team,
        share_user_id: file.user,
      })),
    ]),
  );
  return {
    ...viewFile(look, file),
    shares: { public: shares },
    channels: [...file.shares.keys()],
    groups: [],
    ims: [],
  };
}
