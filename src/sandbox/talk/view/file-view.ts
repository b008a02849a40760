import { type FileShare, folderType, type PublicShare } from '../state/files.js';
import type { StoredFile } from '../state/stored-file.js';
import type { RichParameter } from '../state/message.js';
import type { ActorKey } from '../state/actor.js';
import type { Names } from '../state/names.js';

const ownPermissions = 27;
const receivedPermissions = 19;
const previewable = /^(image|text|video)\//;

export function hasPreview(file: StoredFile): boolean {
  return previewable.test(file.mimetype);
}

/** How a file stands in `messageParameters`; its path is the reader's. */
export function fileParameter(names: Names, file: StoredFile, reader: ActorKey): RichParameter {
  const userId = reader.startsWith('users/') ? reader.slice('users/'.length) : '';
  return {
    type: 'file',
    id: String(file.id),
    name: file.name,
    size: String(file.data.length),
    path: userId === '' ? file.name : names.files.pathFor(file, userId).slice(1),
    link: `${names.base}/index.php/f/${file.id}`,
    etag: file.etag,
    permissions: String(userId === file.owner ? ownPermissions : receivedPermissions),
    mimetype: file.mimetype,
    'preview-available': hasPreview(file) ? 'yes' : 'no',
    'hide-download': 'no',
    ...(file.picture === undefined ? {} : { width: String(file.picture.width), height: String(file.picture.height) }),
  };
}

function itemType({ mimetype }: StoredFile): 'file' | 'folder' {
  return mimetype === folderType ? 'folder' : 'file';
}

/** What the sharing API answers for a link. */
export function viewPublicShare(names: Names, { file, token }: PublicShare): Record<string, unknown> {
  return {
    id: token,
    share_type: 3,
    uid_owner: file.owner,
    displayname_owner: names.accounts.displayName(file.owner),
    path: file.path,
    item_type: itemType(file),
    file_source: file.id,
    token,
    url: `${names.base}/index.php/s/${token}`,
  };
}

/** What the sharing API answers for a room. */
export function viewShare(names: Names, share: FileShare): Record<string, unknown> {
  const { file, room } = share;
  const owner = names.accounts.displayName(file.owner);
  return {
    id: String(share.id),
    share_type: 10,
    uid_owner: file.owner,
    displayname_owner: owner,
    permissions: receivedPermissions,
    can_edit: true,
    can_delete: true,
    stime: share.atSeconds,
    parent: null,
    expiration: null,
    token: null,
    uid_file_owner: file.owner,
    note: '',
    label: '',
    displayname_file_owner: owner,
    path: file.path,
    item_type: itemType(file),
    item_permissions: ownPermissions,
    'is-mount-root': false,
    'mount-type': '',
    mimetype: file.mimetype,
    has_preview: hasPreview(file),
    storage_id: `home::${file.owner}`,
    storage: 1,
    item_source: file.id,
    file_source: file.id,
    file_parent: file.folderId,
    file_target: `/{TALK_PLACEHOLDER}/${file.name}`,
    item_size: file.data.length,
    item_mtime: file.modifiedSeconds,
    share_with: room.token,
    share_with_displayname: room.name,
    share_with_link: `${names.base}/index.php/call/${room.token}`,
    mail_send: 0,
    hide_download: 0,
    attributes: null,
  };
}
