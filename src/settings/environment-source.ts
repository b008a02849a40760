import { nearest } from './nearest.js';
import {
  fieldsFor,
  fileFieldOf,
  type ChoiceField,
  type Field,
  type SectionField,
  type ValueField,
} from './settings-fields.js';
import type { FaultPlace, Finding } from './settings-faults.js';
import { isTree, pathText, setOwn, type Path, type Tree } from './settings-tree.js';
import { readYaml } from './yaml-source.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const prefix = 'CROSSTALK_';
/** Read by `loadSettings` itself: where the settings and the data are, and what only tests set. */
const elsewhere = new Set(['CROSSTALK_CONFIG', 'CROSSTALK_DATA', 'CROSSTALK_FAILPOINT']);

export interface EnvironmentSource {
  /** The variables that set something. */
  readonly variables: readonly string[];
  readonly faults: readonly Finding[];
  /** Which variable set the value at this path. */
  whereIs(path: Path): FaultPlace | undefined;
}

/** `POOL_SIZE`, `poolsize` and `poolSize` are one name. */
export const normalName = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '');

/** What Kubernetes sets in every pod for a service called crosstalk or crosstalk-…: not meant for us. */
function isServiceVariable(name: string, value: string): boolean {
  if (name.includes('__')) return false;
  if (/_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$/.test(name) || /_PORT_\d+_(TCP|UDP|SCTP)(_|$)/.test(name)) return true;
  return name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value);
}

const valueField: ValueField = { kind: 'value', type: 'text', required: false, secret: false, examples: [] };

/** Every field with its name, and for each secret the field that names its file. */
function* namesIn(field: SectionField | ChoiceField, value: unknown): Generator<readonly [string, Field]> {
  for (const [name, inner] of fieldsFor(field, value)) {
    yield [name, inner];
    if (inner.secret) yield [fileFieldOf(name), valueField];
  }
}

type ReadText = { readonly value: unknown } | { readonly notYaml: string };

function structureOf(text: string): ReadText {
  const { tree, faults, readable } = readYaml(`value:\n${text.replaceAll(/^/gm, '  ')}`, 'the variable');
  if (readable && faults.length === 0) return { value: tree['value'] };
  return { notYaml: faults[0]?.problem ?? 'is not valid YAML' };
}

/** A text of the environment as the value that the field wants; left as text where it is not one. */
function valueOf(text: string, field: Field): ReadText {
  switch (field.kind) {
    case 'section':
    case 'map':
    case 'choice':
      return structureOf(text);
    case 'list':
      return text.trimStart().startsWith('[')
        ? structureOf(text)
        : { value: text.split(',').map((part) => part.trim()) };
    case 'value':
      return { value: scalarOf(text, field.type) };
  }
}

function scalarOf(text: string, wanted: ValueField['type']): unknown {
  if ((wanted === 'boolean' || wanted === 'any') && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (wanted === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  return text;
}

interface Target {
  readonly path: Path;
  readonly field: Field;
}

/** Follows a variable's name through the fields; makes no changes. Undefined where it leads nowhere. */
function targetOf(segments: readonly string[], root: SectionField, tree: Tree): Target | undefined {
  let field: Field = root;
  let value: unknown = tree;
  const path: (string | number)[] = [];
  for (const segment of segments) {
    const wanted = normalName(segment);
    if (wanted === '') return undefined;
    let key: string | number;
    if (field.kind === 'section' || field.kind === 'choice') {
      const found: readonly [string, Field] | undefined = [...namesIn(field, value)].find(
        ([name]) => normalName(name) === wanted,
      );
      if (found === undefined) return undefined;
      [key, field] = found;
    } else if (field.kind === 'map') {
      const written = isTree(value) ? Object.keys(value).find((known) => normalName(known) === wanted) : undefined;
      key = written ?? segment.toLowerCase();
      field = field.entry;
    } else if (field.kind === 'list' && /^\d{1,4}$/.test(segment)) {
      key = Number(segment);
      field = field.item;
    } else {
      return undefined;
    }
    value = isTree(value) || Array.isArray(value) ? (value as Tree)[key] : undefined;
    path.push(key);
  }
  return { path, field };
}

/** Sets the value, making the sections and lists on the way. */
function place(tree: Tree, path: Path, value: unknown): void {
  let here: unknown = tree;
  for (const [index, part] of path.entries()) {
    const next = path[index + 1];
    const container = here as Tree;
    if (next === undefined) {
      setOwn(container, String(part), value);
      return;
    }
    const inner = Object.hasOwn(container, part) ? container[part] : undefined;
    const fits = typeof next === 'number' ? Array.isArray(inner) : isTree(inner);
    if (!fits) setOwn(container, String(part), typeof next === 'number' ? [] : {});
    here = container[part];
  }
}

/** The other way to give a secret: a variable replaces whichever of the two a file holds. */
function counterpart(path: Path): Path | undefined {
  const last = path.at(-1);
  if (typeof last !== 'string') return undefined;
  return [...path.slice(0, -1), last.endsWith('File') ? last.slice(0, -'File'.length) : fileFieldOf(last)];
}

function remove(tree: Tree, path: Path): void {
  let here: unknown = tree;
  for (const part of path.slice(0, -1)) here = isTree(here) || Array.isArray(here) ? (here as Tree)[part] : undefined;
  const last = path.at(-1);
  if (isTree(here) && last !== undefined) delete here[last];
}

/** The variable that sets the value at this path. */
export const variableOf = (path: Path): string =>
  prefix +
  path
    .map((part) =>
      String(part)
        .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
        .replaceAll('-', '_')
        .toUpperCase(),
    )
    .join('__');

/** The names of all variables that could be set, given the keys that are in use. */
function* knownVariables(field: Field, value: unknown, path: Path): Generator<string> {
  if (path.length > 0 && field.kind === 'value') yield variableOf(path);
  if (field.kind === 'section' || field.kind === 'choice') {
    for (const [name, inner] of namesIn(field, value)) {
      yield* knownVariables(inner, isTree(value) ? value[name] : undefined, [...path, name]);
    }
  } else if (field.kind === 'map' && isTree(value)) {
    for (const [key, inner] of Object.entries(value)) yield* knownVariables(field.entry, inner, [...path, key]);
  } else if (field.kind === 'list' && path.length > 0) {
    yield variableOf(path);
  }
}

/** The prefix that all share would make all of them near. */
function nearestVariable(name: string, known: readonly string[]): string | undefined {
  const bare = nearest(
    name.slice(prefix.length),
    known.map((other) => other.slice(prefix.length)),
  );
  return bare === undefined ? undefined : prefix + bare;
}

/**
 * Lays the variables `CROSSTALK_…` over the tree, changing it. `__` stands between levels, upper and lower case and `_`
 * within a name do not matter, an empty variable counts as not set.
 */
export function applyEnvironment(env: Environment, root: SectionField, tree: Tree): EnvironmentSource {
  const faults: Finding[] = [];
  const origins = new Map<string, string>();
  const given = Object.entries(env)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
    .filter(([name, value]) => name.startsWith(prefix) && !elsewhere.has(name) && !isServiceVariable(name, value))
    // Whole sections before what lies in them, and an account's network before the fields that depend on it.
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));

  for (const [name, text] of given) {
    const target = targetOf(name.slice(prefix.length).split('__'), root, tree);
    if (target === undefined) {
      const known = nearestVariable(name, [...knownVariables(root, tree, []), ...elsewhere]);
      const remedy = known === undefined ? 'Remove it, or see `crosstalk help settings`.' : `Did you mean ${known}?`;
      faults.push({ path: [name], problem: 'is not a variable that Crosstalk knows', remedy });
      continue;
    }
    const read = valueOf(text, target.field);
    if ('notYaml' in read) {
      const remedy = 'Write it as JSON, or set its parts by variables of their own.';
      faults.push({ path: [name], problem: read.notYaml, remedy });
      continue;
    }
    const other = counterpart(target.path);
    if (other !== undefined && !origins.has(pathText(other)) && isPairOfSecret(target, other, root, tree)) {
      remove(tree, other);
    }
    place(tree, target.path, read.value);
    origins.set(pathText(target.path), name);
  }

  return {
    variables: given.map(([name]) => name),
    faults,
    whereIs(path) {
      for (let length = path.length; length > 0; length -= 1) {
        const name = origins.get(pathText(path.slice(0, length)));
        if (name !== undefined) return { variable: name };
      }
      return undefined;
    },
  };
}

function isPairOfSecret(target: Target, other: Path, root: SectionField, tree: Tree): boolean {
  if (target.field.secret) return true;
  const found = targetOf(other.map(String), root, tree);
  return found?.field.secret === true && pathText(found.path) === pathText(other);
}

const rank = (name: string): number => name.split('__').length * 2 - (/__NETWORK$/i.test(name) ? 1 : 0);
