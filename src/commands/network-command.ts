import type { NetworkCommand, NetworkDefinition } from '../model/network-definition.js';
import { type Command, UsageError } from './command.js';
import { settingsInUse } from './settings-in-use.js';

/** A verb that a network brings along, for one of its accounts: named, or the only one. */
export function networkCommand(definition: NetworkDefinition, command: NetworkCommand<unknown>): Command {
  return {
    name: command.name,
    usage: '[ACCOUNT]',
    summary: command.summary,
    maxWords: 1,
    options: {},
    notes: `ACCOUNT: the key of a ${definition.label} account in the settings; it need not be said where there is only one.`,
    examples: [command.name],
    run: async (call) => {
      const settings = await settingsInUse(call);
      const accounts = [...settings.accounts].filter(([, { network }]) => network === definition.network);
      const [wanted] = call.positionals;
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
      call.print((await command.run(account, given.settings)).trimEnd());
      return 0;
    },
  };
}
