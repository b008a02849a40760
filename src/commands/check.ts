import type { Clock } from '../model/clock.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import { Logins, sameLoginAs } from '../workers/logins.js';
import { systemClock } from '../workers/system-clock.js';
import type { Command, ExitCode } from './command.js';
import { failureSentence } from './failure-sentence.js';
import { settingsInUse } from './settings-in-use.js';
import { counted } from './table.js';
import { visit } from './visit.js';

const loginWithinMs = 20_000;

export const checkCommand: Command = {
  name: 'check',
  usage: '',
  summary: 'Checks the settings and tries the database and each login.',
  maxWords: 0,
  options: {},
  examples: ['check --config /etc/crosstalk/crosstalk.yaml'],
  run: async (call) => {
    const settings = await settingsInUse(call);
    for (const warning of settings.warnings) call.print(`warning   ${warning}`);
    call.print(
      `ok        settings: ${counted(settings.accounts.size, 'account')}, ${counted(settings.links.length, 'link')}`,
    );
    return visit(call, async ({ adapters }): Promise<ExitCode> => {
      call.print('ok        database');
      return checkLogins(adapters.values(), systemClock, (line) => {
        call.print(line);
      });
    });
  },
};

/** Tries each login, one after another, and says how it went. 1 where the service could not use them all. */
export async function checkLogins(
  adapters: Iterable<Pick<NetworkAdapter, 'account' | 'connect'>>,
  clock: Clock,
  print: (line: string) => void,
): Promise<ExitCode> {
  const logins = new Logins();
  let failed: ExitCode = 0;
  for (const adapter of adapters) {
    const { account } = adapter;
    const ended = new AbortController();
    try {
      const late = clock.sleep(loginWithinMs, ended.signal).then(() => undefined);
      const profile = await Promise.race([adapter.connect(ended.signal), late]);
      if (profile === undefined) throw new Error(`no answer within ${String(loginWithinMs / 1000)} s`);
      const other = logins.claim(profile.login, account);
      if (other !== undefined) throw new Error(sameLoginAs(other));
      print(`ok        ${account}: ${profile.summary}`);
      for (const warning of profile.warnings ?? []) {
        failed = 1;
        print(`failed    ${account}: ${warning}`);
      }
    } catch (error) {
      failed = 1;
      print(`failed    ${account}: ${failureSentence(error)}`);
    } finally {
      ended.abort();
    }
  }
  return failed;
}
