import type { Block, Inline } from '../model/rich-text.js';
import { cleanText } from './clean.js';

/** A person as an address book has them. */
export interface Contact {
  readonly name: string;
  readonly organization?: string;
  readonly phones: readonly string[];
  readonly mails: readonly string[];
}

const mostContacts = 10;
const mostEach = 5;
const longestValue = 200;

interface Property {
  readonly name: string;
  readonly value: string;
}

/** Pure: the people of a vCard file, ten at most; none where it is no such file. Source: RFC 6350; 2.1 and 3.0 as phones write them. */
export function contactsIn(file: string): readonly Contact[] {
  const cards: Property[][] = [];
  for (const property of propertiesIn(file)) {
    if (property.name === 'BEGIN' && property.value.toUpperCase() === 'VCARD') cards.push([]);
    else cards.at(-1)?.push(property);
  }
  return cards.flatMap((card) => contactOf(card) ?? []).slice(0, mostContacts);
}

/** Pure: a contact as people read it: the name, and a line for each way to reach it. */
export function contactBlock({ name, organization, phones, mails }: Contact): Block {
  const lines = [
    ...(organization === undefined ? [] : [organization]),
    ...phones.map((phone) => `☎ ${phone}`),
    ...mails.map((mail) => `✉ ${mail}`),
  ];
  return {
    type: 'paragraph',
    content: [
      { type: 'text', text: '👤 ' },
      { type: 'bold', content: [{ type: 'text', text: name }] },
      ...lines.flatMap((text): Inline[] => [{ type: 'break' }, { type: 'text', text }]),
    ],
  };
}

function contactOf(card: readonly Property[]): Contact | undefined {
  const all = (name: string): string[] =>
    [...new Set(card.filter((each) => each.name === name).map(({ value }) => shown(value)))]
      .filter((value) => value !== '')
      .slice(0, mostEach);
  const phones = all('TEL').map((phone) => phone.replace(/^tel:/i, ''));
  const mails = all('EMAIL').map((mail) => mail.replace(/^mailto:/i, ''));
  const [organization] = card
    .filter((each) => each.name === 'ORG')
    .map(({ value }) =>
      shown(
        parts(value)
          .filter((part) => part !== '')
          .join(', '),
      ),
    );
  const [family = '', given = ''] = parts(card.find((each) => each.name === 'N')?.value ?? '');
  const name = [all('FN')[0], shown(`${given} ${family}`), organization, phones[0], mails[0]].find(
    (each) => each !== undefined && each !== '',
  );
  if (name === undefined) return undefined;
  const isNamed = organization === undefined || organization === '' || organization === name;
  return { name, ...(isNamed ? {} : { organization }), phones, mails };
}

/** A value of several parts, without those that are empty. */
function parts(value: string): string[] {
  return value.split(/(?<!\\);/).map((part) => part.trim());
}

/** As one line, without the signs that its writer put before others. */
function shown(value: string): string {
  const plain = value.replaceAll(/\\([nN,;\\:])/g, (_, sign: string) => (/n/i.test(sign) ? ' ' : sign));
  return [...cleanText(plain).replaceAll(/\s+/g, ' ').trim()].slice(0, longestValue).join('');
}

function propertiesIn(file: string): Property[] {
  return unfolded(file).flatMap((line): Property[] => {
    const [, name, parameters = '', value = ''] =
      /^(?:[\w-]+\.)?([\w-]+)((?:;[^:;"]*(?:"[^"]*"[^:;"]*)*)*):(.*)$/s.exec(line) ?? [];
    if (name === undefined) return [];
    const isQuoted = /(?:^|[;=])QUOTED-PRINTABLE(?:;|$)/i.test(parameters);
    return [{ name: name.toUpperCase(), value: isQuoted ? fromQuotedPrintable(value) : value }];
  });
}

/** A line that begins with a blank goes on from the one before; quoted ones go on behind a `=`. */
function unfolded(file: string): string[] {
  const lines: string[] = [];
  for (const line of file.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    const last = lines.at(-1);
    if (last !== undefined && /^[ \t]/.test(line)) lines[lines.length - 1] = last + line.slice(1);
    else if (last !== undefined && last.endsWith('=') && /QUOTED-PRINTABLE/i.test(last))
      lines[lines.length - 1] = last.slice(0, -1) + line;
    else lines.push(line);
  }
  return lines;
}

function fromQuotedPrintable(value: string): string {
  const bytes = [...value.matchAll(/=([0-9a-f]{2})|[^]/gi)].map(([sign, hex]) =>
    hex === undefined ? Buffer.from(sign) : Buffer.from(hex, 'hex'),
  );
  return Buffer.concat(bytes).toString('utf8');
}
