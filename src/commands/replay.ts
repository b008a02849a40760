import { accountId } from '../model/ids.js';
import type { InboxChoice } from '../persistence/inbox.repository.js';
import { type ReadAgain, ReplayRefused } from '../pipeline/replays.js';
import { type Command, type CommandCall, type ExitCode, UsageError } from './command.js';
import { visit } from './visit.js';

/** What became of payloads that were read again, after their number. */
const wordsFor: Readonly<Record<ReadAgain, string>> = {
  routed: 'bridged',
  ignored: 'without anything to bridge',
  held: 'held for what they are about',
  malformed: 'malformed still',
  unlinked: 'of rooms that are not linked',
  gone: 'of an account that is gone',
};

export const replayCommand: Command = {
  name: 'replay',
  usage: 'ID | --malformed | --account ACCOUNT --since TIME',
  summary: 'Reads stored payloads again: what was not bridged is delivered, what reads differently now is edited.',
  maxWords: 1,
  options: {
    malformed: { type: 'boolean', says: 'what could not be read when it came' },
    account: { type: 'string', takes: 'ACCOUNT', says: 'what came to this account …' },
    since: { type: 'string', takes: 'TIME', says: '… since then: 2026-01-31, or 2026-01-31T12:00:00Z' },
  },
  notes:
    'ID: of a stored payload, as the log writes it. Nothing is bridged twice; what was emptied by age is left out.',
  examples: ['replay --malformed', 'replay --account my-talk --since 2026-01-31T12:00:00Z'],
  run: async (call) => {
    const choice = choiceOf(call);
    return visit(call, async ({ replays }): Promise<ExitCode> => {
      const { became, rest, mostAtOnce } = await replays.replay(choice).catch(told);
      const all = Object.entries(became).map(([what, count]) => `${String(count)} ${wordsFor[what as ReadAgain]}`);
      call.print(all.length === 0 ? 'Nothing is stored that fits.' : `Read again: ${all.join(', ')}.`);
      if (rest === 'none') return 0;
      call.complain(
        `These were the first ${String(mostAtOnce)}: there may be more. Name a later --since for the rest.`,
      );
      return 1;
    });
  },
};

/** An account that is not there is a fault of the call. */
function told(error: unknown): never {
  throw error instanceof ReplayRefused ? new UsageError(error.message) : error;
}

function choiceOf({ positionals, options }: CommandCall): InboxChoice {
  const [id] = positionals;
  if (id !== undefined) {
    if (!/^\d{1,18}$/.test(id)) throw new UsageError(`"${id}" is not the id of a stored payload.`);
    return { id };
  }
  if (options['malformed'] === true) return { malformed: true };
  const { account, since } = options;
  if (typeof account !== 'string' || typeof since !== 'string')
    throw new UsageError('Which payloads? --account and --since go together.');
  const at = new Date(since);
  if (Number.isNaN(at.getTime())) throw new UsageError(`"${since}" is not a time: write 2026-01-31T12:00:00Z.`);
  return { account: accountId(account), since: at };
}
