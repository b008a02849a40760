// What becomes of each kind of content where a network has no such thing, as a page: of the table that test/degrading runs.
import { readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const table = new URL('../test/degrading/becomes.yaml', import.meta.url);
const columns = ['what', 'talk', 'matrix', 'slack'];

export function degradingPage() {
  const rows = parse(readFileSync(table, 'utf8')).map((row) => columns.map((column) => cell(row[column])));
  const head = ['what happens elsewhere', 'in Talk', 'in Matrix', 'in Slack'];
  const widths = head.map((name, index) => Math.max(name.length, ...rows.map((row) => row[index].length)));
  const line = (cells) => `| ${cells.map((text, index) => text.padEnd(widths[index])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `# What becomes of what a network has not

<!-- Written by \`npm run generate\` from the table of the tests. -->

Nothing is dropped silently: what a room cannot show is told in a line, or skipped with a reason that stands with the delivery. This page says what a room of each network
is shown of what happened elsewhere, with the options that a link has by itself. “Elsewhere” stands for the name of the other network, ⏎ for the end of a line. Talk is one of version 22, Matrix a homeserver that takes files of 50 MB.
How words change their looks, and files their kinds, is seen in \`test/corpus\`.

${[line(head), rule, ...rows.map(line)].join('\n')}
`;
}

function cell(text) {
  return text.replaceAll('|', String.raw`\|`);
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) process.stdout.write(degradingPage());
