import {
  type AccountId,
  type DeliveryKey,
  deliveryKey,
  type InboxKey,
  inboxKey,
  type MessageRef,
  remoteId,
  type RemoteId,
  roomId,
  userId,
  type UserId,
} from '../../model/ids.js';
import type { Place } from '../../model/addresses.js';
import type { FirstTold } from '../../model/network-adapter.js';

/** Ids of Slack are made and taken apart here alone. A room's id is its channel's, a message's its `ts`, unique within its channel. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Seconds since 1970 with six decimals, which count rather than measure: a message's id, and the order of events. */
export type SlackTs = Branded<'SlackTs'>;
/** An emoji as Slack calls it, without colons: `thumbsup`, `wave::skin-tone-4`, `kazoo`. */
export type EmojiName = Branded<'EmojiName'>;

const tsPattern = /^\d{1,12}\.\d{6}$/;
/** Ids say what they are by their first letter. Source: Slack, "Slack object types and IDs". */
const channelPattern = /^[CGD][A-Z0-9]{2,30}$/;
const personPattern = /^[UW][A-Z0-9]{2,30}$/;
const groupPattern = /^S[A-Z0-9]{2,30}$/;
const emojiPattern = /^[^\s:<>&]{1,100}$/u;
const deliveryKeyPattern = /^[A-Za-z0-9_-]{46}$/;
/** The type of a message's metadata that carries its delivery key, and the field in it. */
const deliveryType = 'crosstalk_delivery';
const deliveryField = 'key';

/** As whom an account acts: what converters need to know of it. */
export interface SlackSelf {
  readonly account: AccountId;
  /** `T…`, the workspace. */
  readonly team: string;
  /** `U…`, the app's own user. */
  readonly user: string;
  /** `B…`, by which its messages are signed. */
  readonly bot: string;
  /** `A…`; absent where Slack does not say it. */
  readonly app?: string;
  /** The address of the workspace, with a slash at its end. */
  readonly url: string;
}

export interface SlackActor {
  readonly user?: string | undefined;
  readonly bot?: string | undefined;
  readonly app?: string | undefined;
}

/** Whether our own app did it, under whatever name. */
export function isOurs({ user, bot, app }: SlackActor, self: SlackSelf): boolean {
  return user === self.user || bot === self.bot || (app !== undefined && app === self.app);
}

export function isTs(text: string): boolean {
  return tsPattern.test(text);
}

/** The `ts` of a message; undefined where the text is none. */
export function tsOf(message: RemoteId): SlackTs | undefined {
  return isTs(message) ? (message as string as SlackTs) : undefined;
}

export function slackMessageRef(account: AccountId, channel: string, ts: string): MessageRef {
  return { room: { account, id: roomId(channel) }, id: remoteId(ts) };
}

/** Microseconds as a decimal number: grows with each event. */
export function versionOf(ts: string): string {
  return ts.replace('.', '').replace(/^0+(?=\d)/, '');
}

export function isoOf(ts: string): string {
  return new Date(Number(ts) * 1000).toISOString();
}

/** The same event always has the same id, however often and over whichever connection it comes. */
export function slackInboxKey(eventId: string): InboxKey {
  return inboxKey(eventId);
}

/** A message's own key, which history tells too. */
export function slackMessageKey(channel: string, ts: string): InboxKey {
  return inboxKey(`${channel}/${ts}`);
}

/** A message says by its `ts` when it was sent; undefined where that is none. */
export function slackFirstTold({ room, id }: MessageRef): FirstTold | undefined {
  return isTs(id) ? { key: slackMessageKey(room.id, id), sentAt: new Date(isoOf(id)) } : undefined;
}

export function isChannelId(text: string): boolean {
  return channelPattern.test(text);
}

/** What two people say to each other, or one to an app. A conversation of several has an id like a channel's. */
export function isDirectId(text: string): boolean {
  return text.startsWith('D');
}

/** Whether a message can mention the user: bots without a user (`B…`) cannot be. */
export function isPersonId(text: string): boolean {
  return personPattern.test(text);
}

export function isGroupId(text: string): boolean {
  return groupPattern.test(text);
}

export function slackUserId(id: string): UserId {
  return userId(id);
}

export function emojiName(text: string): EmojiName | undefined {
  return emojiPattern.test(text.replace(/(?:::skin-tone-[2-6]){1,2}$/, '')) ? (text as EmojiName) : undefined;
}

/** The name of the emoji that one of a workspace's own is another name for; undefined where it is a picture. Source: Slack, "emoji.list". */
export function aliasedTo(value: string): string | undefined {
  return /^alias:(.+)$/.exec(value)?.[1];
}

/** The channel in what people write for it: its id, a mention of it, or the address of its page. */
export function channelIn(written: string): string | undefined {
  const trimmed = written.trim();
  if (isChannelId(trimmed)) return trimmed;
  const [, named] =
    /^<#([A-Z0-9]+)(?:\|[^>]*)?>$/.exec(trimmed) ??
    /^https:\/\/[a-z0-9.-]+\.slack(?:-gov)?\.com\/archives\/([A-Z0-9]+)(?:[/?#]|$)/i.exec(trimmed) ??
    /^https:\/\/app\.slack(?:-gov)?\.com\/client\/[A-Z0-9]+\/([A-Z0-9]+)(?:[/?#]|$)/i.exec(trimmed) ??
    [];
  return named !== undefined && isChannelId(named) ? named : undefined;
}

/**
 * What an address of any workspace names: ids of channels are the same everywhere. `p` and the digits of its `ts` are a message,
 * whatever thread stands behind.
 */
export function slackPlaceIn(address: string): Place | undefined {
  const [, host = '', channel = '', rest = ''] =
    /^https:\/\/([a-z0-9.-]+)\/(?:archives|client\/[A-Z0-9]+)\/([A-Z0-9]+)(?:\/(p\d{7,18}))?\/?(?:\?[^#]*)?$/i.exec(
      address,
    ) ?? [];
  if (!/(?:^|\.)slack(?:-gov)?\.com$/i.test(host) || !isChannelId(channel)) return undefined;
  return { room: roomId(channel), ...(rest === '' ? {} : { message: remoteId(tsInAddress(rest)) }) };
}

const tsInAddress = (text: string): string => `${text.slice(1, -6)}.${text.slice(-6)}`;

/** Where people see a message of a channel; what Slack says of it knows its thread too. */
export function messageAddress(channel: string, ts: string, self: Pick<SlackSelf, 'url'>): string {
  return `${channelAddress(channel, self)}/p${ts.replace('.', '')}`;
}

/** Where people see a channel. */
export function channelAddress(channel: string, { url }: Pick<SlackSelf, 'url'>): string {
  return `${url}archives/${channel}`;
}

export interface SlackMetadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

/** What a message of ours carries beside its text. */
export function metadataOf(key: DeliveryKey): SlackMetadata {
  return { event_type: deliveryType, event_payload: { [deliveryField]: key } };
}

/**
 * The key in a message, by its shape; whether it is one of ours is for the core to verify. Where a message cannot have
 * metadata, or its event lacks them, the id of a block has the key: at most 255 characters, returned as they were given.
 */
export function deliveryKeyIn(message: {
  readonly metadata?: Partial<SlackMetadata> | undefined;
  readonly blocks?: readonly { readonly block_id?: string | undefined }[] | undefined;
}): DeliveryKey | undefined {
  const { metadata, blocks = [] } = message;
  const inMetadata = metadata?.event_type === deliveryType ? metadata.event_payload?.[deliveryField] : undefined;
  const found = [inMetadata, ...blocks.map(({ block_id: id }) => id)].find(isDeliveryKey);
  return found === undefined ? undefined : deliveryKey(found);
}

function isDeliveryKey(value: unknown): value is string {
  return typeof value === 'string' && deliveryKeyPattern.test(value);
}

export type SlackFile =
  | { readonly of: 'file'; readonly id: string }
  /** The small picture of a file. */
  | { readonly of: 'preview'; readonly address: string }
  /** `version` changes with the picture. */
  | { readonly of: 'userAvatar'; readonly user: string; readonly version: string }
  /** `address` changes with the picture. */
  | { readonly of: 'emoji'; readonly address: string };

export function slackFileId(file: SlackFile): string {
  switch (file.of) {
    case 'file':
      return `file/${file.id}`;
    case 'preview':
      return `preview/${file.address}`;
    case 'userAvatar':
      return `user-avatar/${file.user}/${file.version}`;
    case 'emoji':
      return `emoji/${file.address}`;
  }
}

export function slackFileOf(id: string): SlackFile | undefined {
  const [, file] = /^file\/([A-Z0-9]+)$/.exec(id) ?? [];
  if (file !== undefined) return { of: 'file', id: file };
  const [, of, address] = /^(emoji|preview)\/(https?:\/\/.+)$/.exec(id) ?? [];
  if (address !== undefined) return { of: of === 'emoji' ? 'emoji' : 'preview', address };
  const [, user, version] = /^user-avatar\/([A-Z0-9]+)\/(.+)$/.exec(id) ?? [];
  return user === undefined || version === undefined ? undefined : { of: 'userAvatar', user, version };
}
