import type { Settings } from '../settings/settings.types.js';
import type { Command, ExitCode } from './command.js';
import { visit } from './visit.js';

export const pageCommand: Command = {
  name: 'page',
  usage: '[--token]',
  summary: "Shows the address of the operator's page of the service that runs here.",
  maxWords: 0,
  options: { token: { type: 'boolean', says: 'the token of page and HTTP API alone, for programs' } },
  notes:
    'Where the settings have no listen.admin.token, the address holds the token of this start: it opens the page and the HTTP API\n' +
    'to whoever has it, until the service ends.',
  examples: ['page', 'page --token'],
  run: async (call) =>
    visit(call, async ({ replicas, startTokenOf }, { listen: { admin } }): Promise<ExitCode> => {
      const wantsToken = call.options['token'] === true;
      if (admin.token !== undefined && (wantsToken || admin.port !== 0)) {
        call.print(wantsToken ? admin.token : withoutToken(addressOf(admin)));
        return 0;
      }
      const listening = await replicas.listening();
      for (const { id, adminUrl } of listening) {
        // The system chose the port: only the replica itself knows which.
        const address = admin.port === 0 ? adminUrl : addressOf(admin);
        const token = admin.token ?? startTokenOf(id);
        if (address === null || !(await isTaken(address, token))) continue;
        call.print(wantsToken ? token : admin.token === undefined ? withToken(address, token) : withoutToken(address));
        return 0;
      }
      const places = admin.port === 0 ? listening.map(({ adminUrl }) => adminUrl ?? '') : [addressOf(admin)];
      call.complain(
        listening.length === 0
          ? 'No service is running: `crosstalk start` starts one.'
          : `The service does not answer at ${places.join(', ')}. Ask where it runs, with the settings that it runs with.`,
      );
      return 1;
    }),
};

function withToken(address: string, token: string): string {
  return new URL(`#token=${token}`, address).href;
}

function withoutToken(address: string): string {
  return `${address}\nIt asks for the token of listen.admin.token.`;
}

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
