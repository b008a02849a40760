import { usualFiles } from '../settings/load-settings.js';
import type { Command, CommandOption } from './command.js';

/** What every verb takes. */
export const commonOptions = {
  config: {
    type: 'string',
    takes: 'FILE',
    says: `the settings; else what CROSSTALK_CONFIG names, ${usualFiles.join(', ')}`,
  },
  help: { type: 'boolean', short: 'h', says: 'this text' },
} as const satisfies Record<string, CommandOption>;

/** Pure: all verbs, a line each. */
export function overview(commands: readonly Command[]): string {
  return [
    'Usage: crosstalk [COMMAND] [OPTION]…',
    '',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Without a command: start. `crosstalk help COMMAND` says more, `crosstalk --version` tells the version.',
  ].join('\n');
}

/** Pure: one verb with its options and examples. */
export function helpOf({ name, usage, summary, options, notes, examples }: Command): string {
  const listed = Object.entries<CommandOption>({ ...options, ...commonOptions });
  return [
    usageLine({ name, usage }),
    '',
    summary,
    ...(notes === undefined ? [] : ['', notes]),
    '',
    ...columns(listed.map(([option, { takes, says }]) => [optionName(option, takes), says])),
    ...(examples.length === 0 ? [] : ['', 'Examples:', ...examples.map((example) => `  crosstalk ${example}`)]),
  ].join('\n');
}

export function usageLine({ name, usage }: Pick<Command, 'name' | 'usage'>): string {
  return `Usage: crosstalk ${name} ${usage}`.trimEnd();
}

export function optionName(option: string, takes: string | undefined): string {
  return takes === undefined ? `--${option}` : `--${option} ${takes}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, says]) => `  ${name.padEnd(width)}${says}`);
}
