import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { group, talk, type Given } from './endpoint.js';
import { id, maybeText, nothing, text, whole } from './fields.js';

const bot = z.looseObject({ id: z.int().nonnegative(), name: text, description: maybeText, state: whole });

/** What an administrator sees besides. */
const installedBot = bot.extend({
  url: text,
  url_hash: text,
  /** Bits. */
  features: whole,
  error_count: whole,
  /** Whole seconds. */
  last_error_date: whole,
  last_error_message: maybeText,
});

const switched = { data: bot.nullable(), needs: 'bots-v1' } as const;

/** A bot is nobody's account: it proves itself by signing what it says, the message or the emoji alone. */
const speaking = (signed: 'message' | 'reaction') =>
  ({
    besides: { secret: z.string() },
    isAnonymous: true,
    sign: (args: Given) => botSignature(String(args['secret']), randomBytes(32).toString('hex'), String(args[signed])),
    data: nothing,
    needs: 'bots-v1',
  }) as const;

/** Bots in rooms, and what bots do. Source: OpenAPI of Talk 22, `bot`. */
export const botEndpoints = group('bots', {
  list: talk('v1 GET /bot/{token}', { data: z.array(bot), statuses: [200, 401], needs: 'bots-v1' }),
  // 200 where it was on already.
  enable: talk('v1 POST /bot/{token}/{botId}', { ...switched, statuses: [200, 201, 400, 401] }),
  disable: talk('v1 DELETE /bot/{token}/{botId}', { ...switched, statuses: [200, 400, 401] }),
  listInstalled: talk('v1 GET /bot/admin', {
    data: z.array(installedBot),
    statuses: [200, 401, 403],
    needs: 'bots-v1',
  }),
  send: talk('v1 POST /bot/{token}/message', {
    ...speaking('message'),
    body: {
      message: z.string(),
      referenceId: z.string().optional(),
      replyTo: id.optional(),
      silent: z.boolean().optional(),
      threadTitle: z.string().optional(),
      threadId: z.int().optional(),
    },
    statuses: [201, 400, 401, 413],
  }),
  react: talk('v1 POST /bot/{token}/reaction/{messageId}', {
    ...speaking('reaction'),
    body: { reaction: z.string() },
    statuses: [200, 201, 400, 401, 404],
  }),
  removeReaction: talk('v1 DELETE /bot/{token}/reaction/{messageId}', {
    ...speaking('reaction'),
    body: { reaction: z.string() },
    statuses: [200, 400, 401, 404],
  }),
});

/** Pure: the headers by which a bot proves that a message or an emoji is its own. */
function botSignature(secret: string, random: string, signed: string): Readonly<Record<string, string>> {
  return {
    'x-nextcloud-talk-bot-random': random,
    'x-nextcloud-talk-bot-signature': createHmac('sha256', secret)
      .update(random + signed)
      .digest('hex'),
  };
}
