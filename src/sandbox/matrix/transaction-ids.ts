import type { SandboxAnswer } from '../http-server.js';
import type { Requester } from './requester.js';

const keptMs = 30 * 60_000;

interface Kept {
  readonly answer: SandboxAnswer;
  readonly atMs: number;
}

/**
 * Answers a repeated PUT as the first one, from memory, for 30 to 60 minutes.
 * The key is the path with the session; of an application service all users share one key: an id must differ per user, too.
 */
export class TransactionIds {
  #answers = new Map<string, Kept>();
  #sweptAtMs: number;

  constructor(private readonly nowMs: () => number) {
    this.#sweptAtMs = nowMs();
  }

  /** A refusal is not kept: it may be repeated with the same id. */
  once(path: string, requester: Requester, act: () => SandboxAnswer): SandboxAnswer {
    this.#sweep();
    const key = `${path}\u0000${sessionKey(requester)}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known.answer;
    const answer = act();
    this.#answers.set(key, { answer, atMs: this.nowMs() });
    return answer;
  }

  clear(): void {
    this.#answers = new Map();
  }

  #sweep(): void {
    const now = this.nowMs();
    if (now - this.#sweptAtMs < keptMs) return;
    this.#sweptAtMs = now;
    for (const [key, { atMs }] of this.#answers) if (now - atMs > keptMs) this.#answers.delete(key);
  }
}

function sessionKey({ appservice, userId, deviceId, accessToken }: Requester): string {
  if (appservice !== undefined) return `appservice\u0000${appservice.id}`;
  return deviceId === undefined ? `token\u0000${accessToken}` : `user\u0000${userId}\u0000${deviceId}`;
}
