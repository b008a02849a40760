import { z } from 'zod';
import { WordsRefused } from '../../model/network-definition.js';
import { placeholdersIn, type AnyEndpoint, type Given, type Shape } from './api/endpoint.js';
import { endpointGroups } from './api/talk-api.js';

/** A call of an endpoint as it was written. Files are still paths. */
export interface WrittenCall {
  readonly endpoint: AnyEndpoint;
  readonly args: Given;
}

/** Pure: all groups, or the methods of one; undefined where the words call a method. Throws WordsRefused. */
export function explained(words: readonly string[]): string | undefined {
  const [group, method] = words;
  if (group === undefined) return groupList();
  const methods = methodsOf(group);
  if (method === undefined) return methodList(methods);
  calledBy(words);
  return undefined;
}

/** Pure: the endpoint that the words name, with the arguments that they give. Throws WordsRefused. */
export function calledBy([group = '', method = '', ...written]: readonly string[]): WrittenCall {
  const methods = methodsOf(group);
  const endpoint = methods[method];
  if (endpoint === undefined || !Object.hasOwn(methods, method)) {
    throw new WordsRefused(
      `"${group}" has no method "${method}". It has ${Object.keys(methods).join(', ')}: \`crosstalk talk ${group}\` tells of them.`,
    );
  }
  const taken = takenBy(endpoint);
  const args: Record<string, unknown> = {};
  for (const [name, value] of written.flatMap(pairsIn)) {
    const schema = Object.hasOwn(taken, name) ? taken[name] : undefined;
    if (schema === undefined) throw new WordsRefused(`There is no "${name}". ${usageOf(endpoint)}`);
    if (Object.hasOwn(args, name)) throw new WordsRefused(`"${name}" is given twice.`);
    args[name] = valueOf(name, schema, value);
  }
  const missing = Object.entries(taken).find(([name, schema]) => isNeeded(schema) && !Object.hasOwn(args, name));
  if (missing !== undefined) throw new WordsRefused(`"${missing[0]}" is missing. ${usageOf(endpoint)}`);
  return { endpoint, args };
}

function methodsOf(group: string): Readonly<Record<string, AnyEndpoint>> {
  const methods = Object.hasOwn(endpointGroups, group) ? endpointGroups[group] : undefined;
  if (methods !== undefined) return methods;
  throw new WordsRefused(`There is no group "${group}". There are ${Object.keys(endpointGroups).join(', ')}.`);
}

function groupList(): string {
  const groups = Object.entries(endpointGroups);
  const width = Math.max(...groups.map(([group]) => group.length)) + 2;
  const lines = groups.map(([group, methods]) => wrapped(group.padEnd(width), enumerated(Object.keys(methods))));
  return [
    ...lines,
    '',
    'crosstalk talk GROUP tells what its methods take; crosstalk talk GROUP METHOD NAME=VALUE… calls one.',
  ].join('\n');
}

function methodList(methods: Readonly<Record<string, AnyEndpoint>>): string {
  return Object.entries(methods)
    .map(([method, endpoint]) => {
      const needs = endpoint.needs === undefined ? '' : `\n    needs ${endpoint.needs}`;
      return `${wrapped(`${method} `, argumentsOf(endpoint))}\n    ${endpoint.method} ${endpoint.path}${needs}`;
    })
    .join('\n');
}

const lineChars = 120;

/** Behind `head` the words in lines that fit a terminal, one below the other. */
function wrapped(head: string, words: readonly string[]): string {
  const lines = [head];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length > lineChars) lines.push(`${' '.repeat(head.length)}${word} `);
    else lines[lines.length - 1] = `${last}${word} `;
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** With commas between them. */
function enumerated(names: readonly string[]): string[] {
  return names.map((name, index) => (index === names.length - 1 ? name : `${name},`));
}

function usageOf(endpoint: AnyEndpoint): string {
  const all = argumentsOf(endpoint);
  return all.length === 0 ? `${endpoint.name} takes nothing.` : `${endpoint.name} takes ${all.join(' ')}`;
}

/** `token=TEXT [limit=NUMBER]` */
function argumentsOf(endpoint: AnyEndpoint): string[] {
  return Object.entries(takenBy(endpoint)).map(([name, schema]) => {
    const argument = `${name}=${kindOf(name, schema)}`;
    return isNeeded(schema) ? argument : `[${argument}]`;
  });
}

/** In JSON an id may be written as the number that it is. */
const inPath: z.ZodType = z.union([z.string().min(1), z.int()]);

/** Everything that an endpoint takes; a file as the path of one. */
function takenBy({ path, query, body, besides }: AnyEndpoint): Shape {
  const places = Object.fromEntries(placeholdersIn(path).map((name) => [name, inPath]));
  const isFile = Object.hasOwn(besides, 'file') ? { file: z.string().min(1) } : {};
  return { ...places, ...query, ...body, ...besides, ...isFile };
}

function isNeeded(schema: z.ZodType): boolean {
  return !schema.safeParse(undefined).success;
}

/** One word's arguments: `name=value`, or a JSON object of several. */
function pairsIn(word: string): (readonly [string, unknown])[] {
  if (word.trimStart().startsWith('{')) {
    const given = jsonIn(word);
    if (typeof given === 'object' && given !== null) return Object.entries(given);
    // Not said again: what somebody gives may be a secret.
    throw new WordsRefused(
      'What begins with { has to be one JSON object, in quotes for the shell: \'{"name": "value"}\'.',
    );
  }
  const equals = word.indexOf('=');
  // Nor is this: whoever leaves out the name gives the secret alone.
  if (equals <= 0) throw new WordsRefused('Each argument has a name: write name=value, or a JSON object.');
  return [[word.slice(0, equals), new Typed(word.slice(equals + 1))]];
}

/** A value that was typed as text: it is what fits, the text itself before the JSON in it. */
class Typed {
  constructor(readonly text: string) {}
}

function valueOf(name: string, schema: z.ZodType, value: unknown): unknown {
  const meant = value instanceof Typed ? [value.text, jsonIn(value.text)] : [value];
  for (const candidate of meant) {
    if (candidate !== undefined && schema.safeParse(candidate).success) return candidate;
  }
  throw new WordsRefused(`"${name}" has to be ${kindOf(name, schema)}.`);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // Then it is not JSON that is meant.
  }
}

/** What a value is: `TEXT`, `NUMBER`, `true|false`, `0|1|2`, `PATH`, `JSON`. */
function kindOf(name: string, schema: z.ZodType): string {
  if (name === 'file') return 'PATH';
  if (schema === inPath) return 'TEXT';
  return kindIn(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

function kindIn({ type, enum: choice, const: only, anyOf }: z.core.JSONSchema.BaseSchema): string {
  if (choice !== undefined) return choice.map(String).join('|');
  if (only !== undefined) return String(only);
  if (anyOf !== undefined) {
    const kinds = anyOf.map(kindIn).filter((kind) => kind !== 'null');
    return [...new Set(kinds)].join('|');
  }
  switch (type) {
    case 'string':
      return 'TEXT';
    case 'integer':
    case 'number':
      return 'NUMBER';
    case 'boolean':
      return 'true|false';
    case 'null':
      return 'null';
    default:
      return 'JSON';
  }
}
