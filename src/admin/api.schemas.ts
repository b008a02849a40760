import { z } from 'zod';
import { speakerWishes } from '../model/capabilities.js';
import { mirrorSchema } from '../settings/settings.schema.js';

/** Everything that the HTTP API takes and gives, as it is checked, and as the OpenAPI document says. */

const time = () =>
  z
    .string()
    .describe('ISO 8601.')
    .meta({ examples: ['2026-01-31T12:00:00.000Z'] });
/** A text that PostgreSQL can be asked for. */
const words = () =>
  z
    .string()
    .min(1, 'is empty')
    .refine((text) => !text.includes('\0'), 'holds a NUL character, which no id and no name does');
const account = () => words().describe("An account's key in the settings.");
const room = () => words().describe("A room's id as its network writes it.");
const direction = () =>
  z
    .enum(['both', 'in', 'out'])
    .describe(
      '`out`: what is said in the room goes out to the others; `in`: the words of the others come in; `both`: both.',
    );
const speaker = () =>
  z
    .enum(speakerWishes)
    .describe(
      'Who is seen to speak in the room; `auto`: the best that it has. Where it has not that one, the account speaks.',
    );
const deliveryKey = () =>
  z
    .string()
    .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'is not the id of a delivery')
    .describe('A UUID.');
const deliveryState = () => z.enum(['waiting', 'delivered', 'skipped', 'parked']);

export const refusal = z.strictObject({ error: z.string().describe('A sentence: what is wrong, and what to do.') });

const wishedRoom = z
  .strictObject({
    account: account(),
    room: room().exactOptional().describe("A room that there is, by its network's id or alias."),
    create: z
      .strictObject({
        name: words(),
        invite: z.array(words()).default([]).describe('People, by their ids on the network.'),
      })
      .exactOptional()
      .describe('In place of `room`: a new one, made for the link.'),
    direction: direction().exactOptional(),
    speaker: speaker().exactOptional(),
  })
  .refine((it) => (it.room === undefined) !== (it.create === undefined), 'needs either `room` or `create`');

export const linkBody = z
  .strictObject({
    rooms: z.array(wishedRoom).default([]).describe('Rooms that are put into the link.'),
    turns: z
      .array(z.strictObject({ account: account(), room: room().exactOptional(), direction: direction() }))
      .default([])
      .describe('Directions of rooms that are in it already; `room` where the account has several in it.'),
    speakers: z
      .array(z.strictObject({ account: account(), room: room().exactOptional(), speaker: speaker() }))
      .exactOptional()
      .describe('Who is to speak in rooms that are in it already; `room` where the account has several in it.'),
    mirror: z
      .strictObject(
        Object.fromEntries(
          Object.entries(mirrorSchema.shape).map(([name, schema]) => [name, schema.unwrap().exactOptional()]),
        ) as {
          [Name in keyof typeof mirrorSchema.shape]: z.ZodExactOptional<
            ReturnType<(typeof mirrorSchema.shape)[Name]['unwrap']>
          >;
        },
      )
      .exactOptional(),
  })
  .refine(
    ({ rooms, turns, speakers = [], mirror = {} }) =>
      rooms.length + turns.length + speakers.length + Object.keys(mirror).length > 0,
    { error: 'names nothing to be linked or changed' },
  );
export type LinkBody = z.output<typeof linkBody>;

export const linkName = words().describe("A link's name.");
export const listQuery = z.strictObject({
  all: z.enum(['true', 'false']).default('false').describe('`true`: also links that were ended.'),
});
export type ListQuery = z.output<typeof listQuery>;
export const unlinkQuery = z
  .strictObject({
    account: account().exactOptional().describe('Only the room of this account; left out: the whole link is ended.'),
    room: room().exactOptional().describe('Which one, where the account has several in the link.'),
  })
  .refine((it) => it.room === undefined || it.account !== undefined, 'a room goes with its account');
export type UnlinkQuery = z.output<typeof unlinkQuery>;
export const resumeBody = z.strictObject({
  from: z
    .enum(['now', 'where it stopped'])
    .default('now')
    .describe('`where it stopped`: what was said meanwhile follows, in its order.'),
});
export type ResumeBody = z.output<typeof resumeBody>;
export const retryBody = z.union(
  [
    z.strictObject({
      deliveries: z
        .array(deliveryKey())
        .min(1, 'names none: `{ "all": true }` retries everything that is parked')
        .max(2_000, 'names more than 2,000: send them in several calls'),
    }),
    z.strictObject({ all: z.literal(true).describe('Everything that is parked.') }),
  ],
  'say either `deliveries`, the ids of what is parked as `GET /api/status` has them, or `all`: true',
);
export type RetryBody = z.output<typeof retryBody>;
export const replayBody = z.union(
  [
    z.strictObject({
      id: z
        .string()
        .regex(/^\d{1,18}$/, 'is not the id of a stored payload')
        .describe('Of a stored payload.'),
    }),
    z.strictObject({ malformed: z.literal(true).describe('What could not be read when it came.') }),
    z.strictObject({
      account: account(),
      since: z.iso.datetime({ offset: true }).describe('What came to the account since then.'),
    }),
  ],
  'say either `id`, `malformed`: true, or `account` and `since`',
);
export type ReplayBody = z.output<typeof replayBody>;
export const wayQuery = z.strictObject({
  id: words()
    .max(1000, 'is longer than 1,000 characters, which no id is')
    .describe("A message's id on its network, or a delivery's UUID."),
});
export type WayQuery = z.output<typeof wayQuery>;

export const linkAnswer = z.strictObject({ link: z.enum(['made', 'changed']), state: z.enum(['active', 'paused']) });
export const changeAnswer = z.strictObject({ change: z.enum(['changed', 'was so']) });
export const retryAnswer = z.strictObject({
  retried: z.array(
    z.strictObject({
      delivery: deliveryKey(),
      became: z.enum(['put at the end of its lane', 'skipped: it is no longer so', 'not parked']),
    }),
  ),
});
export const replayAnswer = z.strictObject({
  became: z
    .partialRecord(z.enum(['routed', 'ignored', 'held', 'malformed', 'unlinked', 'gone']), z.int())
    .describe('How many payloads became what.'),
  rest: z.enum(['none', 'maybe']).describe('`maybe`: as many were read as are at once, and there may be more.'),
  mostAtOnce: z.int(),
});

const portalStatus = z.strictObject({
  account: account(),
  wanted: z.union([
    z.strictObject({ room: room() }),
    z.strictObject({ create: z.strictObject({ name: z.string(), invite: z.array(z.string()) }) }),
  ]),
  room: room().nullable().describe('Null until it was found or made.'),
  direction: direction(),
  speaker: speaker(),
  problem: z.string().nullable(),
  catchesUpFrom: time().nullable().describe('Set while what was said since then is being taken in.'),
  read: z.strictObject({
    mode: z
      .enum(['bot webhook', 'signaling', 'held poll', 'sweep', 'push'])
      .describe(
        'How the room is watched. `bot webhook` and `signaling`: its server tells when to read it; `held poll`: by a request ' +
          'that the server holds until there is something new; `sweep`: by the room list; `push`: its network hands everything over.',
      ),
    state: z.enum(['open', 'closed']),
    reason: z.string().nullable(),
    readAt: time().nullable(),
  }),
  mute: z.string().nullable().describe('Why the room lets us read and not write, for now.'),
  note: z.string().nullable().describe('What else is to be known of the room.'),
  lane: z.strictObject({
    waiting: z.int(),
    parked: z.int(),
    failingSince: time().nullable(),
    reason: z.string().nullable(),
  }),
});
const linkStatus = z.strictObject({
  key: linkName,
  owner: z.enum(['settings', 'database']),
  state: z
    .enum(['active', 'paused', 'left', 'ended'])
    .describe('`left`: it is in the settings no more. `ended`: a person ended it.'),
  pausedAt: time().nullable(),
  mirror: z.strictObject({
    name: z.boolean(),
    topic: z.boolean(),
    avatar: z.boolean(),
    members: z.enum(['state', 'line', 'off']),
    clearedHistory: z.enum(['notice', 'delete']),
    moderators: z.enum(['state', 'line', 'off']),
    calls: z.enum(['notice', 'off']),
    access: z.enum(['line', 'off']),
    expired: z.enum(['delete', 'keep']),
    moderation: z.enum(['on', 'off']),
    otherReactions: z.enum(['reply', 'off']),
  }),
  portals: z.array(portalStatus),
});
export const linksAnswer = z.array(linkStatus);
export const statusAnswer = z.strictObject({
  replicas: z.array(z.strictObject({ id: z.string(), host: z.string(), renewedAt: time(), shards: z.int() })),
  accounts: z.array(
    z.strictObject({
      id: account(),
      network: z.string(),
      state: z.enum(['connecting', 'open', 'closed']),
      since: time(),
      says: z.string().nullable(),
      lent: z.int().describe('How many people lend the account a login of their own, to speak as themselves.'),
    }),
  ),
  links: linksAnswer,
  held: z.int().describe('Events that wait for what they are about.'),
  malformed: z.int().describe('Payloads that could not be read.'),
  parked: z
    .array(
      z.strictObject({
        delivery: deliveryKey(),
        account: account(),
        room: room().nullable(),
        kind: z.string(),
        reason: z.string().nullable(),
        since: time().nullable(),
      }),
    )
    .describe('The first thousand.'),
});

export const activityAnswer = z.strictObject({
  minutes: z
    .array(
      z.strictObject({
        minute: time(),
        delivered: z.int(),
        skipped: z.int(),
        parked: z.int(),
        waiting: z.int(),
      }),
    )
    .describe('One for each of the last minutes, by when the deliveries were made; the last one is not over.'),
  deliveryMs: z.strictObject({
    half: z.number().nullable().describe('Half of the deliveries took at most so long from storing to showing.'),
    most: z.number().nullable().describe('All but a twentieth did.'),
  }),
  rooms: z.array(
    z.strictObject({
      account: account(),
      room: room(),
      readMs: z.number().nullable().describe("From a message's own time in this room to its being stored."),
      deliverMs: z.number().nullable().describe('From then to its being shown in this room.'),
      waitingSince: time().nullable().describe("Since when the first delivery in this room's lane waits."),
    }),
  ),
});

const roomPlace = z.strictObject({ account: account(), room: room().nullable() });
export const sight = z.strictObject({
  id: z.string().describe('Grows with the order in which they came.'),
  delivery: deliveryKey(),
  kind: z.string(),
  state: deliveryState(),
  reason: z.string().nullable(),
  link: linkName,
  from: roomPlace.nullable(),
  to: roomPlace,
  storedAt: time(),
  finishedAt: time().nullable(),
});

export const waysAnswer = z
  .array(
    z.strictObject({
      link: linkName.nullable(),
      message: z.strictObject({ sentAt: time(), deletedAt: time().nullable() }).nullable(),
      inbox: z.array(
        z.strictObject({
          id: z.string(),
          account: account(),
          state: z.enum(['routed', 'ignored', 'held', 'malformed', 'unlinked']),
          receivedAt: time(),
        }),
      ),
      deliveries: z.array(
        z.strictObject({
          delivery: deliveryKey(),
          account: account(),
          room: room().nullable(),
          kind: z.string(),
          state: deliveryState(),
          reason: z.string().nullable(),
          attempts: z.int(),
          storedAt: time(),
          againAt: time().nullable(),
          finishedAt: time().nullable(),
        }),
      ),
      copies: z.array(
        z.strictObject({
          account: account(),
          room: room(),
          id: z.string(),
          part: z.int(),
          delivery: deliveryKey().nullable().describe('Null for the origin.'),
          madeAt: time(),
        }),
      ),
    }),
  )
  .describe('Several where rooms use the same ids; none where it is not known.');
