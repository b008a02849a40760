import { existsSync, readFileSync } from 'node:fs';
import { endpointGroups } from '../../src/adapters/talk/api/talk-api.js';

const list = '../shared/talk-api.md';
const endpoints = Object.values(endpointGroups).flatMap((group) => Object.values(group));
const whereOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;

describe('the list of endpoints', () => {
  it('has each endpoint once', () => {
    const all = endpoints.map(whereOf);
    expect(all.filter((where, index) => all.indexOf(where) !== index)).toEqual([]);
  });

  it('is in docs/talk-api.md, whole', () => {
    const page = readFileSync('docs/talk-api.md', 'utf8');
    const missing = endpoints.filter(
      ({ method, path }) => !page.includes(`\`${method} ${path.replace('/ocs/v2.php/apps/spreed/api/', '')}\``),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('has pins and scheduled messages, each only with its capability', () => {
    const later = endpoints.filter(({ needs }) => needs === 'pinned-messages' || needs === 'scheduled-messages');
    expect(later.map(({ name }) => name)).toEqual([
      'chat.pin',
      'chat.unpin',
      'chat.hidePin',
      'chat.listScheduled',
      'chat.schedule',
      'chat.reschedule',
      'chat.unschedule',
    ]);
  });

  if (!existsSync(list)) {
    it('SKIPPED: the list of a real server is not beside the project', () => {
      console.warn('SKIPPED: no ../shared/talk-api.md beside the project, so the endpoints were not compared with it');
      expect(existsSync(list)).toBe(false);
    });
  } else {
    it('has every endpoint of a real server, with its statuses', () => {
      const lines = [...readFileSync(list, 'utf8').matchAll(/^- v(\d|\?) (\w+) `([^`]+)` · ([\d,]+)/gm)].map(
        ([, version = '', method = '', path = '', statuses = '']) => ({
          where: `${method} /ocs/v2.php/apps/spreed${version === '?' ? '' : `/api/v${version}`}${path}`,
          statuses: statuses.split(',').map(Number),
        }),
      );
      expect(lines).toHaveLength(163);
      const ours = new Map(endpoints.map((endpoint) => [whereOf(endpoint), [...endpoint.statuses].sort()]));
      const different = lines.filter(({ where, statuses }) => String(ours.get(where)) !== String([...statuses].sort()));
      expect(different).toEqual([]);
    });
  }
});
