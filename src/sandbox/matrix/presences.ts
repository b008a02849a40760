import type { JsonObject } from './events.js';

const states = ['online', 'unavailable', 'offline'] as const;
type State = (typeof states)[number];

interface Said {
  readonly presence: State;
  readonly words: string | undefined;
}

/** Who does not sync and says nothing for so long is gone. */
const thereForMs = 30_000;

export function isPresence(value: unknown): value is State {
  return states.some((state) => state === value);
}

/** How people say that they are: memory only. */
export class Presences {
  readonly #said = new Map<string, Said & { readonly activeAtMs: number }>();
  readonly #watchers = new Set<(user: string) => void>();

  constructor(private readonly presence: 'on' | 'off') {}

  set(user: string, said: Said, nowMs: number): void {
    if (this.presence === 'off') return;
    const activeAtMs = said.presence === 'online' ? nowMs : (this.#said.get(user)?.activeAtMs ?? 0);
    // Who goes takes the words along.
    const now = { ...said, ...(said.presence === 'offline' ? { words: undefined } : {}), activeAtMs };
    const before = this.#said.get(user);
    this.#said.set(user, now);
    // That somebody is there still is no news.
    if (before?.presence === now.presence && before.words === now.words) return;
    for (const watcher of this.#watchers) watcher(user);
  }

  /** Calls `watcher` with whoever is another way than before. */
  watch(watcher: (user: string) => void): void {
    this.#watchers.add(watcher);
  }

  /** As the API shows it. Whoever is idle does nothing that would keep them there. */
  get(user: string, nowMs: number): JsonObject {
    const said = this.#said.get(user);
    if (said === undefined) return { presence: 'offline' };
    const agoMs = nowMs - said.activeAtMs;
    const presence = agoMs > thereForMs ? 'offline' : said.presence;
    return {
      presence,
      ...(said.activeAtMs === 0 ? {} : { last_active_ago: agoMs }),
      ...(said.words === undefined ? {} : { status_msg: said.words }),
      ...(presence === 'online' ? { currently_active: true } : {}),
    };
  }
}
