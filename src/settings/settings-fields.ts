import { z, type ZodType } from 'zod';
import type { NetworkDefinition } from '../model/network-definition.js';
import { wholeSchema } from './settings.schema.js';

interface Described {
  readonly description?: string;
  readonly required: boolean;
  readonly default?: unknown;
  readonly examples: readonly unknown[];
  readonly secret: boolean;
  /** Shown open in the sample though it may be left out: most need it. */
  readonly usual?: boolean;
}

/** Fields by name. `closed`: no others are allowed. */
export interface SectionField extends Described {
  readonly kind: 'section';
  readonly closed: boolean;
  readonly fields: ReadonlyMap<string, Field>;
}
/** Entries under keys of the writer's choice. */
export interface MapField extends Described {
  readonly kind: 'map';
  readonly entry: Field;
}
/** A section whose fields depend on the value of one of them. */
export interface ChoiceField extends Described {
  readonly kind: 'choice';
  readonly by: string;
  readonly options: ReadonlyMap<string, SectionField>;
}
export interface ListField extends Described {
  readonly kind: 'list';
  readonly item: Field;
}
export interface ValueField extends Described {
  readonly kind: 'value';
  /** `any`: several kinds are allowed. */
  readonly type: 'text' | 'number' | 'boolean' | 'any';
  /** The only values that are allowed, where they are few. */
  readonly oneOf?: readonly string[];
}

/** What can be set, as data: made from the zod schemas, so that nothing is listed twice. */
export type Field = SectionField | MapField | ChoiceField | ListField | ValueField;

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly secret?: boolean;
  readonly usual?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** The schema as people may write it, before defaults are filled in. */
export const jsonSchemaOf = (schema: ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

const isSchema = (value: boolean | JsonSchema | undefined): value is JsonSchema =>
  typeof value === 'object' && Object.keys(value).length > 0;

function describedBy(schema: JsonSchema, required: boolean): Described {
  return {
    required,
    secret: schema.secret === true,
    examples: schema.examples ?? [],
    ...(schema.usual === true ? { usual: true } : {}),
    ...(schema.description === undefined ? {} : { description: schema.description }),
    ...(schema.default === undefined ? {} : { default: schema.default }),
  };
}

const valueTypes: Readonly<Record<string, ValueField['type']>> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
};

function valueField(schema: JsonSchema, described: Described): ValueField {
  const branches = schema.anyOf ?? schema.oneOf ?? [schema];
  const types = new Set(branches.map(({ type }) => valueTypes[type ?? ''] ?? 'any'));
  const [type] = types;
  const allowed = branches.flatMap((branch) => branch.enum ?? (branch.const === undefined ? [] : [branch.const]));
  const closed = branches.every((branch) => branch.enum !== undefined || branch.const !== undefined);
  return {
    ...described,
    kind: 'value',
    type: types.size === 1 && type !== undefined ? type : 'any',
    ...(closed ? { oneOf: allowed.map(String) } : {}),
  };
}

function sectionOf(branches: readonly JsonSchema[], described: Described): SectionField {
  const fields = new Map<string, Field>();
  for (const branch of branches) {
    for (const [name, schema] of Object.entries(branch.properties ?? {})) {
      // With several ways to write a section, a field is only surely needed where there is but one.
      const required = branches.length === 1 && (branch.required ?? []).includes(name);
      const known = fields.get(name);
      const field = fieldOf(schema, required);
      fields.set(name, known?.kind === 'value' && field.kind === 'value' ? mergedValue(known, field) : field);
    }
  }
  const closed = branches.every(({ additionalProperties: more }) => more === undefined || more === false);
  return { ...described, kind: 'section', closed, fields };
}

function mergedValue(first: ValueField, second: ValueField): ValueField {
  const { oneOf, ...rest } = first;
  const both = oneOf && second.oneOf ? { oneOf: [...new Set([...oneOf, ...second.oneOf])] } : {};
  return { ...rest, type: first.type === second.type ? first.type : 'any', ...both };
}

function fieldOf(schema: JsonSchema, required: boolean): Field {
  const described = describedBy(schema, required);
  const branches = schema.allOf ?? schema.anyOf ?? schema.oneOf ?? [schema];
  if (branches.every((branch) => branch.properties !== undefined)) return sectionOf(branches, described);
  if (isSchema(schema.additionalProperties)) {
    return { ...described, kind: 'map', entry: fieldOf(schema.additionalProperties, false) };
  }
  if (schema.items !== undefined) return { ...described, kind: 'list', item: fieldOf(schema.items, false) };
  return valueField(schema, described);
}

/** One account's section: the network decides which fields it has. */
function accountField(network: Field, definitions: readonly NetworkDefinition[]): ChoiceField {
  const options = definitions.map(({ network: name, settingsSchema }) => {
    const own = fieldOf(jsonSchemaOf(settingsSchema), false);
    const fields = own.kind === 'section' ? own.fields : new Map<string, Field>();
    const closed = own.kind === 'section' && own.closed;
    const section: SectionField = {
      ...(own.kind === 'section' ? own : describedBy({}, false)),
      kind: 'section',
      closed,
      fields: new Map([['network', network], ...fields]),
    };
    return [name, section] as const;
  });
  return { kind: 'choice', by: 'network', options: new Map(options), required: false, secret: false, examples: [] };
}

/** Everything that can be set, with these networks. */
export function settingsFields(definitions: readonly NetworkDefinition[]): SectionField {
  const whole = fieldOf(jsonSchemaOf(wholeSchema(definitions)), true);
  if (whole.kind !== 'section') throw new TypeError('The settings are not an object.');
  const accounts = whole.fields.get('accounts');
  if (accounts?.kind !== 'map' || accounts.entry.kind !== 'section') {
    throw new TypeError('The accounts are not a record.');
  }
  const network = accounts.entry.fields.get('network');
  if (network === undefined) throw new TypeError('An account has no network.');
  const entry = accountField(network, definitions);
  return { ...whole, fields: new Map(whole.fields).set('accounts', { ...accounts, entry }) };
}

/** The fields that a section or an account may hold, given what it holds already. */
export function fieldsFor(field: SectionField | ChoiceField, value: unknown): ReadonlyMap<string, Field> {
  if (field.kind === 'section') return field.fields;
  const chosen = chosenOption(field, value);
  if (chosen !== undefined) return chosen.fields;
  return new Map([...field.options.values()].flatMap(({ fields }) => [...fields]));
}

/** Undefined where the deciding value is missing or unknown. */
function chosenOption(field: ChoiceField, value: unknown): SectionField | undefined {
  const decider =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field.by] : undefined;
  return typeof decider === 'string' ? field.options.get(decider) : undefined;
}

/** How the field is called that names a file with the secret in it: `passwordFile`. */
export const fileFieldOf = (name: string): string => `${name}File`;
