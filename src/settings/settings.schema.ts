import { z } from 'zod';
import { speakerWishes } from '../model/capabilities.js';
import { defaultLinkOptions } from '../model/link-options.js';
import type { NetworkDefinition } from '../model/network-definition.js';

/** Keys of accounts and links: they name things in commands, variables, logs and on the page. */
export const keyPattern = /^(?=.{1,64}$)[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*$/;
export const keyRule =
  'A key begins with a letter, has letters, digits and single - or _ inside, and is at most 64 characters long.';

const milliseconds = (least: number) => z.number().int().min(least);
const host = () => z.string().min(1).default('127.0.0.1');
const port = (usual: number) => z.number().int().min(0).max(65535).default(usual);

const database = z.strictObject({
  url: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .exactOptional()
    .describe('Address of a PostgreSQL 15 or later. Left out: Crosstalk runs its own in the data folder.')
    .meta({ secret: true, examples: ['postgres://crosstalk:password@db.example.org:5432/crosstalk'] }),
  poolSize: z.number().int().min(2).max(500).default(10).describe('Most connections to the database at a time.'),
});

const listen = z.strictObject({
  public: z
    .strictObject({
      host: host().describe('Address on which the networks reach Crosstalk; 0.0.0.0 for all.'),
      port: port(8780).describe('Port on which the networks reach Crosstalk; 0 for any free one.'),
      url: z
        .url({ protocol: /^https?$/ })
        .transform((value) => value.replace(/\/+$/, ''))
        .exactOptional()
        .describe(
          'Address at which people reach this listener, for example https://crosstalk.example.org: files that a room does not take ' +
            'are linked there. Left out: people are told where such a file is, without a link.',
        )
        .meta({ examples: ['https://crosstalk.example.org'] }),
    })
    .prefault({})
    .describe('What the networks call: transactions, webhooks, media.'),
  admin: z
    .strictObject({
      host: host().describe('Address of the page, the HTTP API, health and metrics.'),
      port: port(8781).describe('Port of the page, the HTTP API, health and metrics; 0 for any free one.'),
      token: z
        .string()
        .min(16)
        .exactOptional()
        .describe('What a caller must show. Needed where the host is not a loopback address; else made at each start.')
        .meta({ secret: true, examples: ['at-least-16-characters'] }),
    })
    .prefault({})
    .describe('What you call: page, HTTP API, health, metrics.'),
});

const log = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('The least that is logged.'),
});

const retryWaits = z.object({ retryFirstMs: milliseconds(1), retryMaxMs: milliseconds(1) });

const delivery = z
  .strictObject({
    leaseMs: milliseconds(1000)
      .default(12_000)
      .describe('After how long without a sign of life another replica takes over rooms and lanes.'),
    heldEventsMs: milliseconds(0)
      .default(600_000)
      .describe('How long an event waits for the message that it is about, or that it answers.'),
    parkAfterAttempts: z
      .number()
      .int()
      .min(1)
      .default(10)
      .describe('After how many failures a delivery is set aside, where the room itself answers.'),
    alarmAfterMs: milliseconds(1000)
      .default(86_400_000)
      .describe('After how long a lane that is held up raises its one alarm.'),
    retryFirstMs: milliseconds(1).default(1000).describe('Wait before the second attempt; it doubles from then on.'),
    retryMaxMs: milliseconds(1).default(60_000).describe('Longest wait between two attempts.'),
    stopWithinMs: milliseconds(0)
      .default(4000)
      .describe('How long deliveries under way may take to end when Crosstalk is stopped.'),
  })
  .refine((it) => it.retryFirstMs <= it.retryMaxMs, {
    path: ['retryFirstMs'],
    error: 'is longer than retryMaxMs',
    // Whatever else is wrong with the section.
    when: ({ value }) => retryWaits.safeParse(value).success,
  });

const files = z.strictObject({
  maxBytes: z
    .number()
    .int()
    .min(0)
    .exactOptional()
    .describe('Larger files are copied into no room and linked instead. Left out: each room gets what it takes.'),
  maxTextMessages: z
    .number()
    .int()
    .min(1)
    .exactOptional()
    .describe(
      'A text that would take more than about so many messages in a room goes there as one file, message.md, behind its beginning. ' +
        'Left out: it is said in as many as it takes.',
    ),
  linkDays: z
    .number()
    .int()
    .min(0)
    .max(3650)
    .default(7)
    .describe('How long a link to such a file holds; 0: no files are linked. It ends with its message, too.'),
  maxDownloads: z
    .number()
    .int()
    .min(1)
    .default(16)
    .describe('How many linked files are fetched at one time; who comes then is asked to come again.'),
});

const retention = z.strictObject({
  payloadDays: z
    .number()
    .int()
    .min(1)
    .default(30)
    .describe('After how many days the text of what came in is emptied; its keys are kept.'),
});

const roomSchema = z
  .strictObject({
    account: z.string().min(1).describe('Key of the account through which the room is read and written.'),
    room: z
      .string()
      .min(1)
      .exactOptional()
      .describe("The room's id as its network writes it, in quotes where it could be read as a number.")
      .meta({ examples: ['abc123de'] }),
    create: z
      .strictObject({
        name: z
          .string()
          .min(1)
          .describe('Name of the room to be made.')
          .meta({ examples: ['Team'] }),
        invite: z
          .array(z.string().min(1))
          .default([])
          .describe('People who are invited into it, by their ids on the network.')
          .meta({ examples: [['@anna:example.org']] }),
      })
      .exactOptional()
      .describe('In place of `room`: a room that Crosstalk makes, once.'),
    direction: z
      .enum(['both', 'in', 'out'])
      .default('both')
      .describe(
        '`out`: what is said in this room goes out to the others. `in`: the words of the others come in. `both`: both.',
      ),
    speaker: z
      .enum(speakerWishes)
      .default('auto')
      .describe(
        'Who is seen to speak in this room for the people of the others. `auto`: the best that it has. `own`: those who lend ' +
          'a login of their own as themselves. `guest`: each as a guest, ' +
          'where guests come in. `bridged`: one user under the names of all. `relay`: the account, with the names in what it says; ' +
          'as it does where a room has not what is asked for.',
      ),
  })
  .refine((it) => (it.room === undefined) !== (it.create === undefined), {
    error: 'needs either `room` or `create`, and not both',
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

export const mirrorSchema = z.strictObject({
  name: z.boolean().default(defaultLinkOptions.name).describe('Whether a new name of one room is given to the others.'),
  topic: z.boolean().default(defaultLinkOptions.topic).describe('The same for its topic or description.'),
  avatar: z.boolean().default(defaultLinkOptions.avatar).describe('The same for its picture.'),
  members: z
    .enum(['state', 'line', 'off'])
    .default(defaultLinkOptions.members)
    .describe(
      'How people who come and go are shown: `state`: as members where the room has such, else in a line; `line`; `off`.',
    ),
  clearedHistory: z
    .enum(['notice', 'delete'])
    .default(defaultLinkOptions.clearedHistory)
    .describe(
      "When a room's history is cleared: only said to the others (`notice`), or what came from it is deleted there (`delete`).",
    ),
  moderators: z
    .enum(['state', 'line', 'off'])
    .default(defaultLinkOptions.moderators)
    .describe(
      'How it is shown that somebody sees to a room: `state`: by the power of a moderator where the room has such, else in a line; `line`; `off`.',
    ),
  calls: z
    .enum(['notice', 'off'])
    .default(defaultLinkOptions.calls)
    .describe('Whether a call is told of in one notice: who began it, a link to join, who came, how long it took.'),
  access: z
    .enum(['line', 'off'])
    .default(defaultLinkOptions.access)
    .describe('Whether it is told in a line who may enter a room and write there, and how long its messages stay.'),
  expired: z
    .enum(['delete', 'keep'])
    .default(defaultLinkOptions.expired)
    .describe(
      'What becomes of the copies of a message that vanished from its room because it was set to: `delete`, `keep`.',
    ),
  moderation: z
    .enum(['on', 'off'])
    .default(defaultLinkOptions.moderation)
    .describe(
      'Whether adding, removing and banning people, making them moderators, and making a room read-only in one room is done in the others, for people who are known there (`people`, and those who are seen elsewhere).',
    ),
  otherReactions: z
    .enum(['reply', 'off'])
    .default(defaultLinkOptions.otherReactions)
    .describe(
      "What becomes of a reaction that a room has no emoji for, such as another network's own: `reply`: its name is said in an answer; `off`: it is not shown there.",
    ),
});

export const linkSchema = z.strictObject({
  rooms: z.array(roomSchema).min(2, 'needs at least two rooms').describe('The rooms that are mirrored together.'),
  mirror: mirrorSchema.prefault({}).describe('What is mirrored besides what people say.'),
});

/** Keys are accounts'. */
export const personSchema = z.record(z.string(), z.string().min(1));

/** The core's own sections. Accounts and links are checked one by one, so that a fault in one hides none in another. */
export const coreSections = {
  database: database.prefault({}).describe('Where Crosstalk keeps what it must not lose.'),
  secretKey: z
    .string()
    .min(1)
    .exactOptional()
    .describe(
      'Key for what is encrypted at rest: 32 bytes as base64 or hex, or a sentence of 32 characters or more. ' +
        'Needed with a database of your own; else made in the data folder.',
    )
    .meta({ secret: true }),
  listen: listen.prefault({}).describe('Two listeners: one for the networks, one for you.'),
  log: log.prefault({}).describe('Logs, on standard output, one JSON object a line.'),
  delivery: delivery.prefault({}).describe('How patiently messages are delivered.'),
  files: files.prefault({}).describe('Files that people send.'),
  retention: retention.prefault({}).describe('What is kept, and for how long.'),
} as const;

/**
 * The whole as people write it. An account's fields beside `network` are its network's own:
 * they are checked by `NetworkDefinition.settingsSchema`, not here.
 */
export const wholeSchema = (definitions: readonly NetworkDefinition[]) =>
  z.strictObject({
    ...coreSections,
    accounts: z
      .record(
        z.string().regex(keyPattern),
        z.looseObject({
          network: z.enum(definitions.map(({ network }) => network as string)).describe('Which network it is on.'),
        }),
      )
      .default({})
      .describe(
        'Logins and apps, each under a key of your choice. The key is its identity for ever: do not change it.',
      ),
    links: z
      .record(z.string().regex(keyPattern), linkSchema)
      .default({})
      .describe('Rooms that are mirrored together, each link under a key of your choice.'),
    people: z
      .array(personSchema.describe("One person's ids, each under the key of its account."))
      .default([])
      .describe(
        'People who are on several networks, so that who mentions them on one is understood on the others: ' +
          'a list of entries such as { my-talk: anna, my-matrix: "@anna:example.org" }.',
      )
      .meta({ examples: [[{ 'my-talk': 'anna', 'my-matrix': '@anna:example.org' }]] }),
  });

export type WrittenLinkedRoom = z.output<typeof roomSchema>;
