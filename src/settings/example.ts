import { stringify } from 'yaml';
import { z } from 'zod';
import type { NetworkDefinition } from '../model/network-definition.js';
import { jsonSchemaOf, settingsFields, type Field, type SectionField } from './settings-fields.js';
import { wholeSchema } from './settings.schema.js';

const textWidth = 110;

/** Pure: the commented sample of the settings. What must be set stands open with a placeholder, all else is commented out with its default. */
export function exampleSettings(definitions: readonly NetworkDefinition[]): string {
  const { fields } = settingsFields(definitions);
  const accounts = fields.get('accounts');
  const links = fields.get('links');
  const mirror = links?.kind === 'map' && links.entry.kind === 'section' ? links.entry.fields.get('mirror') : undefined;
  const sections = [...fields].filter(([name]) => name !== 'accounts' && name !== 'links');
  return [
    '# Settings of Crosstalk. Copy this file to config/crosstalk.yaml and fill in what is not commented out.',
    '# Every value can also come from the environment: CROSSTALK_ and the path in capitals with __ between its parts, for example',
    '# CROSSTALK_DATABASE__URL. A secret can come from a file: write its name with File behind it, or _FILE in the environment.',
    '',
    ...comment(accounts?.description, ''),
    'accounts:',
    ...(accounts?.kind === 'map' && accounts.entry.kind === 'choice'
      ? [...accounts.entry.options].flatMap(([network, section]) => account(network, section))
      : []),
    ...comment(links?.description, ''),
    'links:',
    '  team:',
    '    rooms:',
    ...definitions.flatMap(({ network }) => [
      `      - account: my-${network}`,
      `        room: CHANGE-ME # or create: { name: Team, invite: [] }`,
      '        # direction: both # out: what is said here goes to the others; in: their words come here',
      '        # speaker: auto # who is seen to speak here for the others: auto, own, guest, bridged or relay',
    ]),
    ...(mirror === undefined ? [] : setting('mirror', mirror, '    ')),
    '',
    ...sections.flatMap(([name, field]) => [...setting(name, field, ''), '']),
  ]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()
    .concat('\n');
}

/** Pure: the JSON schema that editors check a settings file with. */
export function settingsJsonSchema(definitions: readonly NetworkDefinition[]): string {
  const schema = jsonSchemaOf(wholeSchema(definitions)) as { properties: Record<string, object> };
  const accounts = {
    type: 'object',
    description: (schema.properties['accounts'] as { description?: string }).description,
    additionalProperties: {
      oneOf: definitions.map(({ network, settingsSchema }) => {
        const own = z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' });
        const secrets = Object.entries(own.properties ?? {}).filter(([, field]) => isSecret(field));
        const files = secrets.map(([name]) => [
          `${name}File`,
          { type: 'string', description: `Path of a file with ${name}.` },
        ]);
        return {
          ...own,
          $schema: undefined,
          properties: { network: { const: network }, ...own.properties, ...(Object.fromEntries(files) as object) },
          required: ['network', ...(own.required ?? []).filter((name) => !secrets.some(([secret]) => secret === name))],
        };
      }),
    },
  };
  return `${JSON.stringify({ ...schema, title: 'Settings of Crosstalk', properties: { ...schema.properties, accounts } }, undefined, 2)}\n`;
}

const isSecret = (field: unknown): boolean => (field as { secret?: unknown }).secret === true;

function account(network: string, section: SectionField): string[] {
  const lines = [...section.fields].flatMap(([name, field]) =>
    name === 'network' ? [`    network: ${network}`] : setting(name, field, '    '),
  );
  return [`  my-${network}:`, ...lines, ''];
}

function setting(name: string, field: Field, indent: string): string[] {
  const about = comment(field.description, indent);
  if (field.kind === 'section') {
    const inner = [...field.fields].flatMap(([key, value]) => setting(key, value, `${indent}  `));
    return [...about, `${indent}# ${name}:`, ...inner];
  }
  const isOpen = field.required || field.usual === true;
  if (isOpen && field.secret) return [...about, `${indent}${name}File: /etc/crosstalk/${name}`];
  if (isOpen) return [...about, `${indent}${name}: ${placeholder(field)}`];
  const value = field.default === undefined ? '' : ` ${stringify(field.default).trim()}`;
  return [...about, `${indent}# ${name}:${value}`];
}

function placeholder(field: Field): string {
  const example = field.examples[0] ?? /for example (\S+?)[.,:;]?(?:\s|$)/u.exec(field.description ?? '')?.[1];
  return example === undefined ? 'CHANGE-ME' : stringify(example).trim();
}

function comment(text: string | undefined, indent: string): string[] {
  if (text === undefined) return [];
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > textWidth - indent.length) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => `${indent}# ${line}`);
}
