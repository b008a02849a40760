import { nameToEmoji } from 'gemoji';

const form = /^([a-z0-9_+'-]+)(?:::skin-tone-[2-6])?$/;

/**
 * Whether a workspace takes a reaction of that name: one of its own, or one of everybody's. Slack's names for everybody's are known
 * here as far as others use them too; names with a hyphen (`flag-de`, `woman-running`) are taken on trust.
 */
export function isKnownEmoji(name: string, custom: ReadonlyMap<string, string>): boolean {
  const [, base] = form.exec(name) ?? [];
  if (base === undefined) return false;
  return custom.has(base) || base in nameToEmoji || base.includes('-');
}
