import { stringify } from 'yaml';
import type { NetworkDefinition } from '../model/network-definition.js';
import { variableOf } from './environment-source.js';
import { fileFieldOf, settingsFields, type Field } from './settings-fields.js';
import type { Path } from './settings-tree.js';

/** Stands in a path for a key or a number of the writer's choice. */
const entryNames: Readonly<Record<string, string>> = { accounts: '<account>', links: '<link>', people: '<n>' };

/** Pure: every setting with its default, its variable and what it is for, as a page of Markdown. */
export function settingsPage(definitions: readonly NetworkDefinition[]): string {
  const { fields } = settingsFields(definitions);
  return [
    '# Every setting',
    '',
    '<!-- Written by `npm run generate` from the schema. -->',
    '',
    'Settings are a YAML file: the one that `--config FILE` or `CROSSTALK_CONFIG` names, else `config/crosstalk.yaml` in the',
    'working folder, else `/etc/crosstalk/crosstalk.yaml`. [The sample](../config/crosstalk.example.yaml) has them all with',
    'their defaults; [the JSON schema](../config/crosstalk.schema.json) lets editors complete and check them. All faults are',
    'told at once, each with its place and the remedy: `crosstalk check`.',
    '',
    'Each can come from the environment as well, under the variable that stands beside it; there it goes before the file.',
    'Upper and lower case, `-` and `_` within a name do not matter. A **secret** can come from a file: by the setting with',
    '`File` behind its name, or the variable with `_FILE`.',
    '',
    'These are variables only:',
    '',
    '- `CROSSTALK_CONFIG`: the settings file.',
    '- `CROSSTALK_DATA`: the folder for the embedded PostgreSQL and its key. Left out: `data` in the working folder.',
    '',
    ...[...fields].flatMap(([name, field]) => section([name], field)),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

/** A heading, and below it the settings of this section and of those in it. */
function section(path: Path, field: Field, title = nameOf(path)): string[] {
  const head = [`## ${title}`, '', ...(field.description === undefined ? [] : [sentence(field.description), ''])];
  if (field.kind === 'map') {
    const entry = [...path, entryNames[path.join('.')] ?? '<key>'];
    if (field.entry.kind !== 'choice') return [...head, ...settings(entry, field.entry), ''];
    const { by, options } = field.entry;
    return [
      ...head,
      ...[...options].flatMap(([name, option]) => section(entry, option, `${nameOf(entry)} with \`${by}: ${name}\``)),
    ];
  }
  if (field.kind === 'section') return [...head, ...settings(path, field), ''];
  return [`## ${title}`, '', ...settings(path, field), ''];
}

/** `within`: the section that may be left out as a whole, and needs this one where it is not. */
function settings(path: Path, field: Field, within?: string): string[] {
  switch (field.kind) {
    case 'section': {
      const last = String(path.at(-1));
      const optional = field.required || last.startsWith('<') ? undefined : last;
      return [...field.fields].flatMap(([name, inner]) => settings([...path, name], inner, optional));
    }
    case 'list':
      // A list of sections is written out; a list of plain values is one setting.
      return field.item.kind === 'section' ? settings([...path, '<n>'], field.item) : [setting(path, field, within)];
    case 'map':
    case 'choice':
    case 'value':
      return [setting(path, field, within)];
  }
}

function setting(path: Path, field: Field, within: string | undefined): string {
  const facts = [
    ...(field.required ? [within === undefined ? '**needed**' : `**needed** with \`${within}\``] : []),
    ...(field.secret ? [`**secret**, or \`${fileFieldOf(String(path.at(-1)))}\``] : []),
    ...(field.kind === 'value' && field.oneOf !== undefined
      ? [field.oneOf.map((value) => `\`${value}\``).join(', ')]
      : []),
    ...(field.default === undefined ? [] : [`default \`${stringify(field.default).trim()}\``]),
    `\`${variableOf(path)}\``,
  ];
  const about = field.description === undefined ? '' : ` ${sentence(field.description)}`;
  return `- ${nameOf(path)} (${facts.join('; ')}).${about}`;
}

const nameOf = (path: Path): string => `\`${path.join('.')}\``;

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
