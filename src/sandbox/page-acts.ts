import { z } from 'zod';
import { sideNames, type PageAct } from './page.types.js';
import { Refused } from './page-refusal.js';

const said = z.string().refine((text) => text.trim() !== '', 'empty');
const message = z.string().min(1);
const emoji = z.string().min(1).max(64);

const thread = z.union([z.object({ title: said.max(200) }), z.object({ under: message })]);
const question = {
  question: said,
  options: z.array(said).min(2).max(100),
  results: z.enum(['shown', 'hidden']),
  maxVotes: z.int().nonnegative(),
};

const schema = z.object({
  side: z.enum(sideNames),
  person: z.string(),
  act: z.discriminatedUnion('do', [
    z.object({ do: z.literal('say'), text: said, answers: message.exactOptional(), thread: thread.exactOptional() }),
    z.object({ do: z.literal('ask'), ...question }),
    z.object({ do: z.literal('vote'), message, choices: z.array(z.int().nonnegative()).max(100) }),
    z.object({ do: z.literal('endPoll'), message }),
    z.object({ do: z.literal('press'), message, action: z.string(), values: z.array(z.string()).max(100) }),
    z.object({ do: z.literal('edit'), message, text: said }),
    z.object({ do: z.literal('delete'), message }),
    z.object({ do: z.literal('react'), message, emoji }),
    z.object({ do: z.literal('unreact'), message, emoji }),
  ]),
}) satisfies z.ZodType<PageAct>;

/** Pure: the body of `POST /api/act`. Throws Refused, with 422 where nothing but blanks is to be said. */
export function readAct(body: unknown): PageAct {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  if (error.issues.every((issue) => issue.message === 'empty')) {
    throw new Refused(422, 'There is nothing to send.', 'empty');
  }
  throw new Refused(400, `That is no act of a person: ${z.prettifyError(error)}`);
}
