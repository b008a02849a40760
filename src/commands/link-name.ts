import { type CommandCall, UsageError } from './command.js';

/** The one name of a link that a verb was given. */
export function linkName({ positionals }: CommandCall): string {
  const [name, ...more] = positionals;
  if (name === undefined) throw new UsageError('Which link?');
  if (more.length > 0) throw new UsageError(`One link at a time: "${more.join(' ')}" was not expected.`);
  return name;
}
