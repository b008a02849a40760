import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { definitions } from '../app.module.js';
import { PortTaken } from '../service.js';
import { readFileFromDisk } from '../settings/file-reader.js';
import { FolderInUse } from '../settings/folder-lock.js';
import { loadSettings } from '../settings/load-settings.js';
import { nearest } from '../settings/nearest.js';
import { SettingsFaults } from '../settings/settings-faults.js';
import { type Command, type ExitCode, type Surroundings, UsageError } from './command.js';

/** Finds the verb, parses its arguments, runs it, and turns what goes wrong into sentences. */
export async function runCommandLine(
  words: readonly string[],
  commands: readonly Command[],
  around: Surroundings,
): Promise<ExitCode> {
  const [first, ...others] = words;
  if (first === '--version') return say(around, version());
  if (first === 'help' || first === '--help' || first === '-h') return say(around, helpOf(commands, others[0]));
  const named = first === undefined || first.startsWith('-') ? 'start' : first;
  const rest = first === named ? others : words;
  const command = commands.find(({ name }) => name === named);
  if (command === undefined) {
    const near = nearest(
      named,
      commands.map(({ name }) => name),
    );
    around.complain(
      `There is no command "${named}".${near === undefined ? '' : ` Did you mean "${near}"?`}\n\n${helpOf(commands)}`,
    );
    return 2;
  }
  try {
    const options = { config: { type: 'string' }, help: { type: 'boolean' }, ...command.options } as const;
    const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true });
    if (values['help'] === true) return say(around, helpOf(commands, command.name));
    const { config } = values;
    return await command.run({
      ...around,
      positionals,
      options: values,
      settings: () =>
        loadSettings({
          ...(typeof config === 'string' ? { config } : {}),
          env: around.env,
          definitions,
          readFile: readFileFromDisk,
          folder: around.folder,
        }),
    });
  } catch (error) {
    return explain(error, command, around);
  }
}

function explain(error: unknown, command: Command, { complain }: Surroundings): ExitCode {
  if (error instanceof SettingsFaults || error instanceof PortTaken || error instanceof FolderInUse) {
    complain(error.message);
    return 2;
  }
  const parsing =
    error instanceof TypeError && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
  if (error instanceof UsageError || parsing) {
    complain(`${error.message}\n\nUsage: crosstalk ${command.name} ${command.usage}`);
    return 2;
  }
  complain(error instanceof Error ? error.message : String(error));
  return 1;
}

function helpOf(commands: readonly Command[], name?: string): string {
  const command = commands.find((each) => each.name === name);
  if (command !== undefined) return `Usage: crosstalk ${command.name} ${command.usage}\n\n${command.summary}`;
  const width = Math.max(...commands.map((each) => each.name.length)) + 2;
  return [
    'Usage: crosstalk [COMMAND] [--config FILE]',
    '',
    ...commands.map((each) => `  ${each.name.padEnd(width)}${each.summary}`),
    '',
    'Without a command: start. `crosstalk help COMMAND` says more.',
  ].join('\n');
}

function say({ print }: Surroundings, text: string): ExitCode {
  print(text);
  return 0;
}

function version(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
