import type { Command, ExitCode } from './command.js';
import { renderLinks } from './link-table.js';
import { visit } from './visit.js';

export const linksCommand: Command = {
  name: 'links',
  usage: '[--all] [--json]',
  summary: 'Shows every link with its rooms, directions and problems; --all also those that were ended.',
  options: { all: { type: 'boolean' }, json: { type: 'boolean' } },
  run: async (call) =>
    visit(await call.settings(), async ({ status }): Promise<ExitCode> => {
      const all = await status.links();
      const links = call.options['all'] === true ? all : all.filter(({ state }) => state !== 'ended');
      call.print(call.options['json'] === true ? JSON.stringify(links, undefined, 2) : renderLinks(links));
      return 0;
    }),
};
