import type { Settings } from '../settings/settings.types.js';
import type { Command, ExitCode } from './command.js';
import { visit } from './visit.js';

export const pageCommand: Command = {
  name: 'page',
  usage: '',
  summary: "Shows the address of the operator's page of the service that runs here.",
  maxWords: 0,
  options: {},
  notes:
    'Where the settings have no listen.admin.token, the address holds the token of this start: it opens the page and the HTTP API\n' +
    'to whoever has it, until the service ends.',
  examples: ['page'],
  run: async (call) =>
    visit(call, async ({ status, startTokenOf }, { listen: { admin } }): Promise<ExitCode> => {
      const address = addressOf(admin);
      if (admin.token !== undefined) {
        call.print(`${address}\nIt asks for the token of listen.admin.token.`);
        return 0;
      }
      const { replicas } = await status.report();
      for (const { id } of replicas) {
        if (!(await isTaken(address, startTokenOf(id)))) continue;
        call.print(`${address}#token=${startTokenOf(id)}`);
        return 0;
      }
      call.complain(
        replicas.length === 0
          ? 'No service is running: `crosstalk start` starts one.'
          : `The service does not answer at ${address}. Ask where it runs, with the settings that it runs with.`,
      );
      return 1;
    }),
};

function addressOf({ host, port }: Settings['listen']['admin']): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}

/** Several replicas may run on one database: this one is it that takes its token. */
async function isTaken(address: string, token: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL('api/openapi.json', address), {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5_000),
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false; // Nobody listens there.
  }
}
