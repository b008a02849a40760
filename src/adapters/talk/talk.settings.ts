import { z } from 'zod';
import { intervals } from './talk.constants.js';

const ms = z.int().positive();
const secret = (): z.ZodString => z.string().min(1).meta({ secret: true });
const wholeWhen = { when: ({ value }: { value: unknown }): boolean => typeof value === 'object' && value !== null };

const person = z.string().regex(/^\S+@[^\s@*]+$/, {
  error: 'is somebody of another server, anna@cloud.example.org, or *@cloud.example.org for everybody there',
});

/** Settings of one Talk account. */
export const talkSettings = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .transform((value) => value.replace(/\/+$/, '').replace(/\/index\.php$/, ''))
      .describe('Base address of the Nextcloud, for example https://cloud.example.org'),
    user: z.string().min(1).describe('Name that the account logs in with'),
    password: secret()
      .exactOptional()
      .describe('App password of the account. A real password works too: it is exchanged once for an app password')
      .meta({ usual: true }),
    bearerToken: secret().exactOptional().describe('OAuth2 access token of the account, in place of a password'),
    sessionCookie: secret()
      .exactOptional()
      .describe(
        'Cookies of a session that the account is logged in with, as a browser sends them, in place of a password',
      ),
    maxHeldPolls: z
      .int()
      .nonnegative()
      .default(8)
      .describe('Rooms read by a held request at one time; each takes one PHP worker of the server'),
    maxSignalingRooms: z
      .int()
      .nonnegative()
      .default(50)
      .describe(
        'Rooms of which a signaling server tells at once, where Nextcloud has one: each takes a connection to it; 0 for none',
      ),
    membersShown: z
      .int()
      .nonnegative()
      .max(1000)
      .default(100)
      .describe(
        'People of a room, as its list of participants has them, who are shown as members of the linked rooms before they say anything; 0: nobody is, and the list is not read for that',
      ),
    signalingQuietMs: ms
      .default(60_000)
      .describe('A connection to the signaling server over which nothing came for so long counts as broken'),
    typing: z
      .boolean()
      .default(true)
      .describe(
        'Whether the others see who types in rooms of which a signaling server tells, and the rooms who types elsewhere',
      ),
    presence: z
      .boolean()
      .default(false)
      .describe(
        'Whether the others see who is online, away or busy, and what they say of themselves; and whether people who lend a login are online there as they are elsewhere. Off, since nothing tells of it: each room in which something was written within ten minutes is asked again and again, 30 rooms at most',
      ),
    presenceIntervalMs: ms
      .default(intervals.participants.pushed)
      .describe('How often such a room is asked how its people are, where `presence` is on'),
    maxConnections: z.int().positive().default(32).describe('Connections for everything but held requests'),
    sweepIntervalMs: ms.default(3000).describe('How often the room list is asked what is new, while nothing is pushed'),
    idleSweepIntervalMs: ms
      .default(intervals.roomList)
      .describe(
        'How often the room list is asked while no room waits for it: all that are linked are pushed, or none is',
      ),
    uploadChunkBytes: z
      .int()
      .min(1_000_000)
      .default(50_000_000)
      .describe(
        'Larger files are sent to the server in chunks of this size, so that none of its limits of one request is met',
      ),
    fullListIntervalMs: ms
      .default(600_000)
      .describe('How often the whole room list is read, to notice rooms that vanished'),
    holdIntervalMs: ms
      .default(10_000)
      .describe('How often it is chosen how each room is watched, and which are the busiest for held requests'),
    crosstalkUrl: z
      .url({ protocol: /^https?$/ })
      .transform((value) => value.replace(/\/+$/, ''))
      .exactOptional()
      .describe(
        "Address at which the Nextcloud reaches Crosstalk's public listener, for example https://crosstalk.example.org: a bot tells there at once what happens. `crosstalk talk bot` prints how it is installed",
      ),
    pushPatienceMs: ms
      .default(5000)
      .describe(
        'How long after the room list showed a message it may take until what is pushed has it read: else push failed for its room',
      ),
    pushRetryMs: ms
      .default(60_000)
      .describe(
        'How long after push failed for a room it is believed again; grows to a day. What is pushed ends that at once',
      ),
    requestTimeoutMs: ms.default(30_000).describe('How long an answer may take, beyond what a held request is held'),
    pollTimeoutS: z
      .int()
      .min(1)
      .max(30)
      .default(30)
      .describe('How long the server holds a request that waits for messages, in seconds; at most 30'),
    pollPauseMs: ms
      .default(intervals.poll)
      .describe('How long after a held request was answered the next one of its room begins'),
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
    readMarkerIntervalMs: z
      .int()
      .nonnegative()
      .default(60_000)
      .describe(
        'How often at most a room is marked as read by the account, which else would keep people from seeing that everybody has read a message; 0 never does, for an account that a person reads with',
      ),
    settling: z
      .strictObject({
        afterTimeoutMs: ms
          .default(35_000)
          .describe('How long after an unanswered request a look shows whether it had its effect'),
        afterDisconnectMs: ms.default(2000).describe('The same after a broken connection'),
      })
      .prefault({})
      .describe('When a look at the room is conclusive'),
    invitations: z
      .strictObject({
        acceptFrom: z
          .array(person)
          .default([])
          .describe(
            'Who may bring the account into rooms of other servers: anna@cloud.example.org, or *@cloud.example.org for everybody there',
          ),
        others: z
          .enum(['wait', 'decline'])
          .default('wait')
          .describe('What becomes of all other invitations: they wait for a person to answer them, or are declined'),
      })
      .prefault({})
      .describe('Invitations into rooms of other servers'),
    maxGuestSessions: z
      .int()
      .nonnegative()
      .default(100)
      .describe(
        'How many people of other networks are guests in public rooms at one time, a person in two rooms counted twice; for more the account itself speaks. 0: none are',
      ),
    guestPingMs: z
      .int()
      .positive()
      .max(75_000)
      .default(60_000)
      .describe('How often a guest gives a sign of life; the server gives up those who gave none for 100 s'),
    guestIdleMs: ms
      .default(600_000)
      .describe(
        'How long after somebody last did something the guest leaves; what it reacted with cannot be taken back from then on',
      ),
    ownLogins: z
      .boolean()
      .default(true)
      .describe(
        'Whether people of other networks may lend a login of their own, by the command `login` in chat, and then speak as the users that they are',
      ),
    ownFiles: z
      .boolean()
      .default(true)
      .describe(
        "Whether files of people who lend a login of their own go into their own files in Nextcloud and are shared by them; else they are in the account's, as those of everybody else",
      ),
    ownReadMarkers: z
      .boolean()
      .default(true)
      .describe(
        'Whether people who lend a login of their own have read in Talk what they have read on the other networks, as far as those tell it',
      ),
    ownReadIntervalMs: ms
      .default(30_000)
      .describe(
        'How often those who lend a login are asked how far they have read in Talk, where that is marked on their own network: while a linked room has something new for them, and ever more seldom, down to a tenth, while they read nothing',
      ),
    loginPollMs: ms
      .default(3000)
      .describe('How often the server is asked whether somebody has allowed a login, for 20 minutes at most'),
    bridgeBotPassword: secret()
      .exactOptional()
      .describe(
        'App password of the user bridge-bot of the server, for rooms whose speaker is `bridged`: its messages stand under the name of whoever wrote them, and nobody can quote them',
      ),
    deadRoomPauseMs: ms
      .default(60_000)
      .describe('Pause before a room that is gone is asked for again; grows to an hour'),
    capabilitiesMaxAgeMs: ms.default(3_600_000).describe('How long the limits of the server are believed'),
  })
  .refine((it) => [it.password, it.bearerToken, it.sessionCookie].filter((way) => way !== undefined).length === 1, {
    path: ['password'],
    error: 'is what the account logs in with: exactly one of password, bearerToken and sessionCookie is set',
    ...wholeWhen,
  });

export type TalkSettings = z.infer<typeof talkSettings>;
