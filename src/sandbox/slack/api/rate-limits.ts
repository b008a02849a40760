import type { Installation } from '../state/apps.js';
import type { SlackClock } from '../state/clock.js';

export interface RateLimitSettings {
  /** How much faster than in the real Slack time goes for limits: 10 makes a minute six seconds. Default 1. */
  readonly speed?: number;
  /** How many messages a channel takes at once before it takes one a second. Default 5. */
  readonly postBurst?: number;
}

/** Calls a minute. Source: https://docs.slack.dev/apis/web-api/rate-limits, and each method's page. */
const perMinute: Readonly<Record<string, number>> = {
  'api.test': 100,
  'apps.connections.open': 50,
  'auth.revoke': 50,
  'auth.test': 600,
  'bots.info': 50,
  'chat.delete': 50,
  'chat.getPermalink': 600,
  'chat.meMessage': 50,
  'chat.postEphemeral': 100,
  'chat.update': 50,
  'conversations.archive': 20,
  'conversations.create': 20,
  'conversations.history': 50,
  'conversations.info': 50,
  'conversations.invite': 50,
  'conversations.join': 50,
  'conversations.kick': 50,
  'conversations.leave': 50,
  'conversations.list': 20,
  'conversations.members': 100,
  'conversations.open': 50,
  'conversations.rename': 20,
  'conversations.replies': 50,
  'conversations.setPurpose': 20,
  'conversations.setTopic': 20,
  'conversations.unarchive': 20,
  'emoji.list': 20,
  'files.completeUploadExternal': 100,
  'files.delete': 50,
  'files.getUploadURLExternal': 100,
  'files.info': 100,
  'oauth.v2.access': 600,
  'pins.add': 20,
  'pins.list': 20,
  'pins.remove': 20,
  'reactions.add': 50,
  'reactions.get': 50,
  'reactions.remove': 20,
  'team.info': 50,
  'usergroups.list': 20,
  'usergroups.users.list': 20,
  'users.conversations': 50,
  'users.getPresence': 50,
  'users.info': 100,
  'users.list': 20,
  'users.profile.get': 100,
  'views.open': 100,
  'views.publish': 100,
  'views.push': 100,
  'views.update': 100,
};
const usualPerMinute = 20;
const minuteMs = 60_000;
const postEveryMs = 1000;
const usualPostBurst = 5;
const scarce = new Set(['conversations.history', 'conversations.replies']);

/** How many calls an app may make in a workspace, per method, and how fast it may post in a channel. */
export class RateLimits {
  /** By what is limited, when its calls were made; posts: until when the channel's allowance is used up. */
  readonly #calls = new Map<string, number[]>();
  readonly #posts = new Map<string, number>();
  #settings: RateLimitSettings | undefined;

  constructor(
    private readonly clock: SlackClock,
    settings: RateLimitSettings | 'off',
  ) {
    this.set(settings);
  }

  set(settings: RateLimitSettings | 'off'): void {
    this.#settings = settings === 'off' ? undefined : settings;
    this.#calls.clear();
    this.#posts.clear();
  }

  /** Takes a call into account; the answer is how long to wait first, in whole seconds, where it comes too early. */
  take(method: string, installation: Installation | undefined, channel: string): number | undefined {
    if (this.#settings === undefined) return undefined;
    const whose = `${installation?.app.id ?? ''}/${installation?.team ?? ''}/${method}`;
    const waitMs =
      method === 'chat.postMessage'
        ? this.#takePost(`${whose}/${channel}`, this.#settings)
        : this.#takeCall(whose, this.#allowed(method, installation), this.#settings);
    return waitMs === undefined ? undefined : Math.max(1, Math.ceil(waitMs / 1000));
  }

  #allowed(method: string, installation: Installation | undefined): number {
    if (installation?.app.distribution === 'unlisted' && scarce.has(method)) return 1;
    return perMinute[method] ?? usualPerMinute;
  }

  #takeCall(key: string, allowed: number, { speed = 1 }: RateLimitSettings): number | undefined {
    const windowMs = minuteMs / speed;
    const nowMs = this.clock.nowMs();
    const calls = (this.#calls.get(key) ?? []).filter((atMs) => atMs > nowMs - windowMs);
    this.#calls.set(key, calls);
    const [oldest] = calls;
    if (oldest !== undefined && calls.length >= allowed) return oldest + windowMs - nowMs;
    calls.push(nowMs);
    return undefined;
  }

  #takePost(key: string, { speed = 1, postBurst = usualPostBurst }: RateLimitSettings): number | undefined {
    const everyMs = postEveryMs / speed;
    const nowMs = this.clock.nowMs();
    const usedUntilMs = Math.max(nowMs, this.#posts.get(key) ?? 0);
    if (usedUntilMs - nowMs > everyMs * (postBurst - 1)) return usedUntilMs - nowMs - everyMs * (postBurst - 1);
    this.#posts.set(key, usedUntilMs + everyMs);
    return undefined;
  }
}
