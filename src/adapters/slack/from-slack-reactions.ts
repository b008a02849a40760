import { fromShortcode } from '../../formatting/emoji.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { happened, one } from './from-slack-happenings.js';
import type { Names, Reading } from './from-slack-inlines.js';
import { aliasedTo, slackMessageRef, versionOf } from './slack.ids.js';
import { readReactionEvent, type StoredEvent } from './slack.payloads.js';
import { readVoteEvent } from './slack.poll.payloads.js';

export function fromReaction(
  event: StoredEvent['event'],
  type: 'reaction_added' | 'reaction_removed',
  reading: Reading,
): ReadResult {
  const { user, reaction, item, event_ts: at } = readReactionEvent(event);
  const { channel, ts } = item;
  if (item.type !== 'message' || channel === undefined || ts === undefined) return { ignored: `${type} of no message` };
  return one({
    ...happened(channel, { user }, at, reading),
    kind: type === 'reaction_added' ? 'reactionAdded' : 'reactionRemoved',
    message: slackMessageRef(reading.self.account, channel, ts),
    emoji: reactionEmoji(reaction, reading.names),
    version: versionOf(at),
  });
}

/** A standard emoji itself, also where the workspace has a name of its own for it; one of the workspace's own between colons. */
export function reactionEmoji(name: string, names: Pick<Names, 'emoji'>): string {
  const shown = fromShortcode(name);
  if (shown !== undefined) return shown;
  const shortcode = name.replaceAll(/[:\s]/g, '');
  return fromShortcode(aliasedTo(names.emoji(shortcode) ?? '') ?? '') ?? `:${shortcode}:`;
}

export function fromVote(event: StoredEvent['event'], reading: Reading): ReadResult {
  const { channel, user, message_ts: ts, event_ts: at, choices } = readVoteEvent(event);
  return one({
    ...happened(channel, { user }, at, reading),
    kind: 'pollVoted',
    message: slackMessageRef(reading.self.account, channel, ts),
    choices,
    version: versionOf(at),
  });
}
