import type { Command, ExitCode } from './command.js';
import { renderLinks } from './link-table.js';
import { visit } from './visit.js';

export const linksCommand: Command = {
  name: 'links',
  usage: '[--all] [--json]',
  summary: 'Shows every link with its rooms, their directions and what is wrong with them.',
  maxWords: 0,
  options: {
    all: { type: 'boolean', says: 'also links that were ended' },
    json: { type: 'boolean', says: 'the whole as JSON, times in ISO 8601' },
  },
  examples: ['links', 'links --all --json'],
  run: async (call) =>
    visit(call, async ({ status }): Promise<ExitCode> => {
      const links = await status.links(call.options['all'] === true ? 'all' : 'not ended');
      call.print(call.options['json'] === true ? JSON.stringify(links, undefined, 2) : renderLinks(links));
      return 0;
    }),
};
