import { readFileSync } from 'node:fs';
import { definitions } from '../app.module.js';
import { PortTaken } from '../service.js';
import { readFileFromDisk } from '../settings/file-reader.js';
import { FolderInUse } from '../settings/folder-lock.js';
import { loadSettings } from '../settings/load-settings.js';
import { nearest } from '../settings/nearest.js';
import { SettingsFaults } from '../settings/settings-faults.js';
import { wordsOf } from './call-words.js';
import { type Command, type ExitCode, type Surroundings, UsageError } from './command.js';
import { helpOf, overview, usageLine } from './help.js';
import { NoSettings } from './settings-in-use.js';

/** Finds the verb, parses its arguments, runs it, and turns what goes wrong into sentences. */
export async function runCommandLine(
  words: readonly string[],
  commands: readonly Command[],
  around: Surroundings,
): Promise<ExitCode> {
  const [first, ...others] = words;
  if (first === '--version') return say(around, version());
  if (first === 'help' || first === '--help' || first === '-h') return help(others, commands, around);
  const { named, rest } = verbIn(words, commands);
  const command = commands.find(({ name }) => name === named);
  if (command === undefined) return unknown(named, commands, around);
  try {
    const { options, positionals } = wordsOf(command, rest);
    if (options['help'] === true) return say(around, helpOf(command));
    const { config } = options;
    return await command.run({
      ...around,
      positionals,
      options,
      settings: (place) =>
        loadSettings({
          ...(typeof config === 'string' ? { config } : {}),
          ...(place === undefined ? {} : { config: place.config }),
          env: place === undefined ? around.env : { ...around.env, CROSSTALK_DATA: place.dataFolder },
          definitions,
          readFile: readFileFromDisk,
          folder: around.folder,
        }),
    });
  } catch (error) {
    return explain(error, command, around);
  }
}

/** The verb, of one word or, where a network brings it along, of two; none: `start`. */
function verbIn(
  words: readonly string[],
  commands: readonly Command[],
): { readonly named: string; readonly rest: readonly string[] } {
  const [first, second, ...others] = words;
  if (first === undefined || first.startsWith('-')) return { named: 'start', rest: words };
  const both = `${first} ${second ?? ''}`;
  if (commands.some(({ name }) => name === both)) return { named: both, rest: others };
  return { named: first, rest: words.slice(1) };
}

function help(words: readonly string[], commands: readonly Command[], around: Surroundings): ExitCode {
  if (words.length === 0) return say(around, overview(commands));
  const { named } = verbIn(words, commands);
  const command = commands.find(({ name }) => name === named);
  return command === undefined ? unknown(named, commands, around) : say(around, helpOf(command));
}

function unknown(word: string, commands: readonly Command[], { complain }: Surroundings): ExitCode {
  const names = commands.map(({ name }) => name);
  const near = nearest(word, names);
  complain(
    near === undefined
      ? `There is no command "${word}".\n\n${overview(commands)}`
      : `There is no command "${word}". Did you mean "${near}"?`,
  );
  return 2;
}

function explain(error: unknown, command: Command, { complain }: Surroundings): ExitCode {
  const isOfPlace = error instanceof PortTaken || error instanceof FolderInUse || error instanceof NoSettings;
  if (error instanceof SettingsFaults || isOfPlace) {
    complain(error.message);
    return 2;
  }
  if (error instanceof UsageError) {
    complain(`${error.message}\n\n${usageLine(command)}\n\`crosstalk help ${command.name}\` says more.`);
    return 2;
  }
  complain(error instanceof Error ? error.message : String(error));
  return 1;
}

function say({ print }: Surroundings, text: string): ExitCode {
  print(text);
  return 0;
}

function version(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
