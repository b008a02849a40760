import { createHash } from 'node:crypto';
import type { Place } from '../../model/addresses.js';
import type { FirstTold } from '../../model/network-adapter.js';
import {
  type AccountId,
  accountId,
  type DeliveryKey,
  deliveryKey,
  inboxKey,
  type MessageRef,
  remoteId,
  roomId,
  type UserId,
  userId,
} from '../../model/ids.js';

/** A message is told by its own event, whose id is the key of its payload, and says nothing of when it was sent. */
export function matrixFirstTold({ id }: MessageRef): FirstTold {
  return { key: inboxKey(id) };
}

/** The field of an event's content that carries the delivery key. */
export const deliveryField = 'org.crosstalk.delivery';

/** The longest user id, room alias and room id, in bytes. */
const maxIdBytes = 255;
/** Stands where no encoded text can have it: an escape is `=` and two hexadecimal digits. */
const hashMark = '=-';

/** The key in a content, by its shape; whether it is one of ours is for the core to verify. */
export function deliveryKeyIn(content: Readonly<Record<string, unknown>>): DeliveryKey | undefined {
  const value = content[deliveryField];
  return typeof value === 'string' && /^[A-Za-z0-9_-]{46}$/.test(value) ? deliveryKey(value) : undefined;
}

/** Whether a text can stand as an id in a request and in the database: no control characters, whole surrogates, not too long. */
export function isIdText(text: string): boolean {
  return text.length > 1 && text.isWellFormed() && !/\p{Cc}/u.test(text) && Buffer.byteLength(text) <= 4 * maxIdBytes;
}

export function isUserId(text: string): boolean {
  return /^@[^:\s]*:\S+$/.test(text) && isIdText(text);
}

/** `@anna:example.org` without sigil and server. */
export function localpartOf(id: string): string {
  const colon = id.indexOf(':');
  return id.slice(1, colon === -1 ? undefined : colon);
}

export interface OurNames {
  readonly serverName: string;
  readonly bot: string;
  readonly ghostPrefix: string;
}

/** As whom an account acts: what converters need to know of it. */
export interface MatrixSelf {
  readonly account: AccountId;
  readonly users: OurUsers;
}

/** The users and aliases that are ours on one homeserver. */
export class OurUsers {
  readonly bot: UserId;
  readonly #ghosts: string;
  readonly #suffix: string;

  constructor(private readonly names: OurNames) {
    this.#suffix = `:${names.serverName}`;
    this.bot = userId(`@${names.bot}${this.#suffix}`);
    this.#ghosts = `@${names.ghostPrefix}`;
  }

  get serverName(): string {
    return this.names.serverName;
  }

  isOurs(id: string): boolean {
    return id === this.bot || this.isGhost(id);
  }

  isGhost(id: string): boolean {
    return id.startsWith(this.#ghosts) && id.endsWith(this.#suffix);
  }

  /** Whether a user's events are dated by our homeserver's clock. */
  isLocal(id: string): boolean {
    return id.endsWith(this.#suffix);
  }

  /** The ghost of a person of another network. Different people have different ghosts. */
  ghostOf(person: { readonly account: AccountId; readonly id: UserId }): UserId {
    const plain = `${encodeWord(person.account)}_${encodeId(person.id)}`;
    return userId(`@${this.#fitting(plain, `${person.account}\n${person.id}`)}${this.#suffix}`);
  }

  /** Whose ghost it is; undefined where the id is none, or was too long to be written out. */
  personOf(ghost: string): { readonly account: AccountId; readonly id: UserId } | undefined {
    if (!this.isGhost(ghost)) return undefined;
    const encoded = ghost.slice(this.#ghosts.length, ghost.length - this.#suffix.length);
    const end = encoded.indexOf('_');
    if (end === -1) return undefined;
    const account = decodeWord(encoded.slice(0, end));
    const id = decodeId(encoded.slice(end + 1));
    return account === undefined || id === undefined ? undefined : { account: accountId(account), id: userId(id) };
  }

  /** The alias, without sigil and server, of the room that is made for a link. */
  aliasLocalpartOf(link: string): string {
    return this.#fitting(encodeWord(link), link);
  }

  aliasOf(link: string): string {
    return `#${this.aliasLocalpartOf(link)}${this.#suffix}`;
  }

  #fitting(encoded: string, whole: string): string {
    const { ghostPrefix } = this.names;
    const bytes = 1 + ghostPrefix.length + encoded.length + this.#suffix.length;
    if (bytes <= maxIdBytes) return ghostPrefix + encoded;
    return ghostPrefix + hashMark + createHash('sha256').update(whole).digest('hex');
  }
}

const escaped = (char: string): string =>
  [...Buffer.from(char)].map((byte) => `=${byte.toString(16).padStart(2, '0')}`).join('');

/** Without `_`, so that one can separate it from what follows. */
function encodeWord(text: string): string {
  return text.toWellFormed().replaceAll(/[^a-z0-9.-]/gu, escaped);
}

/** Upper case is written as `_` and the small letter, `_` twice. */
function encodeId(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^a-z0-9.-]/gu, (char) => (/[A-Z_]/.test(char) ? `_${char.toLowerCase()}` : escaped(char)));
}

function decodeWord(encoded: string): string | undefined {
  return /^(?:[a-z0-9.-]|=[0-9a-f]{2})*$/.test(encoded) ? unescaped(encoded) : undefined;
}

function decodeId(encoded: string): string | undefined {
  if (!/^(?:[a-z0-9.-]|_[a-z_]|=[0-9a-f]{2})*$/.test(encoded)) return undefined;
  return unescaped(encoded.replaceAll(/_([a-z_])/g, (_, letter: string) => letter.toUpperCase()));
}

function unescaped(text: string): string | undefined {
  const bytes = text.replaceAll(/[^=]|=[0-9a-f]{2}/g, (piece) =>
    piece.length === 3 ? piece.slice(1) : (piece.codePointAt(0) ?? 0).toString(16).padStart(2, '0'),
  );
  const decoded = Buffer.from(bytes, 'hex').toString('utf8');
  return Buffer.from(decoded).toString('hex') === bytes ? decoded : undefined;
}

/** A room as people name it: by its id or by an alias, with servers that know it. */
export interface RoomReference {
  readonly room: string;
  readonly via: readonly string[];
}

/** Reads `!id`, `#alias:server`, and links of matrix.to and `matrix:`. Undefined where it is no room. */
export function parseRoomReference(text: string): RoomReference | undefined {
  const trimmed = text.trim();
  return plainRoom(trimmed, []) ?? matrixToRoom(trimmed) ?? matrixUriRoom(trimmed);
}

function plainRoom(room: string, via: readonly string[]): RoomReference | undefined {
  const isRoom = /^(![^\s/?]+|#[^\s]+:[^\s/?]+)$/.test(room) && isIdText(room);
  return isRoom ? { room, via } : undefined;
}

function matrixToRoom(text: string): RoomReference | undefined {
  const match = /^https?:\/\/matrix\.to\/#\/([^/?]+)(?:\/[^?]*)?(?:\?(.*))?$/.exec(text);
  const room = decoded(match?.[1]);
  return room === undefined ? undefined : plainRoom(room, new URLSearchParams(match?.[2] ?? '').getAll('via'));
}

function matrixUriRoom(text: string): RoomReference | undefined {
  const match = /^matrix:(r|roomid)\/([^/?]+)(?:\/[^?]*)?(?:\?(.*))?$/.exec(text);
  const name = decoded(match?.[2]);
  if (name === undefined) return undefined;
  return plainRoom((match?.[1] === 'r' ? '#' : '!') + name, new URLSearchParams(match?.[3] ?? '').getAll('via'));
}

/** Whom or what a link shows as a pill: a user or a room, but no event of a room. */
export type Pill = { readonly user: string } | RoomReference;

/** What a link names, of matrix.to, `matrix:`, or a client's own page: a room by its id or an alias, or an event of it. */
export function matrixPlaceIn(url: string): Place | undefined {
  const [, kind = '', name, named] =
    /^matrix:(r|roomid)\/([^/?#]+)(?:\/e(?:vent)?\/([^/?#]+))?(?:\?[^#]*)?$/i.exec(url) ?? [];
  const [, first, second] =
    /^https?:\/\/(?:matrix\.to\/#|[^#\s]+#\/room)\/(#?[^/?#]+)(?:\/([^/?#]+))?\/?(?:\?[^#]*)?$/i.exec(url) ?? [];
  const room = name === undefined ? decoded(first) : sigilOf(kind) + (decoded(name) ?? '');
  const event = name === undefined ? decoded(second) : named === undefined ? undefined : `$${decoded(named) ?? ''}`;
  if (room === undefined || !/^(?:!|#[^:]+:)/.test(room) || !isIdText(room)) return undefined;
  if ((second ?? named) === undefined) return { room: roomId(room) };
  return event?.startsWith('$') === true && isIdText(event)
    ? { room: roomId(room), message: remoteId(event) }
    : undefined;
}

/** The link to a room or an event of it. `via`: a server where it can be entered. Source: appendices, "matrix.to navigation". */
export function matrixAddressOf({ room, message }: Place, via: string): string {
  if (message === undefined) return pillOf(room, via);
  return `${pillOf(room)}/${encodeURIComponent(message).replaceAll(/%(?:24|3A)/g, decodeURIComponent)}?via=${encodeURIComponent(via)}`;
}

/** Reads links of matrix.to and `matrix:` to users and rooms. Undefined where it is none. */
export function parsePill(url: string): Pill | undefined {
  const [, kind, name] = /^matrix:(u|r|roomid)\/([^/?#]+)(?:\?[^#]*)?$/i.exec(url) ?? [];
  const [, first] = /^https?:\/\/matrix\.to\/#\/([^/?]+)\/?(?:\?.*)?$/i.exec(url) ?? [];
  const named = kind === undefined ? decoded(first) : sigilOf(kind) + (decoded(name) ?? '');
  if (named === undefined) return undefined;
  if (isUserId(named)) return { user: named };
  return plainRoom(named, viaIn(url));
}

const sigilOf = (kind: string): string => ({ u: '@', r: '#', roomid: '!' })[kind.toLowerCase()] ?? '';

function viaIn(url: string): readonly string[] {
  const mark = url.lastIndexOf('?');
  return mark === -1 ? [] : new URLSearchParams(url.slice(mark + 1)).getAll('via');
}

/**
 * A link that clients show as a pill, to a user or a room. `via`: a server where the room can be entered.
 * Source: appendices, "matrix.to navigation".
 */
export function pillOf(id: string, via?: string): string {
  // As clients write it: some compare links letter by letter, and these need no escape behind a `#`.
  const named = encodeURIComponent(id).replaceAll(/%(?:40|3A|3D)/g, decodeURIComponent);
  return `https://matrix.to/#/${named}${via === undefined ? '' : `?via=${encodeURIComponent(via)}`}`;
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: then it is no link that we can read.
    return undefined;
  }
}

/** The two halves of `mxc://server/id`. */
export function parseMxc(address: string): { readonly server: string; readonly media: string } | undefined {
  const match = /^mxc:\/\/([^/\s?#]+)\/([A-Za-z0-9_-]+)$/.exec(address);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { server: match[1], media: match[2] };
}
