import { z } from 'zod';

const ms = z.int().positive();
const withoutSlash = (address: string): string => address.replace(/\/+$/, '');
const localpart = z.string().regex(/^[a-z0-9._=/-]+$/, 'may hold a-z, 0-9 and . _ = - / only');

/** Settings of one Matrix account: an application service of one homeserver. */
export const matrixSettings = z.strictObject({
  homeserver: z
    .url({ protocol: /^https?$/ })
    .transform(withoutSlash)
    .describe('Address of the client-server API, for example https://matrix.example.org'),
  serverName: z
    .string()
    .regex(/^[A-Za-z0-9.:[\]-]+$/, 'is the part behind the colon of a user id')
    .describe('Name of the homeserver as user ids have it, for example example.org'),
  asToken: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe('What Crosstalk shows the homeserver: a long random text of your own, `as_token` of the registration'),
  hsToken: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe('What the homeserver shows Crosstalk: another long random text, `hs_token` of the registration'),
  doublePuppetToken: z
    .string()
    .min(1)
    .meta({ secret: true })
    .exactOptional()
    .describe(
      'By which Crosstalk may act as people of the homeserver: a third long random text of your own, `as_token` of a second registration. It marks as read on Matrix what those have read in Talk who lend a login there, and does nothing else. Left out: it acts as nobody',
    ),
  url: z
    .url({ protocol: /^https?$/ })
    .transform(withoutSlash)
    .describe("Address at which the homeserver reaches Crosstalk's public listener, for example http://crosstalk:8780"),
  bot: localpart.default('crosstalk').describe("Name of Crosstalk's own user, without @ and server"),
  ghostPrefix: localpart
    .default('crosstalk_')
    .describe('How the names of all users and rooms that Crosstalk makes begin; nobody else may have such a name'),
  ghostName: z
    .string()
    .includes('{name}')
    .default('{name} ({network})')
    .describe("What a bridged person is called; {name} and {network} are the person's and the network's names"),
  command: z
    .string()
    .regex(/^![a-z0-9_-]{1,31}$/, 'is an exclamation mark and small letters')
    .default('!crosstalk')
    .describe('How messages begin by which people speak with Crosstalk; they are not bridged'),
  operators: z
    .array(z.string().regex(/^@[^:\s]+:\S+$/, 'is a user id such as @anna:example.org'))
    .default([])
    .describe('People who may see to links by the command, by their user ids')
    .meta({ examples: [['@anna:example.org']] }),
  requestTimeoutMs: ms.default(30_000).describe('How long an answer of the homeserver may take'),
  lookupTimeoutMs: ms.default(5000).describe('How long a look-up may take while a transaction waits for it'),
  avatarTimeoutMs: ms
    .default(10_000)
    .describe(
      "How long a message may wait for its speaker's picture, for those of its emoji, and for the small picture of a file",
    ),
  avatarRetryMs: ms.default(600_000).describe('How long after a picture could not be set it is tried again'),
  typing: z
    .boolean()
    .default(true)
    .describe('Whether the others see who types in the rooms, and the rooms who types elsewhere'),
  presence: z
    .boolean()
    .default(false)
    .describe(
      'Whether ghosts are shown online, away and with a status text as their people are, and the others see who is online here. Off, since each that is there takes a request every 20 seconds',
    ),
  liveLocationMs: ms
    .default(60_000)
    .describe('How often a message elsewhere that shows where somebody is may be edited while they move'),
  relayMs: ms
    .default(600_000)
    .describe('How long Crosstalk itself speaks in a room that did not let a ghost in, before ghosts are tried again'),
  pingRetryMs: ms.default(60_000).describe('How long after a failed ping the homeserver is asked to ping again'),
  inviteRetryMs: ms
    .default(1000)
    .describe('How long after a failure an invitation is answered again; grows to 64 times'),
  lookMarginMs: ms.default(10_000).describe('How far behind an attempt a look reads, to be safe from unequal clocks'),
  maxConnections: z.int().positive().default(32).describe('Connections to the homeserver'),
  settling: z
    .strictObject({
      afterTimeoutMs: ms
        .exactOptional()
        .describe('How long after an unanswered request a look is conclusive. Left out: `requestTimeoutMs` and 5 s'),
      afterDisconnectMs: ms.default(2000).describe('The same after a broken connection'),
    })
    .prefault({})
    .describe('When a look at the room is conclusive'),
});

export type MatrixSettings = z.infer<typeof matrixSettings>;
