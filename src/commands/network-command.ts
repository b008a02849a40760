import { BridgeError, LoginRefused, NetworkUnavailable, RateLimited } from '../model/errors.js';
import type { AccountId } from '../model/ids.js';
import {
  WordsRefused,
  type CommandWords,
  type NetworkCommand,
  type NetworkDefinition,
} from '../model/network-definition.js';
import { silentLog } from '../observability/log.js';
import { systemClock } from '../workers/system-clock.js';
import { type Command, type CommandCall, type ExitCode, UsageError } from './command.js';
import { failureSentence } from './failure-sentence.js';
import { settingsInUse } from './settings-in-use.js';
import { visitWith } from './visit.js';

/** A verb that a network brings along, for one of its accounts: named, or the only one. */
export function networkCommand(definition: NetworkDefinition, command: NetworkCommand<unknown>): Command {
  return command.words === undefined
    ? plainCommand(definition, command)
    : wordyCommand(definition, command, command.words);
}

function plainCommand(definition: NetworkDefinition, command: NetworkCommand<unknown>): Command {
  return {
    name: command.name,
    usage: '[ACCOUNT]',
    summary: command.summary,
    maxWords: 1,
    options: {},
    notes: `ACCOUNT: the key of a ${definition.label} account in the settings; it need not be said where there is only one.`,
    examples: [command.name],
    run: (call) => runFor(definition, command, call, { wanted: call.positionals[0], words: [] }),
  };
}

/** One that takes words of its own, so that the account is named by an option. */
function wordyCommand(
  definition: NetworkDefinition,
  command: NetworkCommand<unknown>,
  { usage, notes, examples, explain }: CommandWords,
): Command {
  return {
    name: command.name,
    usage: `${usage} [--account ACCOUNT]`,
    summary: command.summary,
    maxWords: Infinity,
    options: {
      account: {
        type: 'string',
        takes: 'ACCOUNT',
        says: `key of a ${definition.label} account in the settings; need not be said where there is only one`,
      },
    },
    notes,
    examples,
    run: async (call) => {
      const words = call.positionals;
      const explained = understood(() => explain(words));
      if (explained === undefined) {
        const { account } = call.options;
        return runFor(definition, command, call, { wanted: typeof account === 'string' ? account : undefined, words });
      }
      call.print(explained.trimEnd());
      return 0;
    },
  };
}

interface Asked {
  /** The account's key; undefined: the only one. */
  readonly wanted: string | undefined;
  readonly words: readonly string[];
}

async function runFor(
  definition: NetworkDefinition,
  command: NetworkCommand<unknown>,
  call: CommandCall,
  { wanted, words }: Asked,
): Promise<ExitCode> {
  const settings = await settingsInUse(call);
  const accounts = [...settings.accounts].filter(([, { network }]) => network === definition.network);
  const chosen = wanted === undefined ? accounts : accounts.filter(([account]) => account === wanted);
  const [only] = chosen;
  if (only === undefined || chosen.length > 1) {
    const names = accounts.map(([account]) => account).join(', ');
    throw new UsageError(
      accounts.length === 0
        ? `The settings have no ${definition.label} account.`
        : `Name one of the ${definition.label} accounts: ${names}.`,
    );
  }
  const [account, given] = only;
  const stop = new AbortController();
  try {
    const printed = await command.run(account, given.settings, {
      words,
      folder: call.folder,
      clock: systemClock,
      log: silentLog,
      signal: stop.signal,
      withStore: (work) => visitWith(settings, (house) => work(house.storeOf(account))),
    });
    call.print(printed.trimEnd());
    return 0;
  } catch (error) {
    throw asFailure(account, asUsage(error));
  } finally {
    stop.abort();
  }
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw asUsage(error);
  }
}

function asUsage(error: unknown): unknown {
  return error instanceof WordsRefused ? new UsageError(error.message) : error;
}

/** What a network says, with the account that it was said to; where the login or the way to it is at fault, with the remedy. */
function asFailure(account: AccountId, error: unknown): unknown {
  if (!(error instanceof BridgeError)) return error;
  const isOfWay = [LoginRefused, NetworkUnavailable, RateLimited].some((kind) => error instanceof kind);
  return new Error(`${account}: ${isOfWay ? failureSentence(error) : error.message}`, { cause: error });
}
