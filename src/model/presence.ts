/**
 * How somebody is just now, as far as they let others see it. `busy`, `doNotDisturb`: there, and at something else; `away`: at nothing
 * for a while.
 */
export interface Presence {
  readonly state: 'online' | 'away' | 'busy' | 'doNotDisturb' | 'offline';
  /** What they say of themselves: one Unicode emoji, and words of one line. */
  readonly emoji?: string;
  readonly text?: string;
}

/** Pure. */
export function isSamePresence(one: Presence, other: Presence): boolean {
  return one.state === other.state && one.emoji === other.emoji && one.text === other.text;
}

/** Pure: nobody is known to be there, and nothing is said. */
export function isUnseen({ state, emoji, text }: Presence): boolean {
  return state === 'offline' && emoji === undefined && text === undefined;
}
