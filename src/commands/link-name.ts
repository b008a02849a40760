import { type CommandCall, UsageError } from './command.js';

/** The one name of a link that a verb was given. */
export function linkName({ positionals }: CommandCall): string {
  const [name] = positionals;
  if (name === undefined) throw new UsageError('Which link?');
  return name;
}
