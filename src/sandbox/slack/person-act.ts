import { z } from 'zod';

/** What another process has a person do. */
export const actSchema = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('post'),
    channel: z.string(),
    user: z.string(),
    text: z.string(),
    thread: z.string().exactOptional(),
    broadcast: z.boolean().exactOptional(),
  }),
  z.object({ do: z.literal('edit'), channel: z.string(), user: z.string(), ts: z.string(), text: z.string() }),
  z.object({ do: z.literal('delete'), channel: z.string(), user: z.string(), ts: z.string() }),
  z.object({ do: z.literal('react'), channel: z.string(), user: z.string(), ts: z.string(), name: z.string() }),
  z.object({ do: z.literal('unreact'), channel: z.string(), user: z.string(), ts: z.string(), name: z.string() }),
  z.object({ do: z.literal('join'), channel: z.string(), user: z.string() }),
  z.object({ do: z.literal('leave'), channel: z.string(), user: z.string() }),
  z.object({ do: z.literal('topic'), channel: z.string(), user: z.string(), text: z.string() }),
]);

export type PersonAct = z.infer<typeof actSchema>;
