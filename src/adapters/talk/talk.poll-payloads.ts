import { z } from 'zod';

/** A poll as the source adds it to the rows that tell of it, right after they were read. */
export const storedPoll = z.object({
  /** The row of the message that shows it. */
  message: z.int().positive(),
  question: z.string(),
  options: z.array(z.string()),
  hidden: z.boolean(),
  maxVotes: z.int().nonnegative(),
  /** As far as the server tells our account: 0 may mean that it does not. */
  voters: z.int().nonnegative(),
  /** For each option; null where the server does not tell our account. */
  counts: z.array(z.int().nonnegative()).nullable(),
  /** Who chose what, of those who did so themselves; absent where nobody may know. */
  votes: z
    .array(z.object({ type: z.string(), id: z.string(), name: z.string(), choices: z.array(z.int()) }))
    .optional(),
  /** The delivery by which we made it. */
  key: z.string().optional(),
});
export type StoredPoll = z.infer<typeof storedPoll>;

const pollObject = z.looseObject({
  type: z.literal('talk-poll'),
  id: z.union([z.string().regex(/^\d{1,15}$/), z.int().positive()]).transform(Number),
});
const namesPoll = z.looseObject({
  object: pollObject.optional().catch(undefined),
  poll: pollObject.optional().catch(undefined),
});

/** The poll that a row shows, or tells of. */
export function pollNamedIn(row: object): { readonly id: number; readonly isShown: boolean } | undefined {
  const parameters: unknown = 'messageParameters' in row ? row.messageParameters : undefined;
  const { data } = namesPoll.safeParse(parameters);
  if (data?.object !== undefined) return { id: data.object.id, isShown: true };
  return data?.poll === undefined ? undefined : { id: data.poll.id, isShown: false };
}

const at = z.string().optional().catch(undefined);
const madePoll = z.object({ key: z.string(), user: z.string().optional(), row: z.int().optional() });
const pollRow = z.object({ row: z.int().positive() });
const pollVoter = z.object({ type: z.string(), id: z.string() });
export type PollVoter = z.infer<typeof pollVoter>;

/** When something of a poll was written down last. */
export function parseKeptAt(stored: unknown): string | undefined {
  return z.object({ at }).safeParse(stored).data?.at;
}

/** As the account's store has them; undefined where nothing stands. */
export function parseMadePoll(stored: unknown): z.infer<typeof madePoll> | undefined {
  return madePoll.safeParse(stored).data;
}

export function parsePollRow(stored: unknown): number | undefined {
  return pollRow.safeParse(stored).data?.row;
}

export function parsePollVoter(stored: unknown): PollVoter | undefined {
  return pollVoter.safeParse(stored).data;
}
