import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { talkApiPageOf } from '../../src/adapters/talk/api/talk-api-page.js';
import { definitions } from '../../src/app.module.js';
import { exportedMetrics, labelMeanings, metricsPage } from '../../src/observability/metrics-page.js';
import { settingsPage } from '../../src/settings/settings-page.js';

describe('the pages that are made from the code', () => {
  it('docs/settings.md is what `npm run generate` writes', () => {
    expect(readFileSync('docs/settings.md', 'utf8')).toBe(settingsPage(definitions));
  });

  it('docs/metrics.md is what `npm run generate` writes', () => {
    // Which metrics a Node process has beside ours depends on the system; the page is written on Linux.
    const ours = (page: string): string => (process.platform === 'linux' ? page : page.split('## Of every Node')[0]!);
    expect(ours(readFileSync('docs/metrics.md', 'utf8'))).toBe(ours(metricsPage()));
  });

  it('docs/talk-api.md is what `npm run generate` writes', () => {
    expect(readFileSync('docs/talk-api.md', 'utf8')).toBe(talkApiPageOf('.'));
  });

  it('tells of every setting of every network how it is set from the environment', () => {
    const page = settingsPage(definitions);
    expect(page).toContain(
      '- `accounts.<account>.asToken` (**needed**; **secret**, or `asTokenFile`; `CROSSTALK_ACCOUNTS__<ACCOUNT>__AS_TOKEN`).',
    );
    expect(page).toContain('- `database.poolSize` (default `10`; `CROSSTALK_DATABASE__POOL_SIZE`).');
    expect(page).toContain('(**needed** with `create`; ');
  });

  it('explains every label of our metrics, and no other', () => {
    const used = exportedMetrics()
      .filter(({ own }) => own)
      .flatMap(({ labelNames = [] }) => labelNames);
    expect(Object.keys(labelMeanings)).toEqual([...new Set(used)].sort());
  });
});

describe('the pages', () => {
  const pages = ['README.md', 'CHANGELOG.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((name) =>
    name.endsWith('.md'),
  );

  /** As GitHub makes them of headings. */
  const anchorsOf = (page: string): string[] =>
    [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );

  it.each(pages)('%s links to what exists', (page) => {
    const broken = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#');
        const path = file === '' ? page : join(dirname(page), file);
        return !existsSync(path) || (anchor !== undefined && !anchorsOf(path).includes(anchor));
      });
    expect(broken).toEqual([]);
  });
});
