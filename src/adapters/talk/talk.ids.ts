import {
  inboxKey,
  remoteId,
  roomId,
  userId,
  type AccountId,
  type DeliveryKey,
  type InboxKey,
  type MessageRef,
  type RemoteId,
  type RoomId,
  type UserId,
} from '../../model/ids.js';
import type { Place } from '../../model/addresses.js';
import type { FirstTold } from '../../model/network-adapter.js';
import { webAddress } from '../../model/web-address.js';

/** Ids of Talk are made and taken apart here alone. A room's id is its token, a message's id its row id. */

const microsPerSecond = 1_000_000;
const deliveryKeyPattern = /^[A-Za-z0-9_-]{46}$/;
const tokenPattern = /^[A-Za-z0-9]{4,30}$/;
const callAddressPattern = /\/call\/([A-Za-z0-9]{4,30})(?:[/?#]|$)/;

/** `users/alice`, `guests/1f3…`, `federated_users/dora@there.example`. */
export function talkUserId(actorType: string, actorId: string): UserId {
  return userId(`${actorType}/${actorId}`);
}

/** Whom an id and a server name: such ids leave out what nearly all addresses begin with. */
export function federatedUserId(id: string, server: string): UserId {
  return talkUserId('federated_users', federatedId(id, server));
}

export function federatedId(id: string, server: string): string {
  return `${id}@${server.replace(/^https:\/\//i, '')}`;
}

/** The two halves of a user id; ids without a type are people with an account. */
export function actorOf(user: UserId): { readonly type: string; readonly id: string } {
  const slash = user.indexOf('/');
  return slash < 0 ? { type: 'users', id: user } : { type: user.slice(0, slash), id: user.slice(slash + 1) };
}

export function talkMessageId(id: number): RemoteId {
  return remoteId(String(id));
}

export function talkMessageRef(account: AccountId, room: RoomId, id: number): MessageRef {
  return { room: { account, id: room }, id: talkMessageId(id) };
}

/** A reaction as it is written down: the emoji alone where it is our account's own. */
export function talkReactionId(emoji: string, by?: UserId): RemoteId {
  return remoteId(by === undefined ? emoji : `${emoji} ${by}`);
}

export function reactionOf(id: RemoteId): { readonly emoji: string; readonly by?: UserId } {
  const space = id.indexOf(' ');
  return space < 0 ? { emoji: id } : { emoji: id.slice(0, space), by: userId(id.slice(space + 1)) };
}

/** The row id of a message, undefined where the text is none. */
export function rowIdOf(message: RemoteId): number | undefined {
  return /^[0-9]{1,15}$/.test(message) ? Number(message) : undefined;
}

/**
 * Where an edit of a message stands among those of all networks, which count microseconds since 1970. Of these the server tells the
 * seconds; within one, rows follow their ids.
 */
export function editOrder({ id, seconds }: { readonly id: number; readonly seconds: number }): number {
  return seconds * microsPerSecond + (id % microsPerSecond);
}

/** A taken back reaction keeps its row and is told once more, so the row's second state has a key of its own. */
export function talkInboxKey(token: string, row: { readonly id: number; readonly systemMessage: string }): InboxKey {
  const state = row.systemMessage === 'reaction_deleted' ? '/reaction_deleted' : '';
  return inboxKey(`${token}/${row.id}${state}`);
}

/** A message is told by its own row, which says by its id nothing of when it was written. */
export function talkFirstTold({ room, id }: MessageRef): FirstTold | undefined {
  const row = rowIdOf(id);
  return row === undefined ? undefined : { key: talkInboxKey(room.id, { id: row, systemMessage: '' }) };
}

/** That the file of a row is not there any more is told once. */
export function goneFileKey(token: string, id: number): InboxKey {
  return inboxKey(`${token}/${String(id)}/file_gone`);
}

/** Whether a reference id has the shape of a delivery key; others write reference ids too. */
export function deliveryKeyIn(referenceId: string | undefined): DeliveryKey | undefined {
  return referenceId !== undefined && deliveryKeyPattern.test(referenceId) ? (referenceId as DeliveryKey) : undefined;
}

/** The token in what people write for a room: the token itself, or the address of its page. */
export function tokenIn(written: string): string | undefined {
  const trimmed = written.trim();
  return tokenPattern.test(trimmed) ? trimmed : callAddressPattern.exec(trimmed)?.[1];
}

/** What an address of the server at `baseUrl` names: a conversation, or a message of it. Anything else behind the `#` is an act. */
export function talkPlaceIn(address: string, baseUrl: string): Place | undefined {
  const url = webAddress(address);
  const base = webAddress(baseUrl);
  if (url === undefined || base === undefined || url.host !== base.host) return undefined;
  const front = base.pathname.replace(/\/$/, '');
  if (!url.pathname.startsWith(`${front}/`)) return undefined;
  const [, token] = /^(?:\/index\.php)?\/call\/([A-Za-z0-9]{4,30})\/?$/.exec(url.pathname.slice(front.length)) ?? [];
  const [, message] = /^#message_(\d{1,15})$/.exec(url.hash) ?? [];
  if (token === undefined || (message === undefined && url.hash !== '')) return undefined;
  return { room: roomId(token), ...(message === undefined ? {} : { message: remoteId(message) }) };
}

/** Where people of the server at `baseUrl` see a conversation, or a message of it. */
export function talkAddressOf({ room, message }: Place, baseUrl: string): string {
  return `${baseUrl}/index.php/call/${room}${message === undefined ? '' : `#message_${message}`}`;
}

export type TalkFile =
  | { readonly of: 'userAvatar'; readonly user: string }
  | { readonly of: 'roomAvatar'; readonly token: string }
  /** `file`: the server's number of it, which no other file ever has. `path`: where the account has it, below its own files. */
  | { readonly of: 'file'; readonly file: string; readonly path: string }
  /** The small picture of a file. */
  | { readonly of: 'preview'; readonly file: string };

export function talkFileId(file: TalkFile): string {
  switch (file.of) {
    case 'userAvatar':
      return `user-avatar/${file.user}`;
    case 'roomAvatar':
      return `room-avatar/${file.token}`;
    case 'file':
      return `file/${file.file}/${file.path}`;
    case 'preview':
      return `preview/${file.file}`;
  }
}

export function talkFileOf(id: string): TalkFile | undefined {
  const [, what, name] = /^(user-avatar|room-avatar|file|preview)\/(.+)$/su.exec(id) ?? [];
  if (what === undefined || name === undefined) return undefined;
  if (what === 'file') {
    const [, file, path] = /^(\d{1,15})\/(.+)$/su.exec(name) ?? [];
    return file === undefined || path === undefined ? undefined : { of: 'file', file, path };
  }
  if (what === 'preview') return /^\d{1,15}$/.test(name) ? { of: 'preview', file: name } : undefined;
  return what === 'user-avatar' ? { of: 'userAvatar', user: name } : { of: 'roomAvatar', token: name };
}

/** What Talk takes as an id in a mention. Source: the parser of Nextcloud's comments. */
const mentionable = /^(?:(?:guest|email)\/[a-f0-9]+|federated_user\/[a-z0-9_\-@.' /:]+|[a-z0-9_\-@.' ]+)$/i;

/** The id by which a message mentions somebody; undefined where no message can. */
export function mentionIdOf(user: UserId): string | undefined {
  const { type, id } = actorOf(user);
  const front = mentionFronts[type];
  const mentionId = front === undefined ? undefined : front + id;
  return mentionId !== undefined && mentionable.test(mentionId) ? mentionId : undefined;
}

const mentionFronts: Readonly<Record<string, string>> = {
  users: '',
  guests: 'guest/',
  emails: 'email/',
  federated_users: 'federated_user/',
};
