import type { JsonObject } from './json.js';

/** Who said it: a person, Slack itself (`USLACKBOT`), or an app, maybe under a name of the moment. */
export type Author =
  | { readonly kind: 'person'; readonly user: string; readonly team: string }
  | {
      readonly kind: 'app';
      readonly user: string;
      readonly team: string;
      readonly botId: string;
      readonly appId: string;
      readonly username?: string;
      readonly icons?: JsonObject;
    };

export interface Reaction {
  readonly name: string;
  readonly users: string[];
}

export interface Message {
  readonly ts: string;
  readonly author: Author;
  readonly subtype?: string;
  readonly threadTs?: string;
  readonly clientMsgId?: string;
  /** Fields that its subtype brings: `topic`, `old_name`, `inviter`, `room` … */
  details?: JsonObject;
  text: string;
  blocks: readonly JsonObject[];
  attachments: readonly JsonObject[];
  files: readonly string[];
  metadata: JsonObject | undefined;
  edited: { readonly user: string; readonly ts: string } | undefined;
  reactions: Reaction[];
  /** A reply that is shown in the channel too. */
  isBroadcast: boolean;
  /** A thread's first message that was deleted while it has replies. */
  isTombstone: boolean;
}

/** What a message is made of. */
export interface Content {
  readonly text: string;
  readonly blocks?: readonly JsonObject[];
  readonly attachments?: readonly JsonObject[];
  readonly files?: readonly string[];
  readonly metadata?: JsonObject;
}

/** Pure: a reply in a thread, whether the channel shows it or not. */
export function isReply(message: Message): boolean {
  return message.threadTs !== undefined && message.threadTs !== message.ts;
}

/** Pure: as by what an edit, a reaction or the ledger names the author. */
export function actorOf(author: Author): string {
  return author.kind === 'app' ? author.botId : author.user;
}
