import type { Clock } from '../../model/clock.js';
import { BridgeError, LoginRefused, NetworkUnavailable, RateLimited } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import type { WatchedRoom } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import { markOf, type BotSecret, type BotSecrets } from './talk.bot-secrets.js';
import type { TalkClient } from './talk.client.js';
import { botState } from './talk.constants.js';
import type { PushTrust } from './talk.push-trust.js';
import type { TalkSettings } from './talk.settings.js';
import type { TurnedOnBots } from './talk.turned-on-bots.js';

const looksAtOnce = 5;
/** While an administrator has yet to install a bot: so many sweeps to the next look, twice as many each time. */
const sweepsToLook = 5;
const longestPauseMs = 3_600_000;
const pauseMs = 30_000;

/** Sees to it that the account's bot is on in each linked room, where the account is a moderator, and in no other for our sake. */
export class TalkBots {
  /** The oldest secret, which is the one in use. */
  #inUse: string | undefined;
  #newest: string | undefined;
  /** Whose bot is to take the place of the one that tells until now, as soon as it is installed. */
  #sought: BotSecret | undefined;
  #seeks = 0;
  /** For whose bot every room was put in doubt. */
  #doubtedFor: string | undefined;
  #notBeforeMs = 0;
  #seekNotBeforeMs = 0;
  #missing: { readonly pauseMs: number } | undefined;

  constructor(
    private readonly client: Pick<TalkClient, 'api'>,
    private readonly secrets: Pick<BotSecrets, 'known'>,
    private readonly trust: PushTrust,
    private readonly turnedOn: Pick<TurnedOnBots, 'turnOn' | 'step'>,
    private readonly settings: Pick<TalkSettings, 'sweepIntervalMs'>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Looks at a few rooms where there is a reason to. Throws LoginRefused only. */
  async step(rooms: readonly WatchedRoom[], signal: AbortSignal): Promise<void> {
    const secrets = await this.#secrets();
    if (secrets.length === 0) return;
    this.trust.doubtAll(await this.turnedOn.step(rooms, signal));
    this.#compare(secrets, rooms);
    for (let looks = 0; looks < looksAtOnce && !signal.aborted; looks += 1) {
      const room = this.clock.monotonicMs() < this.#notBeforeMs ? undefined : this.#nextLook(rooms);
      if (room === undefined) return;
      await this.#look(room, secrets, rooms, signal);
    }
  }

  async #secrets(): Promise<readonly BotSecret[]> {
    try {
      return await this.secrets.known();
    } catch (error) {
      this.log.debug({ error }, 'the secrets of the bot could not be read');
      return [];
    }
  }

  #compare(secrets: readonly BotSecret[], rooms: readonly WatchedRoom[]): void {
    const inUse = secrets[0]?.key;
    const newest = secrets.at(-1);
    // The bot that told until now is not listened to any more: the new one is to be on in each room.
    if (this.#inUse !== undefined && this.#inUse !== inUse) this.#doubtAll(inUse, rooms);
    if (this.#newest !== newest?.key) {
      this.#sought = newest?.key === inUse ? undefined : newest;
      this.#missing = undefined;
      this.#notBeforeMs = 0;
      this.#seekNotBeforeMs = 0;
    }
    this.#inUse = inUse;
    this.#newest = newest?.key;
  }

  #nextLook(rooms: readonly WatchedRoom[]): RoomId | undefined {
    const doubted = this.trust.nextLook();
    if (doubted !== undefined || this.#sought === undefined) return doubted;
    if (this.clock.monotonicMs() < this.#seekNotBeforeMs) return undefined;
    this.#seeks += 1;
    return rooms[this.#seeks % rooms.length]?.room;
  }

  async #look(
    room: RoomId,
    secrets: readonly BotSecret[],
    rooms: readonly WatchedRoom[],
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const { data: bots } = await this.client.api.bots.list({ token: room }, signal);
      const botOf = ({ secret }: BotSecret): (typeof bots)[number] | undefined =>
        bots.find(({ description }) => (description ?? '').includes(markOf(secret)));
      this.#seek(botOf, rooms);
      const ours = secrets.map(botOf).findLast((bot) => bot !== undefined);
      if (ours === undefined) {
        // It is installed for a whole server: until then no other room need be asked, nor told of.
        if (this.trust.hasFailed(room)) this.trust.doubtAll(rooms);
        this.#notBeforeMs = this.clock.monotonicMs() + this.#missingPauseMs();
        return;
      }
      if (this.#sought === undefined) this.#missing = undefined;
      if (ours.state !== botState.off) {
        this.trust.lookedAt(room, 'on');
      } else {
        await this.turnedOn.turnOn(room, ours.id);
        await this.client.api.bots.enable({ token: room, botId: ours.id }, signal);
        this.trust.wasOff(rooms);
        this.trust.turnedOn(room);
        this.log.info({ room, bot: ours.id }, 'the bot was turned on');
      }
    } catch (error) {
      this.#refused(room, error, signal);
    }
  }

  #seek(botOf: (secret: BotSecret) => object | undefined, rooms: readonly WatchedRoom[]): void {
    if (this.#sought === undefined) return;
    if (botOf(this.#sought) === undefined) {
      this.#seekNotBeforeMs = this.clock.monotonicMs() + this.#missingPauseMs();
      return;
    }
    this.#doubtAll(this.#sought.key, rooms);
    this.#sought = undefined;
  }

  #doubtAll(key: string | undefined, rooms: readonly WatchedRoom[]): void {
    if (this.#doubtedFor !== key) this.trust.doubtAll(rooms);
    this.#doubtedFor = key;
  }

  #missingPauseMs(): number {
    if (this.#missing === undefined) this.log.info({}, 'the bot is not installed: `crosstalk talk bot` prints how');
    const is = this.#missing?.pauseMs ?? sweepsToLook * this.settings.sweepIntervalMs;
    this.#missing = { pauseMs: Math.min(2 * is, longestPauseMs) };
    return is;
  }

  #refused(room: RoomId, error: unknown, signal: AbortSignal): void {
    if (error instanceof LoginRefused || !(error instanceof BridgeError)) throw error;
    if (signal.aborted) return;
    if (error instanceof NetworkUnavailable || error instanceof RateLimited) {
      const { retry } = error.failure;
      this.#notBeforeMs = this.clock.monotonicMs() + (typeof retry === 'object' ? retry.afterMs : pauseMs);
      return;
    }
    // We are no moderator, the room is none for bots, or it is gone.
    this.trust.lookedAt(room, 'unseen');
    if (this.#sought !== undefined) this.#seekNotBeforeMs = this.clock.monotonicMs() + this.#missingPauseMs();
  }
}
