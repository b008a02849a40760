import type { SandboxAnswer, SandboxRequest } from '../../http-server.js';
import { SlackError } from '../slack-error.js';
import type { Installation } from '../state/apps.js';
import type { SlackState } from '../state/slack-state.js';
import { requireScope, type Method, type Methods } from './call.js';
import { chatMethods } from './chat-calls.js';
import { conversationMethods } from './conversation-calls.js';
import { fileMethods } from './file-calls.js';
import { historyMethods } from './history-calls.js';
import { Input } from './input.js';
import { openMethods, type OpenConnection } from './open-calls.js';
import { pinMethods } from './pin-calls.js';
import type { RateLimits } from './rate-limits.js';
import { reactionMethods } from './reaction-calls.js';
import { userMethods } from './user-calls.js';
import { viewMethods } from './view-calls.js';

export const apiFront = '/api/';

/** The Web API: every answer is 200 and says whether it is `ok`, but for calls that come too fast. */
export class SlackApi {
  readonly #methods: Methods;

  constructor(
    private readonly slack: SlackState,
    private readonly limits: RateLimits,
    { connect, shareDelayMs }: { readonly connect: OpenConnection; readonly shareDelayMs: number },
  ) {
    this.#methods = {
      ...openMethods(connect),
      ...chatMethods,
      ...historyMethods,
      ...conversationMethods,
      ...reactionMethods,
      ...pinMethods,
      ...userMethods,
      ...fileMethods(shareDelayMs),
      ...viewMethods,
    };
  }

  async answer(request: SandboxRequest): Promise<SandboxAnswer> {
    const name = request.path.slice(apiFront.length);
    const method = Object.hasOwn(this.#methods, name) ? this.#methods[name] : undefined;
    if (method === undefined) return ok({ ok: false, error: 'unknown_method', req_method: name });
    try {
      return await this.#call(name, method, request);
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      return ok({ ok: false, error: error.code, ...error.details });
    }
  }

  async #call(name: string, method: Method, request: SandboxRequest): Promise<SandboxAnswer> {
    const input = new Input(request, method.json);
    const token = tokenOf(request, input);
    if (method.open) {
      return (
        this.#tooFast(name, undefined, token) ??
        ok({ ok: true, ...(await method.handle({ slack: this.slack, request, input, token })) })
      );
    }
    if (token === '') throw new SlackError('not_authed');
    if (token.startsWith('xapp-')) throw new SlackError('not_allowed_token_type');
    const installation = this.slack.tokens.check(token);
    const tooFast = this.#tooFast(name, installation, input.text('channel'));
    if (tooFast !== undefined) return tooFast;
    requireScope({ installation }, method.scopes);
    const body = await method.handle({ slack: this.slack, request, input, token, installation });
    return {
      ...ok({ ok: true, ...body }),
      headers: { 'x-oauth-scopes': installation.scopes.join(','), 'x-accepted-oauth-scopes': method.scopes.join(',') },
    };
  }

  #tooFast(name: string, installation: Installation | undefined, channel: string): SandboxAnswer | undefined {
    const waitSeconds = this.limits.take(name, installation, channel);
    if (waitSeconds === undefined) return undefined;
    return { status: 429, headers: { 'retry-after': String(waitSeconds) }, body: { ok: false, error: 'ratelimited' } };
  }
}

function ok(body: unknown): SandboxAnswer {
  return { status: 200, body };
}

function tokenOf(request: SandboxRequest, input: Input): string {
  const header = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return header ?? input.text('token');
}
