import { accountId } from '../model/ids.js';
import type { InboxChoice } from '../persistence/inbox.repository.js';
import { type Command, type CommandCall, type ExitCode, UsageError } from './command.js';
import { visit } from './visit.js';

const mostAtOnce = 10_000;

export const replayCommand: Command = {
  name: 'replay',
  usage: 'ID | --malformed | --account A --since TIME',
  summary: 'Reads stored payloads again: what was not bridged is delivered, what reads differently now is edited.',
  options: { malformed: { type: 'boolean' }, account: { type: 'string' }, since: { type: 'string' } },
  run: async (call) => {
    const choice = choiceOf(call);
    return visit(await call.settings(), async ({ adapters, inbox, ingest }): Promise<ExitCode> => {
      const counts = new Map<string, number>();
      for (const payload of await inbox.choose(choice, mostAtOnce)) {
        const adapter = adapters.get(payload.account);
        const became = adapter === undefined ? 'of no account' : await ingest.replay(adapter, payload);
        counts.set(became, (counts.get(became) ?? 0) + 1);
      }
      const all = [...counts].map(([became, count]) => `${String(count)} ${became}`);
      call.print(all.length === 0 ? 'Nothing is stored that fits.' : `Read again: ${all.join(', ')}.`);
      return 0;
    });
  },
};

function choiceOf({ positionals, options }: CommandCall): InboxChoice {
  const [id] = positionals;
  if (id !== undefined) {
    if (!/^\d{1,18}$/.test(id)) throw new UsageError(`"${id}" is not the id of a stored payload.`);
    return { id };
  }
  if (options['malformed'] === true) return { malformed: true };
  const { account, since } = options;
  if (typeof account !== 'string' || typeof since !== 'string') throw new UsageError('Which payloads?');
  const at = new Date(since);
  if (Number.isNaN(at.getTime())) throw new UsageError(`"${since}" is not a time: write 2026-01-31T12:00:00Z.`);
  return { account: accountId(account), since: at };
}
