import type { ParseArgsConfig } from 'node:util';
import type { Settings } from '../settings/settings.types.js';

/** What a verb may use of the world around it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder. */
  readonly folder: string;
  print(text: string): void;
  complain(text: string): void;
}

/** A settings file and the data folder that goes with it, in place of what was named. */
export interface SettingsPlace {
  readonly config: string;
  readonly dataFolder: string;
}

export interface CommandCall extends Surroundings {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  /** Throws SettingsFaults. */
  settings(place?: SettingsPlace): Promise<Settings>;
}

/** 0: done; 1: it failed; 2: the call or the settings are wrong. */
export type ExitCode = 0 | 1 | 2;

export type CommandOption = NonNullable<ParseArgsConfig['options']>[string] & {
  /** What it is given: `ACCOUNT=ROOM`. Absent where it is only there or not. */
  readonly takes?: string;
  /** What it does, in the words of its verb's help. */
  readonly says: string;
};

/** A verb of the command line. */
export interface Command {
  readonly name: string;
  /** What comes after the name: `ID… | --all`. */
  readonly usage: string;
  readonly summary: string;
  /** How many words it takes besides its options. */
  readonly maxWords: number;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** What a person should know besides. */
  readonly notes?: string;
  /** What comes after `crosstalk `, whole. */
  readonly examples: readonly string[];
  run(call: CommandCall): Promise<ExitCode>;
}

/** The texts of an option that may be given several times. */
export function textsOf({ options }: Pick<CommandCall, 'options'>, name: string): string[] {
  const given = options[name];
  return Array.isArray(given) ? given.map(String) : [];
}

/** The call makes no sense: said with the verb's usage. */
export class UsageError extends Error {}
