// What shows each of the first 52 rows of the list of features, by direction, as a page: counted in the cases of test/corpus.
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const folder = new URL('../test/corpus/', import.meta.url);
const read = (name) => parse(readFileSync(new URL(name, folder), 'utf8'));
const networks = { talk: 't', matrix: 'm', slack: 's' };
const directions = ['t>m', 't>s', 'm>t', 'm>s', 's>t', 's>m'];

/** Of a row in a direction: how many cases show something, and how many say why nothing is shown. */
function counted(cases, row, direction) {
  const of = cases.flatMap((each) => {
    const target = Object.keys(networks).find((network) => `${networks[each.from]}>${networks[network]}` === direction);
    return target !== undefined && each.rows.includes(row) ? [each[target]] : [];
  });
  const nothing = of.filter((seen) => seen?.nothing !== undefined).length;
  return { shown: of.length - nothing, nothing };
}

/** Each row with its six directions, what else shows it, and what is missing. */
export function corpusRows() {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const cases = files.flatMap(read);
  return read('rows/rows.yaml').map((row) => ({
    ...row,
    directions: directions.map((direction) => ({
      direction,
      ...counted(cases, row.row, direction),
      without: row.without?.[direction],
    })),
  }));
}

export function corpusPage() {
  const rows = corpusRows();
  const notes = [...new Set(rows.flatMap(({ directions: all }) => all.flatMap(({ without }) => without ?? [])))];
  const cell = ({ shown, nothing, without }) => {
    if (without !== undefined) return `(${notes.indexOf(without) + 1})`;
    return nothing === 0 ? String(shown) : `${shown} + ${nothing}`;
  };
  const lines = rows.map(({ row, what, also = [], gap = '', directions: all }) => [
    String(row),
    what,
    ...all.map(cell),
    also.join(', '),
    gap,
  ]);
  const head = ['row', 'what', 'T → M', 'T → S', 'M → T', 'M → S', 'S → T', 'S → M', 'shown beside that by', 'missing'];
  const widths = head.map((name, index) => Math.max(name.length, ...lines.map((line) => line[index].length)));
  const line = (cells) => `| ${cells.map((text, index) => text.padEnd(widths[index])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `# The corpus

<!-- Written by \`npm run generate\` from the cases and rows/rows.yaml. -->

Messages as clients of each network produce them, each with what people of the two other networks see: a file for each kind. \`rows\` of a case are rows of the list of features.
This page counts the cases that show a row in a direction, and, behind a plus, those that say why nothing is shown. What stands beside are specs below \`test/\` (\`media\`: \`src/media\`), which carry it between running services.

${[line(head), rule, ...lines.map(line)].join('\n')}

${notes.map((note, index) => `- (${index + 1}) ${note}`).join('\n')}
`;
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) process.stdout.write(corpusPage());
