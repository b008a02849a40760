import type { Clock } from '../../model/clock.js';
import type { Log } from '../../model/network-definition.js';
import type { ChatApi } from './api/chat.api.js';
import { type Addressee, addressed, workspaceOf } from './slack.addressing.js';
import type { SlackClient } from './slack.client.js';
import type { SlackCommands } from './slack.commands.js';
import type { SlackMessages } from './slack.messages.js';
import { isObject, type JsonObject } from './slack.payloads.js';
import type { SlackPresence } from './slack.presence.js';
import type { SocketEnvelope } from './slack.socket-mode.js';

export interface HearingParts {
  readonly commands: SlackCommands;
  readonly presence: SlackPresence;
  readonly messages: SlackMessages;
  readonly chat: ChatApi;
  readonly client: SlackClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly answerWithinMs: number;
  /** The account itself. */
  readonly account: Addressee;
  /** All accounts of the app, which is told on any of its connections what is for any of its workspaces. */
  ofApp(): readonly Addressee[];
  /** The account is to be closed. */
  loginRefused(): void;
}

/** What was told is acknowledged before the session that it ends: Slack tells it again else, to the next one. */
const acknowledgedWithinMs = 250;
/** An event tells its whole second, an answer that of the other clock. */
const inexactMs = 2000;

interface Session {
  /** When Slack accepted the login, by its clock. */
  readonly sinceMs: number;
  readonly signal: AbortSignal;
}

/** What becomes of what Slack tells, besides that it is stored. */
export class SlackHearing {
  #session: Session | undefined;
  #isEnding = false;

  constructor(private readonly parts: HearingParts) {}

  /** `since`: when Slack accepted the login, by our clock. */
  begin(since: Date, signal: AbortSignal): void {
    this.#session = { sinceMs: since.getTime() + this.parts.client.skewMs, signal };
    this.#isEnding = false;
  }

  /**
   * Events are stored, all else is answered, by the account whose workspace it is for, whoever's connection it came on. Throws where
   * that account does not listen now: then it comes again.
   */
  async take({ type, payload }: SocketEnvelope): Promise<JsonObject | undefined> {
    const { account, ofApp, log } = this.parts;
    const isEvent = type === 'events_api';
    if (!isObject(payload) || (isEvent && workspaceOf(payload) === undefined)) {
      if (isEvent) await account.source.receive(payload);
      return undefined;
    }
    const whose = addressed(payload, ofApp());
    if (whose === 'nobody') {
      log.debug({ type, team: workspaceOf(payload) }, 'something came for a workspace that no account is for');
      return undefined;
    }
    if (whose?.source.isListening !== true) throw new Error('not listening');
    if (!isEvent) {
      const isVote = type === 'interactive' && (await whose.source.receiveVote(payload));
      return isVote ? undefined : whose.receiver.take(payload);
    }
    await whose.source.receive(payload);
    return undefined;
  }

  /** Told each event after it was stored. */
  async heard(event: JsonObject, happenedAt?: Date): Promise<void> {
    await this.parts.presence.note(event);
    const { type, subtype, channel, ts, thread_ts: thread } = event;
    if (type === 'message' && subtype === undefined && typeof channel === 'string' && typeof ts === 'string') {
      this.parts.messages.noteRoot(channel, ts, typeof thread === 'string' ? thread : undefined);
    }
    if (type === 'app_uninstalled' || (type === 'tokens_revoked' && namesBot(event))) this.#loseLogin(happenedAt);
    if (type === 'app_mention') this.#answerMention(event);
  }

  /** What was lost before this session's login was accepted is old news. */
  #loseLogin(happenedAt: Date | undefined): void {
    const { client, clock, log, loginRefused } = this.parts;
    const session = this.#session;
    if (session === undefined || this.#isEnding) return;
    if (happenedAt !== undefined && happenedAt.getTime() + inexactMs < session.sinceMs) {
      log.info({ happenedAt }, 'Slack tells again that an earlier login was lost');
      return;
    }
    this.#isEnding = true;
    const end = async (): Promise<void> => {
      await clock.sleep(acknowledgedWithinMs, session.signal);
      if (session.signal.aborted) return;
      client.refuse();
      loginRefused();
    };
    end().catch((error: unknown) => {
      log.error({ error }, 'a lost login could not be told');
    });
  }

  /** Slack does not wait for it: it goes on by itself. */
  #answerMention(event: JsonObject): void {
    const { commands, chat, log, answerWithinMs } = this.parts;
    const asked = commands.inMention(event);
    if (asked === undefined) return;
    const answer = async (): Promise<void> => {
      const text = await commands.answer(asked, commands.mentionPrefix);
      await chat.whisper(asked.channel, asked.user, text, { signal: AbortSignal.timeout(answerWithinMs) });
    };
    answer().catch((error: unknown) => {
      log.warn({ channel: asked.channel, error }, 'a command could not be answered');
    });
  }
}

/** Tokens of people are none of ours. */
function namesBot({ tokens }: JsonObject): boolean {
  const bots = isObject(tokens) ? tokens['bot'] : undefined;
  return Array.isArray(bots) && bots.length > 0;
}
