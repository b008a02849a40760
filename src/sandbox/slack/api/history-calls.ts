import { SlackError } from '../slack-error.js';
import { isWithin, type Channel } from '../state/channel.js';
import type { JsonObject } from '../state/json.js';
import type { Message } from '../state/message.js';
import { compareTimestamps, isTimestamp } from '../state/timestamps.js';
import { viewMessage } from '../view/message-view.js';
import { ownChannel, reads, requireChannelScope, type Call, type Methods } from './call.js';
import { cursorAt, cursorTs, limitOf } from './paging.js';

/** Source: https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps */
const mostForUnlisted = 15;
const mostMessages = 999;
const mostReplies = 1000;
const usualMessages = 100;

export const historyMethods: Methods = {
  'conversations.history': reads([], history),
  'conversations.replies': reads([], replies),
};

interface Bounds {
  readonly oldest: string | undefined;
  readonly latest: string | undefined;
  readonly inclusive: boolean;
}

/** Throws SlackError `invalid_ts_oldest`, `invalid_ts_latest`. */
function boundsOf({ input }: Call): Bounds {
  const [oldest, latest] = [input.optional('oldest'), input.optional('latest')];
  if (oldest !== undefined && !isTimestamp(oldest)) throw new SlackError('invalid_ts_oldest');
  if (latest !== undefined && !isTimestamp(latest)) throw new SlackError('invalid_ts_latest');
  return { oldest, latest, inclusive: input.flag('inclusive') };
}

/**
 * Newest first. Of more than one page the newest is had first, but with `oldest` alone the one that is next to it.
 * Source: https://github.com/slackhq/slack-api-docs/issues/4
 */
function history(call: Call): JsonObject {
  const channel = ownChannel(call, call.input.required('channel'));
  requireChannelScope(call, channel, 'history');
  const bounds = boundsOf(call);
  const from = cursorTs(call.input);
  const limit = mostWanted(call, mostMessages, usualMessages);
  const isForward = bounds.oldest !== undefined && bounds.latest === undefined;
  const isNext = (ts: string): boolean =>
    from === undefined || (isForward ? compareTimestamps(ts, from) > 0 : compareTimestamps(ts, from) < 0);
  const all = channel.shown().filter(({ ts }) => isWithin(ts, bounds) && isNext(ts));
  const page = (isForward ? all : all.toReversed()).slice(0, limit);
  const hasMore = all.length > page.length;
  const last = page.at(-1);
  return {
    messages: (isForward ? page.toReversed() : page).map((message) => view(call, channel, message)),
    has_more: hasMore,
    pin_count: 0,
    channel_actions_ts: null,
    channel_actions_count: 0,
    ...(bounds.latest === undefined ? {} : { latest: bounds.latest }),
    ...(hasMore && last !== undefined ? { response_metadata: { next_cursor: cursorAt(last.ts) } } : {}),
  };
}

/** The thread's first message, always, then replies from the oldest on. */
function replies(call: Call): JsonObject {
  const channel = ownChannel(call, call.input.required('channel'));
  requireChannelScope(call, channel, 'history');
  const thread = channel.threadOf(call.input.required('ts'));
  if (thread === undefined) throw new SlackError('thread_not_found');
  const bounds = boundsOf(call);
  const after = cursorTs(call.input);
  const all = thread.replies.filter(
    ({ ts }) => isWithin(ts, bounds) && (after === undefined || compareTimestamps(ts, after) > 0),
  );
  const page = all.slice(0, Math.max(0, mostWanted(call, mostReplies, mostReplies) - 1));
  const hasMore = all.length > page.length;
  const last = page.at(-1) ?? thread.root;
  return {
    messages: [thread.root, ...page].map((message) => view(call, channel, message)),
    has_more: hasMore,
    ...(hasMore ? { response_metadata: { next_cursor: cursorAt(last.ts) } } : {}),
  };
}

/** Apps that others install without Slack's review get few at a time. */
function mostWanted(call: Call, most: number, usual: number): number {
  const isUnlisted = call.installation.app.distribution === 'unlisted';
  return limitOf(call.input, isUnlisted ? mostForUnlisted : most, isUnlisted ? mostForUnlisted : usual);
}

function view(call: Call, channel: Channel, message: Message): JsonObject {
  const metadata = call.input.flag('include_all_metadata') ? 'whole' : 'type';
  return viewMessage(call.slack.look(), channel, message, { metadata });
}
