import { z } from 'zod';

const ms = z.int().positive();

/** Settings of one Talk account. */
export const talkSettings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .transform((value) => value.replace(/\/+$/, '').replace(/\/index\.php$/, ''))
    .describe('Base address of the Nextcloud, for example https://cloud.example.org'),
  user: z.string().min(1).describe('Name that the account logs in with'),
  password: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe('App password of the account. A real password works too: it is exchanged once for an app password'),
  maxHeldPolls: z
    .int()
    .nonnegative()
    .default(8)
    .describe('Rooms read by a held request at one time; each takes one PHP worker of the server'),
  maxConnections: z.int().positive().default(32).describe('Connections for everything but held requests'),
  sweepIntervalMs: ms.default(3000).describe('How often the room list is asked what is new, while nothing is pushed'),
  fullListIntervalMs: ms
    .default(600_000)
    .describe('How often the whole room list is read, to notice rooms that vanished'),
  holdIntervalMs: ms.default(10_000).describe('How often the busiest rooms are chosen for held requests'),
  requestTimeoutMs: ms.default(30_000).describe('How long an answer may take, beyond what a held request is held'),
  pollTimeoutS: z
    .int()
    .min(1)
    .max(30)
    .default(30)
    .describe('How long the server holds a request that waits for messages, in seconds; at most 30'),
  shortPollMs: ms
    .default(1000)
    .describe('An empty held request that is answered sooner counts as broken, and the next ones pause ever longer'),
  maxPollPauseMs: ms
    .default(30_000)
    .describe('The longest pause between held requests that are answered at once with nothing'),
  overlapS: z
    .int()
    .nonnegative()
    .default(60)
    .describe('How far behind what was read messages are read again, to find those stored late, in seconds'),
  overlapIntervalMs: ms.default(3000).describe('How long after activity the overlap is read again, at the earliest'),
  pageSize: z
    .int()
    .min(1)
    .max(200)
    .default(200)
    .describe('Messages asked for at one time; the server gives at most 200'),
  settling: z
    .strictObject({
      afterTimeoutMs: ms
        .default(35_000)
        .describe('How long after an unanswered request a look shows whether it had its effect'),
      afterDisconnectMs: ms.default(2000).describe('The same after a broken connection'),
    })
    .prefault({})
    .describe('When a look at the room is conclusive'),
  deadRoomPauseMs: ms.default(60_000).describe('Pause before a room that is gone is asked for again; grows to an hour'),
  capabilitiesMaxAgeMs: ms.default(3_600_000).describe('How long the limits of the server are believed'),
});

export type TalkSettings = z.infer<typeof talkSettings>;
