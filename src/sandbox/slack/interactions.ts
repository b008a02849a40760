import type { SandboxAnswer, SandboxRequest } from '../http-server.js';
import { SlackError } from './slack-error.js';
import type { App, Installation } from './state/apps.js';
import { checkedBlocks } from './state/block-rules.js';
import { newSecret } from './state/ids.js';
import { isObject, parseJson, type JsonObject } from './state/json.js';
import type { SlackState } from './state/slack-state.js';
import type { Transport } from './transport.js';

export interface SlashCommand {
  readonly app: string;
  readonly channel: string;
  readonly user: string;
  /** With its slash. */
  readonly command: string;
  readonly text: string;
}

/** What the person sees of it at once. */
export type CommandOutcome =
  | { readonly kind: 'answered'; readonly answer: unknown }
  /** `operation_timeout`, `dispatch_failed` …: Slack says that the app did not respond. */
  | { readonly kind: 'failed'; readonly reason: string };

interface ResponseUrl {
  readonly installation: Installation;
  readonly channel: string;
  readonly user: string;
  /** The message that a button was in. */
  readonly message: string | undefined;
  readonly untilMs: number;
  left: number;
}

/** Source: https://docs.slack.dev/interactivity/handling-user-interaction */
const responsesPerUrl = 5;
const responseForMs = 30 * 60_000;

/** Slash commands, buttons and what apps answer to them later. */
export class Interactions {
  readonly #urls = new Map<string, ResponseUrl>();

  constructor(
    private readonly slack: SlackState,
    private readonly transportOf: (app: App) => Transport,
  ) {}

  async command({
    app: appId,
    channel: channelId,
    user: userId,
    command,
    text,
  }: SlashCommand): Promise<CommandOutcome> {
    const { installation, user, channelName } = this.#placeOf(appId, channelId, userId);
    if (!installation.app.commands.includes(command) || !installation.scopes.includes('commands')) {
      throw new Error(`${appId} has no command ${command}`);
    }
    const payload = {
      token: installation.app.verificationToken,
      team_id: installation.team,
      team_domain: this.slack.workspace(installation.team).domain,
      channel_id: channelId,
      channel_name: channelName,
      user_id: userId,
      user_name: user.name,
      command,
      text,
      api_app_id: appId,
      is_enterprise_install: 'false',
      response_url: this.#responseUrl('commands', { installation, channel: channelId, user: userId }),
      trigger_id: this.slack.views.newTrigger(userId),
    };
    return this.#send(installation, 'slash_commands', payload, { channel: channelId, user: userId });
  }

  /** A button, a menu or a modal; `payload` brings `type`, `actions`, `view` …, and gets who and where. */
  async interact(
    appId: string,
    channelId: string,
    userId: string,
    payload: JsonObject,
    messageTs?: string,
  ): Promise<CommandOutcome> {
    const { installation, user, channelName } = this.#placeOf(appId, channelId, userId);
    const where = { installation, channel: channelId, user: userId, ...(messageTs === undefined ? {} : { messageTs }) };
    const whole = {
      user: { id: userId, username: user.name, name: user.name, team_id: user.team },
      api_app_id: appId,
      token: installation.app.verificationToken,
      team: { id: installation.team, domain: this.slack.workspace(installation.team).domain },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: channelId, name: channelName },
      trigger_id: this.slack.views.newTrigger(userId),
      response_url: this.#responseUrl('actions', where),
      ...(messageTs === undefined
        ? {}
        : { container: { type: 'message', message_ts: messageTs, channel_id: channelId } }),
      ...payload,
    };
    return this.#send(installation, 'interactive', whole, { channel: channelId, user: userId });
  }

  /** What an app posts to a `response_url`. */
  respond(request: SandboxRequest): SandboxAnswer {
    const url = this.#urls.get(request.path);
    if (url === undefined || this.slack.clock.nowMs() > url.untilMs) return said(404, 'expired_url');
    if (url.left === 0) return said(404, 'used_url');
    const body = parseJson(request.body.toString('utf8'));
    if (!isObject(body)) return said(400, 'invalid_payload');
    url.left -= 1;
    try {
      this.#show(url, body);
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      return said(400, error.code);
    }
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' };
  }

  #placeOf(appId: string, channelId: string, userId: string) {
    const channel = this.slack.conversations.get(channelId);
    const user = this.slack.workspaces.user(userId);
    if (channel === undefined || user === undefined) throw new Error(`no ${userId} in ${channelId}`);
    const installation = this.slack.apps.installation(appId, user.team);
    if (installation?.state !== 'active') throw new Error(`${appId} is not installed in ${user.team}`);
    const channelName =
      channel.kind === 'im' ? 'directmessage' : channel.kind === 'private' ? 'privategroup' : channel.name;
    return { installation, user, channelName };
  }

  #responseUrl(
    kind: 'commands' | 'actions',
    where: { installation: Installation; channel: string; user: string; messageTs?: string },
  ): string {
    const { installation, channel, user, messageTs: message } = where;
    const path = `/${kind}/${installation.team}/${Date.now()}/${newSecret(12)}`;
    const untilMs = this.slack.clock.nowMs() + responseForMs;
    this.#urls.set(path, { installation, channel, user, message, untilMs, left: responsesPerUrl });
    return `${this.slack.base}${path}`;
  }

  async #send(
    installation: Installation,
    kind: 'slash_commands' | 'interactive',
    payload: JsonObject,
    { channel, user }: { readonly channel: string; readonly user: string },
  ): Promise<CommandOutcome> {
    const outcome = await this.transportOf(installation.app).send({ app: installation.app, kind, payload });
    switch (outcome.kind) {
      case 'accepted': {
        const { answer } = outcome;
        const shown = typeof answer === 'string' && answer !== '' ? { text: answer } : answer;
        if (kind === 'slash_commands' && isObject(shown) && ('text' in shown || 'blocks' in shown)) {
          this.#show({ installation, channel, user, message: undefined, untilMs: Infinity, left: 1 }, shown);
        }
        return { kind: 'answered', answer };
      }
      case 'failed':
        return { kind: 'failed', reason: outcome.reason.includes('timeout') ? 'operation_timeout' : 'dispatch_failed' };
      case 'refused':
        return { kind: 'failed', reason: 'dispatch_failed' };
    }
  }

  /** To everybody where the app says so, else to whom it answers. */
  #show({ installation, channel: channelId, user, message: ts }: ResponseUrl, body: JsonObject): void {
    const channel = this.slack.conversations.get(channelId);
    if (channel === undefined) throw new SlackError('channel_not_found');
    const message = ts === undefined ? undefined : channel.message(ts);
    const text = typeof body['text'] === 'string' ? body['text'] : '';
    const blocks = body['blocks'] === undefined ? undefined : checkedBlocks(body['blocks']);
    if (body['delete_original'] === true) {
      if (message !== undefined) this.slack.chat.remove(channel, message, installation.botId);
      return;
    }
    const content = { text, ...(blocks === undefined ? {} : { blocks }) };
    if (body['replace_original'] === true && message !== undefined) {
      this.slack.chat.edit(channel, message, installation.botId, content);
      return;
    }
    if (text === '' && blocks === undefined) throw new SlackError('no_text');
    const { botId, botUser, team, app } = installation;
    if (body['response_type'] === 'in_channel') {
      this.slack.chat.say(channel, { kind: 'app', user: botUser, team, botId, appId: app.id }, content);
      return;
    }
    const now = this.slack.timestamps.next();
    this.slack.ephemerals.show({ ts: now, channel: channelId, user, botId, text, blocks: blocks ?? [] });
  }
}

function said(status: number, error: string): SandboxAnswer {
  return { status, body: { ok: false, error } };
}
