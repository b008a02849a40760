import { randomText } from './random-text.js';
import type { ActorKey } from './actor.js';

/** In which room a browser session is whom. */
export interface Presence {
  readonly actor: ActorKey;
  readonly sessionId: string;
}

/** What session cookies stand for. Only those that joined a room are remembered. */
export class BrowserSessions {
  readonly #presences = new Map<string, Map<string, Presence>>();
  readonly #prefix = randomText(16, 'secret');
  #last = 0;

  /** A cookie value that nobody has. */
  newCookie(): string {
    this.#last += 1;
    return `${this.#prefix}${this.#last.toString(36)}`;
  }

  get(cookie: string, token: string): Presence | undefined {
    return this.#presences.get(cookie)?.get(token);
  }

  set(cookie: string, token: string, presence: Presence): void {
    const rooms = this.#presences.get(cookie) ?? new Map<string, Presence>();
    this.#presences.set(cookie, rooms.set(token, presence));
  }

  delete(cookie: string, token: string): void {
    const rooms = this.#presences.get(cookie);
    rooms?.delete(token);
    if (rooms?.size === 0) this.#presences.delete(cookie);
  }
}
