import { z } from 'zod';

const ms = z.int().positive();
const withoutSlash = (address: string): string => address.replace(/\/+$/, '');
const secret = (): z.ZodString => z.string().min(1).meta({ secret: true });
const wholeWhen = { when: ({ value }: { value: unknown }): boolean => typeof value === 'object' && value !== null };

/** Settings of one Slack account: an app in one workspace. */
export const slackSettings = z
  .strictObject({
    botToken: secret()
      .exactOptional()
      .describe('"Bot User OAuth Token" of the app, which begins with xoxb-. Left out where `clientId` is set')
      .meta({ usual: true }),
    appToken: secret()
      .exactOptional()
      .describe('"App-Level Token" with connections:write, which begins with xapp-: needed for `receive: socketMode`')
      .meta({ usual: true }),
    receive: z
      .enum(['socketMode', 'eventsApi'])
      .default('socketMode')
      .describe(
        'How events come: over a WebSocket that Crosstalk opens, or by requests of Slack to its public listener, for which `url` and `signingSecret` are needed',
      ),
    signingSecret: secret()
      .exactOptional()
      .describe('"Signing Secret" of the app, by which requests prove to be of Slack: needed for `receive: eventsApi`'),
    url: z
      .url({ protocol: /^https?$/ })
      .transform(withoutSlash)
      .exactOptional()
      .describe(
        "Address at which Crosstalk's public listener is reached from everywhere, for example https://crosstalk.example.org. Without one it is `listen.public.url`; without both, speakers have no pictures in Slack",
      ),
    clientId: z
      .string()
      .min(1)
      .exactOptional()
      .describe('"Client ID" of an app that is installed at `url`/slack/install; then `botToken` is not needed'),
    clientSecret: secret().exactOptional().describe('"Client Secret" of that app'),
    team: z
      .string()
      .regex(/^T[A-Z0-9]{2,30}$/, 'is a workspace id such as T0123456789')
      .exactOptional()
      .describe('Id of the workspace that such an app is for: an installation in any other is refused'),
    appName: z.string().min(1).max(35).default('Crosstalk').describe('What the app is called in its manifest'),
    command: z
      .string()
      .regex(/^\/[a-z0-9_-]{1,31}$/, 'is a slash and small letters')
      .default('/crosstalk')
      .describe('Slash command by which members speak with Crosstalk'),
    operators: z
      .array(z.string().regex(/^[UW][A-Z0-9]{2,30}$/, 'is a member id such as U0123456789'))
      .default([])
      .describe('Members who may see to links by the command, by their member ids')
      .meta({ examples: [['U0123456789']] }),
    everyone: z
      .enum(['channel', 'here', 'text'])
      .default('channel')
      .describe(
        'What a mention of everybody becomes: it rings for all members, for those who are there, or for nobody',
      ),
    apiUrl: z
      .url({ protocol: /^https?$/ })
      .transform((address) => `${withoutSlash(address)}/`)
      .prefault('https://slack.com/api/')
      .describe("Address of Slack's Web API"),
    authorizeUrl: z
      .url({ protocol: /^https?$/ })
      .default('https://slack.com/oauth/v2/authorize')
      .describe('Page on which people allow an installation'),
    requestTimeoutMs: ms.default(30_000).describe('How long an answer of Slack may take'),
    lookupTimeoutMs: ms
      .default(1500)
      .describe(
        'How long a look-up of a name may take. Where Slack asks for a pause, an event waits for the name of who speaks, twenty times as long at most',
      ),
    namesMaxAgeMs: ms.default(3_600_000).describe('How long the names of people, channels and emoji are believed'),
    postEveryMs: ms
      .default(1000)
      .describe('How long after another a message is posted in the same channel, on average'),
    postBurst: z
      .int()
      .positive()
      .default(4)
      .describe('How many messages may be posted in a channel at once before that'),
    reconnectMs: ms
      .default(1000)
      .describe('How long after a broken WebSocket the next one is tried; grows to 32 times, but to no more than 30 s'),
    quietMs: ms.default(30_000).describe('After how long without a sign of life a WebSocket counts as broken'),
    markMs: ms
      .default(30_000)
      .describe(
        'How often it is written down that events come: from the last time on, what was said while none came is read from history',
      ),
    lookMarginMs: ms.default(10_000).describe('How far around an attempt a look reads, to be safe from unequal clocks'),
    presence: z
      .boolean()
      .default(false)
      .describe(
        'Whether the others see who is there, and what they say of themselves. Off, since Slack tells bots nothing of it: each who said something within ten minutes is asked about again and again, 20 people at most',
      ),
    presenceIntervalMs: ms.default(60_000).describe('How often such a person is asked about, where `presence` is on'),
    maxConnections: z.int().positive().default(32).describe('Connections to Slack'),
    settling: z
      .strictObject({
        afterTimeoutMs: ms
          .exactOptional()
          .describe('How long after an unanswered request a look is conclusive. Left out: `requestTimeoutMs` and 5 s'),
        afterDisconnectMs: ms.default(2000).describe('The same after a broken connection'),
      })
      .prefault({})
      .describe('When a look at the channel is conclusive'),
  })
  .refine((it) => it.botToken !== undefined || it.clientId !== undefined, {
    path: ['botToken'],
    error: 'is missing: it is what the app logs in with, unless it is installed by clientId',
    ...wholeWhen,
  })
  .refine((it) => it.receive !== 'socketMode' || it.appToken !== undefined, {
    path: ['appToken'],
    error: 'is missing: Socket Mode needs it',
    ...wholeWhen,
  })
  .refine((it) => it.receive !== 'eventsApi' || it.signingSecret !== undefined, {
    path: ['signingSecret'],
    error: 'is missing: the Events API needs it',
    ...wholeWhen,
  })
  .refine((it) => it.receive !== 'eventsApi' || it.url !== undefined, {
    path: ['url'],
    error: 'is missing: the Events API needs it',
    ...wholeWhen,
  })
  .refine(
    (it) =>
      it.clientId === undefined || (it.clientSecret !== undefined && it.url !== undefined && it.team !== undefined),
    {
      path: ['clientId'],
      error: 'needs clientSecret, url and team beside it',
      ...wholeWhen,
    },
  );

export type SlackSettings = z.infer<typeof slackSettings>;
