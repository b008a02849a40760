import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { type Case, type Network, networks } from './corpus.types.js';
import { seen } from './seen.js';

const folder = new URL('./', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const casesOf = (file: string): readonly Case[] =>
  parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Case[];
const all = files.flatMap(casesOf);

const othersOf = ({ from }: Case): readonly Network[] => networks.filter((network) => network !== from);

describe.each(files)('the corpus: %s', (file) => {
  const table = casesOf(file).flatMap((each) => othersOf(each).map((target) => [each.name, target, each] as const));

  it.each(table)('%s, in %s', async (_name, target, each) => {
    expect(await seen(each, target)).toEqual(each[target]);
  });
});

describe('the corpus', () => {
  it('has 300 cases, each with a name of its own and what both other networks see', () => {
    expect(all.length).toBeGreaterThanOrEqual(300);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(all.filter((each) => othersOf(each).some((target) => each[target] === undefined))).toEqual([]);
    expect(all.filter((each) => each[each.from] !== undefined)).toEqual([]);
  });

  it('names every row of the first 52', () => {
    const named = new Set(all.flatMap(({ rows }) => rows));
    const wanted = Array.from({ length: 52 }, (_, index) => index + 1);
    expect(wanted.filter((row) => !named.has(row))).toEqual([]);
  });

  it('README.md says which cases show which row in which direction: `npm run generate` writes it', () => {
    const page = execFileSync(process.execPath, [resolve('scripts/corpus-page.mjs')], { encoding: 'utf8' });
    expect(readFileSync(new URL('README.md', folder), 'utf8')).toBe(page);
    const rows = page.split('\n').filter((line) => /^\| \d/.test(line));
    expect(rows).toHaveLength(52);
    // A direction without a case has a note that says why.
    expect(rows.filter((line) => / \| 0 +\|/.test(line))).toEqual([]);
  });

  it('specs that are said to show a row are there', () => {
    const rows = parse(readFileSync(new URL('rows/rows.yaml', folder), 'utf8')) as readonly { also?: string[] }[];
    const named = new Set(rows.flatMap(({ also = [] }) => also));
    const isThere = (name: string): boolean =>
      [`test/${name}`, `test/${name}.spec.ts`, `src/${name}`].some((path) => existsSync(resolve(path)));
    expect([...named].filter((name) => !isThere(name))).toEqual([]);
  });
});
