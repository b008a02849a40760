import { z } from 'zod';
import { id, type JsonObject, many, text, ts } from './slack.payloads.js';

/** What the buttons of our polls are called. */
export const oneVoteAction = 'crosstalk.vote';
export const votesAction = 'crosstalk.votes';
export const noVoteAction = 'crosstalk.unvote';

const blockAction = z.object({
  action_id: z.string(),
  action_ts: ts,
  value: text,
  selected_options: many(z.object({ value: z.string() })),
});
const blockActions = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id }),
  channel: z.object({ id }),
  container: z.object({ message_ts: ts }),
  actions: z.array(blockAction).min(1),
});
const index = z
  .string()
  .regex(/^\d{1,3}$/)
  .transform(Number);
const indexes = z.array(index);

const voteEvent = z.object({
  type: z.literal('poll_vote'),
  channel: id,
  user: id,
  /** The message that is the poll. */
  message_ts: ts,
  event_ts: ts,
  choices: z.array(z.int().nonnegative()),
});
export type VoteEvent = z.infer<typeof voteEvent>;
export const readVoteEvent = (value: JsonObject): VoteEvent => voteEvent.parse(value);

/** A press of a button of one of our polls, as it is stored: without what answers it, which is as good as a password. Undefined for others. */
export function voteIn(payload: unknown): VoteEvent | undefined {
  const pressed = blockActions.safeParse(payload).data;
  const action = pressed?.actions[0];
  const choices = action === undefined ? undefined : choicesIn(action);
  if (pressed === undefined || action === undefined || choices === undefined) return undefined;
  const { user, channel, container } = pressed;
  const { action_ts: eventTs } = action;
  return {
    type: 'poll_vote',
    channel: channel.id,
    user: user.id,
    message_ts: container.message_ts,
    event_ts: eventTs,
    choices,
  };
}

function choicesIn({
  action_id: name,
  value,
  selected_options: selected = [],
}: z.infer<typeof blockAction>): number[] | undefined {
  switch (name) {
    case oneVoteAction:
      return indexes.safeParse([value]).data;
    case votesAction:
      return indexes.safeParse(selected.map((option) => option.value)).data;
    case noVoteAction:
      return [];
    default:
      return undefined;
  }
}
