import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { BotFeature, SandboxBot } from '../settings.js';
import type { Actor } from './actor.js';
import type { Room } from './room.js';

export interface InstalledBot extends SandboxBot {
  readonly id: number;
  readonly actor: Actor;
}

const shortestRandom = 32;

/** The bots that are installed on the server; rooms say which of them are on. */
export class Bots {
  readonly #bots = new Map<number, InstalledBot>();
  #lastId = 0;

  install(bot: SandboxBot): InstalledBot {
    this.#lastId += 1;
    const id = `bot-${createHash('sha1').update(bot.url).digest('hex')}`;
    const whole: InstalledBot = { ...bot, id: this.#lastId, actor: { type: 'bots', id, name: `${bot.name} (Bot)` } };
    this.#bots.set(whole.id, whole);
    return whole;
  }

  uninstall(bot: InstalledBot): void {
    this.#bots.delete(bot.id);
  }

  get(id: number): InstalledBot | undefined {
    return this.#bots.get(id);
  }

  byName(name: string): InstalledBot | undefined {
    return this.all().find((bot) => bot.name === name);
  }

  all(): readonly InstalledBot[] {
    return [...this.#bots.values()];
  }

  /** Those that are on in the room and can do all of `features`. */
  on(room: Room, features: readonly BotFeature[]): InstalledBot[] {
    if (room.bots.size === 0) return [];
    return this.all().filter(
      (bot) => room.bots.has(bot.id) && features.every((feature) => bot.features.includes(feature)),
    );
  }

  /** The bot of the room that signed `random` and `text`. */
  signer(room: Room, feature: BotFeature, random: string, text: string, signature: string): InstalledBot | undefined {
    if (random.length < shortestRandom) return undefined;
    return this.on(room, [feature]).find((bot) => isSignature(sign(bot.secret, random, text), signature.toLowerCase()));
  }
}

/** Hex HMAC-SHA256 over both. */
export function sign(secret: string, random: string, text: string): string {
  return createHmac('sha256', secret).update(random).update(text).digest('hex');
}

function isSignature(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}
