import type { BridgedMessage } from '../../model/bridged-message.js';
import { toShortcode } from '../../formatting/emoji.js';
import type { Names } from './from-slack-inlines.js';
import { reactionEmoji } from './from-slack-reactions.js';
import { filesGone } from './from-slack-text.js';
import { isTs, versionOf } from './slack.ids.js';
import { isObject, type JsonObject, readMessage, type StoredEvent } from './slack.payloads.js';

/** A message as Slack shows it now. */
export type ShownMessage = JsonObject | 'gone';

/** When it was looked, by Slack's clock. */
export interface Look {
  readonly channel: string;
  /** What was edited before then is known. */
  readonly since: string;
  /** What is found is dated so: whatever happens later is newer. */
  readonly at: string;
  /** The app's own user. */
  readonly self: string;
  /** What the workspace's own emoji are. */
  readonly names: Pick<Names, 'emoji'>;
}

/** An edit may name no more than its second: what is known to have been changed later than that contains it. */
const withinUs = 1_000_000n;

/** As Slack would have told it. */
type Found = StoredEvent['event'] & { readonly type: string };

/**
 * Pure: what happened to a message while nobody listened, from how it stands: events as Slack tells them. `shown`: by `ts`; of what was
 * not looked at nothing is said.
 */
export function differencesOf(message: BridgedMessage, shown: ReadonlyMap<string, ShownMessage>, look: Look): Found[] {
  const [first] = message.parts;
  const stands = first === undefined ? undefined : shown.get(first);
  if (first === undefined || stands === undefined) return [];
  if (isGone(stands)) return message.author === undefined ? [] : [deletion(first, message.author, look)];
  return [...editOf(message, stands, look), ...reactionsOf(message, shown, look)];
}

/** A deleted message that has replies leaves a stone in its place. */
function isGone(stands: ShownMessage): stands is 'gone' {
  return stands === 'gone' || stands['subtype'] === 'tombstone';
}

function deletion(ts: string, author: string, { channel, at }: Look): Found {
  const by = author.startsWith('B') ? { bot_id: author } : { user: author };
  const before = { type: 'message', ts, ...by };
  const subtype = 'message_deleted';
  return { type: 'message', subtype, channel, deleted_ts: ts, previous_message: before, ts: at, event_ts: at };
}

/** That files of a message are gone, of which Slack keeps no time: found once, by its key. */
export interface LostFiles {
  readonly key: string;
  readonly event: Found;
}

/** Pure: which of its files a message lost, as Slack would have told it. It is no edit to Slack. */
export function lostFilesOf(
  { parts: [ts], author }: BridgedMessage,
  shown: ReadonlyMap<string, ShownMessage>,
  { channel, at }: Pick<Look, 'channel' | 'at'>,
): LostFiles[] {
  const stands = ts === undefined ? undefined : shown.get(ts);
  if (ts === undefined || stands === undefined || isGone(stands) || author === undefined) return [];
  const places = filesGone(readMessage(stands));
  if (places.length === 0) return [];
  return [{ key: `${channel}/${ts}/files/${places.join()}`, event: changed(stands, { channel, at }) }];
}

function changed(message: JsonObject, { channel, at }: Pick<Look, 'channel' | 'at'>): Found {
  return { type: 'message', subtype: 'message_changed', channel, message, ts: at, event_ts: at };
}

function editOf({ author, version }: BridgedMessage, stands: JsonObject, { channel, since, at }: Look): Found[] {
  const { edited } = stands;
  const editedTs = isObject(edited) ? edited['ts'] : undefined;
  if (author === undefined || typeof editedTs !== 'string' || !isTs(editedTs) || editedTs < since) return [];
  if (BigInt(versionOf(editedTs)) + withinUs <= BigInt(version)) return [];
  return [changed(stands, { channel, at })];
}

/** A message of several parts was reacted to where any of them was. */
function reactionsOf(
  { parts, reactions }: BridgedMessage,
  shown: ReadonlyMap<string, ShownMessage>,
  look: Look,
): Found[] {
  const standing = new Map<string, Found>();
  for (const ts of parts) {
    const stands = shown.get(ts);
    if (stands === undefined || isGone(stands)) return [];
    for (const { name, users } of shownReactions(stands)) {
      for (const user of users)
        standing.set(
          `${reactionEmoji(name, look.names)} ${user}`,
          reaction('reaction_added', { name, user, ts }, look),
        );
    }
  }
  const known = new Set(reactions.map(({ emoji, person }) => `${emoji} ${person}`));
  const added = [...standing]
    .filter(([key, { user }]) => !known.has(key) && user !== look.self)
    .map(([, event]) => event);
  const removed = reactions
    .filter(({ emoji, person }) => !standing.has(`${emoji} ${person}`))
    .map(({ emoji, person }) =>
      reaction(
        'reaction_removed',
        { name: toShortcode(emoji) ?? emoji.slice(1, -1), user: person, ts: parts[0] ?? '' },
        look,
      ),
    );
  return [...added, ...removed];
}

function reaction(
  type: 'reaction_added' | 'reaction_removed',
  { name, user, ts }: { readonly name: string; readonly user: string; readonly ts: string },
  { channel, at }: Look,
): Found {
  return { type, user, reaction: name, item: { type: 'message', channel, ts }, event_ts: at };
}

/** What people reacted with to messages as they are shown, by its names. */
export function reactedWith(shown: Iterable<ShownMessage>): ReadonlySet<string> {
  return new Set(
    [...shown].flatMap((stands) => (isGone(stands) ? [] : shownReactions(stands).map(({ name }) => name))),
  );
}

/** Where many reacted, history names only some of them. */
export function namesAllReactors(message: JsonObject): boolean {
  return shownReactions(message).every(({ users, count }) => users.length >= count);
}

interface ShownReaction {
  readonly name: string;
  readonly users: readonly string[];
  readonly count: number;
}

function shownReactions({ reactions }: JsonObject): ShownReaction[] {
  if (!Array.isArray(reactions)) return [];
  return reactions.filter(isObject).flatMap(({ name, users, count }) => {
    if (typeof name !== 'string' || !Array.isArray(users)) return [];
    const people = users.filter((user) => typeof user === 'string');
    return [{ name, users: people, count: typeof count === 'number' ? count : people.length }];
  });
}
