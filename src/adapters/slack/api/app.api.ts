import { z } from 'zod';
import type { SlackClient } from '../slack.client.js';
import { brokenAnswer } from '../slack.errors.js';

const login = z.object({
  url: z.string(),
  team: z.string(),
  team_id: z.string(),
  user: z.string(),
  user_id: z.string(),
  bot_id: z.string(),
  response_metadata: z
    .object({ scopes: z.array(z.string()) })
    .partial()
    .optional(),
});
export type LoginAnswer = z.infer<typeof login>;

const granted = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  expires_in: z.number().optional(),
  team: z.object({ id: z.string(), name: z.string().optional() }),
});
export type GrantedAnswer = z.infer<typeof granted>;

/** As what the client is known to Slack. */
export interface ClientProof {
  readonly client_id: string;
  readonly client_secret: string;
}

/** The app itself: as whom it is logged in, how events come, how it gets its tokens. */
export class AppApi {
  constructor(private readonly client: SlackClient) {}

  async whoami(signal: AbortSignal): Promise<LoginAnswer> {
    return read(login, await this.client.ask({ method: 'auth.test', args: {}, act: 'read', signal }));
  }

  /** The app's id, where Slack says it. */
  async appOf(bot: string, signal: AbortSignal): Promise<string | undefined> {
    const answer = await this.client.ask({ method: 'bots.info', args: { bot }, act: 'read', signal });
    return read(z.object({ bot: z.object({ app_id: z.string().optional() }) }), answer).bot.app_id;
  }

  /** An address for one WebSocket, to be opened within half a minute. */
  async openConnection(signal: AbortSignal): Promise<string> {
    const answer = await this.client.ask({ method: 'apps.connections.open', args: {}, act: 'read', by: 'app', signal });
    return read(z.object({ url: z.string() }), answer).url;
  }

  /** What an installation's code is given for. It serves once. */
  async redeem(code: string, redirect: string, proof: ClientProof, signal: AbortSignal): Promise<GrantedAnswer> {
    const args = { code, redirect_uri: redirect, ...proof };
    return read(
      granted,
      await this.client.ask({ method: 'oauth.v2.access', args, act: 'write', by: 'nobody', signal }),
    );
  }

  /** The next token. What it is had for serves once. */
  async refresh(refreshToken: string, proof: ClientProof, signal: AbortSignal): Promise<GrantedAnswer> {
    const args = { grant_type: 'refresh_token', refresh_token: refreshToken, ...proof };
    return read(
      granted,
      await this.client.ask({ method: 'oauth.v2.access', args, act: 'write', by: 'nobody', signal }),
    );
  }
}

/** Throws where an answer lacks what every answer has. */
export function read<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw brokenAnswer('read', 'without what was asked for', undefined, parsed.error);
  return parsed.data;
}
