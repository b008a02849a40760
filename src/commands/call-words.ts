import { parseArgs } from 'node:util';
import { nearest } from '../settings/nearest.js';
import { type Command, type CommandCall, type CommandOption, UsageError } from './command.js';
import { commonOptions, optionName } from './help.js';

/** Pure: the words after a verb as its options and what is left. Throws UsageError, with the remedy. */
export function wordsOf(
  { options, maxWords }: Pick<Command, 'options' | 'maxWords'>,
  args: readonly string[],
): Pick<CommandCall, 'options' | 'positionals'> {
  const known: Readonly<Record<string, CommandOption>> = { ...options, ...commonOptions };
  const loose = parseArgs({ args: [...args], options: known, allowPositionals: true, strict: false, tokens: true });
  for (const token of loose.tokens) {
    if (token.kind !== 'option') continue;
    const option = known[token.name];
    if (option === undefined) {
      const meant = nearest(token.name, Object.keys(known));
      const remedy = meant === undefined ? '' : ` Did you mean --${meant}?`;
      throw new UsageError(`There is no option ${token.rawName}.${remedy}`);
    }
    if (option.type === 'boolean' && token.value !== undefined)
      throw new UsageError(`--${token.name} is given no value.`);
    // Another option in place of the value was meant as one.
    if (option.type === 'string' && (token.value === undefined || (!token.inlineValue && token.value.startsWith('-'))))
      throw new UsageError(`--${token.name} lacks its value: ${optionName(token.name, option.takes ?? 'VALUE')}.`);
  }
  const { values, positionals } = loose;
  const tooMany = positionals[maxWords];
  if (tooMany !== undefined && values['help'] !== true) {
    throw new UsageError(`"${tooMany}" was not expected.`);
  }
  return { options: values, positionals };
}
