/** What an imported list of e-mail addresses says. */
export type EmailList =
  | {
      readonly kind: 'rows';
      readonly rows: readonly { readonly name: string; readonly email: string }[];
      /** The numbers of the lines that name no address; the line of titles is the first. */
      readonly invalidLines: readonly number[];
    }
  | { readonly kind: 'fault'; readonly error: 'file' | 'header-email' | 'header-name' };

const address = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/;

/** Pure: reads comma separated values with a line of titles, of which `email` must be one; without `name` there is no second. */
export function readEmailList(text: string): EmailList {
  const lines = text.split(/\r?\n/);
  const titles = cells(lines[0] ?? '').map((title) => title.toLowerCase());
  if (titles.join('') === '') return { kind: 'fault', error: 'file' };
  const email = titles.findIndex((title) => title === 'email' || title === 'e-mail');
  const name = titles.indexOf('name');
  if (email < 0) return { kind: 'fault', error: 'header-email' };
  if (name < 0 && titles.length > 1) return { kind: 'fault', error: 'header-name' };
  const rows: { name: string; email: string }[] = [];
  const invalidLines: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const row = cells(line);
    const found = row[email] ?? '';
    if (address.test(found)) rows.push({ name: row[name] ?? '', email: found });
    else invalidLines.push(index + 1);
  }
  return { kind: 'rows', rows, invalidLines };
}

function cells(line: string): string[] {
  return line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}
