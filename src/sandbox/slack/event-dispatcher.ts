import type { App, Installation } from './state/apps.js';
import type { Channel } from './state/channel.js';
import type { Happening } from './state/happening.js';
import type { JsonObject } from './state/json.js';
import type { SlackState } from './state/slack-state.js';
import type { Transport } from './transport.js';
import { eventCallback } from './view/envelope-view.js';

/** What goes wrong on the way to apps. */
export interface EventFault {
  /** How often each event comes, under one id. Default 1. */
  readonly copies?: number;
  /** Each copy comes at some moment within that time, so that later events overtake it. Default 0. */
  readonly spreadMs?: number;
  /** The share of events that never come. Default 0. */
  readonly lost?: number;
  /** How many events it strikes. Default: all. */
  readonly times?: number;
}

/** Source: https://docs.slack.dev/apis/events-api: at once, after a minute, after five. */
export const usualRetryPausesMs: readonly number[] = [0, 60_000, 300_000];

const kinds = { public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' } as const;
/** Those of public channels that everybody in the workspace may know of. */
const ofWorkspace = new Set<unknown>(['channel_rename', 'channel_archive', 'channel_unarchive', 'channel_deleted']);
const scopes: readonly (readonly [RegExp, string])[] = [
  [/^pin_/, 'pins:read'],
  [/^reaction_/, 'reactions:read'],
  [/^app_mention$/, 'app_mentions:read'],
  [/^(?:user_change|team_join)$/, 'users:read'],
  [/^emoji_changed$/, 'emoji:read'],
  [/^file_/, 'files:read'],
  [/^group_/, 'groups:read'],
  [/^channel_/, 'channels:read'],
];

/** Tells each app what it may know and asked for, and tells it again where it did not listen. */
export class EventDispatcher {
  #isOpen = false;
  #fault: EventFault | undefined;
  #struck = 0;
  #underWay = 0;
  #sent = 0;
  #givenUp = 0;

  constructor(
    private readonly slack: SlackState,
    private readonly transportOf: (app: App) => Transport,
    private readonly retryPausesMs: readonly number[],
    private readonly random: () => number,
  ) {
    slack.onHappening((happening) => this.#happened(happening));
  }

  /** What happened before is told to nobody. */
  open(): void {
    this.#isOpen = true;
  }

  close(): void {
    this.#isOpen = false;
  }

  /** Later events suffer it; undefined: none does. */
  setFault(fault: EventFault | undefined): void {
    this.#fault = fault;
    this.#struck = 0;
  }

  /** How many payloads were sent, copies and retries included, and how many events were given up. */
  get counts(): { readonly sent: number; readonly givenUp: number } {
    return { sent: this.#sent, givenUp: this.#givenUp };
  }

  /** Every event was acknowledged or given up. */
  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  #happened(happening: Happening): void {
    if (!this.#isOpen) return;
    const channel = happening.about.kind === 'channel' ? happening.about.channel : undefined;
    for (const app of this.slack.apps.all()) {
      const installation = this.#seeing(app, happening);
      if (installation === undefined || !isWanted(installation, happening.event, channel)) continue;
      const nowSeconds = this.slack.clock.nowSeconds();
      this.#plan(app, eventCallback(installation, happening.event, { channel, nowSeconds }));
    }
  }

  /** The installation through which an app sees it: an event comes once, though several of its workspaces share a channel. */
  #seeing(app: App, { about, event }: Happening): Installation | undefined {
    const active = this.slack.apps.installationsOf(app).filter(({ state }) => state === 'active');
    switch (about.kind) {
      case 'bot':
        return active.find(({ botId }) => botId === about.botId);
      case 'workspace':
        return active.find(({ team }) => team === about.team);
      case 'channel': {
        const { channel } = about;
        const isOpen = channel.kind === 'public' && ofWorkspace.has(event['type']);
        return active.find(({ team, botUser }) => channel.teams.has(team) && (isOpen || channel.members.has(botUser)));
      }
    }
  }

  #plan(app: App, payload: JsonObject): void {
    const fault = this.#nextFault();
    if (fault?.lost !== undefined && this.random() < fault.lost) return;
    for (let copy = 0; copy < (fault?.copies ?? 1); copy += 1) {
      this.#underWay += 1;
      const waitMs = (fault?.spreadMs ?? 0) * this.random();
      if (waitMs === 0) this.#send(app, payload, 0, '');
      else this.slack.clock.after(waitMs, () => this.#send(app, payload, 0, ''));
    }
  }

  #nextFault(): EventFault | undefined {
    if (this.#fault === undefined || this.#struck >= (this.#fault.times ?? Infinity)) return undefined;
    this.#struck += 1;
    return this.#fault;
  }

  #send(app: App, payload: JsonObject, attempt: number, reason: string): void {
    this.#sent += 1;
    const retry = attempt === 0 ? {} : { retry: { attempt, reason } };
    void this.transportOf(app)
      .send({ app, kind: 'events_api', payload, ...retry })
      .then((outcome) => {
        const pauseMs = this.retryPausesMs[attempt];
        if (outcome.kind === 'failed' && pauseMs !== undefined) {
          this.slack.clock.after(pauseMs, () => this.#send(app, payload, attempt + 1, outcome.reason));
          return;
        }
        if (outcome.kind !== 'accepted') this.#givenUp += 1;
        this.#underWay -= 1;
      });
  }
}

/** Whether the app asked for such events, and may have them. */
function isWanted({ app, scopes: granted }: Installation, event: JsonObject, channel: Channel | undefined): boolean {
  const type = String(event['type']);
  const name = type === 'message' && channel !== undefined ? `message.${kinds[channel.kind]}` : type;
  if (!app.events.includes(name)) return false;
  if (type === 'member_joined_channel' || type === 'member_left_channel') {
    return granted.includes(channel?.kind === 'private' ? 'groups:read' : 'channels:read');
  }
  const scope = neededFor(name);
  return scope === undefined || granted.includes(scope);
}

function neededFor(name: string): string | undefined {
  const [, kind] = /^message\.(\w+)$/.exec(name) ?? [];
  return kind === undefined ? scopes.find(([pattern]) => pattern.test(name))?.[1] : `${kind}:history`;
}
