import { z } from 'zod';
import { nearest } from './nearest.js';
import { fieldsFor, fileFieldOf, type Field } from './settings-fields.js';
import type { Finding } from './settings-faults.js';
import { valueAt, type Path } from './settings-tree.js';

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a section of keys with values',
  record: 'a section of keys with values',
  array: 'a list',
};

const kindOf = (value: unknown): string => {
  if (value === null) return 'nothing';
  if (typeof value === 'boolean') return 'true or false';
  return kinds[Array.isArray(value) ? 'array' : typeof value] ?? 'something else';
};

const listed = (values: readonly unknown[]): string => values.map(String).join(', ');

function sizeSentence(
  issue: { readonly origin: string; readonly inclusive?: boolean | undefined },
  limit: unknown,
  word: 'least' | 'most',
): string {
  const number = String(limit);
  switch (issue.origin) {
    case 'string':
      return word === 'least' && number === '1' ? 'is empty' : `must have at ${word} ${number} characters`;
    case 'array':
    case 'set':
      return `must have at ${word} ${number} entries`;
    default:
      if (issue.inclusive === false) return `must be ${word === 'least' ? 'more' : 'less'} than ${number}`;
      return `must be at ${word} ${number}`;
  }
}

/** What is wrong, in our words; a schema's own sentence wins over it. Names no value. */
export const issueSentence: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'int' && typeof issue.input === 'number') return 'must be a whole number';
      return `must be ${kinds[issue.expected] ?? issue.expected}, but is ${kindOf(issue.input)}`;
    case 'invalid_value':
      return issue.values.length === 1 ? `must be ${listed(issue.values)}` : `must be one of ${listed(issue.values)}`;
    case 'too_small':
      return sizeSentence(issue, issue.minimum, 'least');
    case 'too_big':
      return sizeSentence(issue, issue.maximum, 'most');
    case 'invalid_format':
      return issue.format === 'url'
        ? 'must be a whole address, such as https://example.org'
        : 'is not written as it must be';
    default:
      return 'is not valid';
  }
};

/** The issues of the way to write it that was most likely meant. */
function leaves(
  issue: z.core.$ZodIssue,
  path: Path,
): readonly { readonly issue: z.core.$ZodIssue; readonly path: Path }[] {
  const here = [...path, ...issue.path.map((part) => (typeof part === 'symbol' ? part.toString() : part))];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const [closest] = [...issue.errors].sort((a, b) => a.length - b.length);
    return (closest ?? []).flatMap((inner) => leaves(inner, here));
  }
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    return issue.issues.flatMap((inner) => leaves(inner, here));
  }
  return [{ issue, path: here }];
}

function fieldAt(root: Field, tree: unknown, path: Path): Field | undefined {
  let field: Field | undefined = root;
  for (const [index, part] of path.entries()) {
    const value = valueAt(tree, path.slice(0, index));
    if (field?.kind === 'section' || field?.kind === 'choice') field = fieldsFor(field, value).get(String(part));
    else if (field?.kind === 'map') field = field.entry;
    else if (field?.kind === 'list') field = field.item;
    else return undefined;
  }
  return field;
}

function remedyFor(field: Field | undefined, value: unknown, path: Path): string {
  const name = String(path.at(-1) ?? '');
  const meaning = field?.description ?? 'See config/crosstalk.example.yaml.';
  if (value === undefined && field?.secret === true) {
    return `Set it, or set ${fileFieldOf(name)} to the path of a file that holds it. ${meaning}`;
  }
  if (value === undefined) return `Set it. ${meaning}`;
  if (field?.kind !== 'value') return `Mend it. ${meaning}`;
  if (field.oneOf !== undefined) {
    const meant = typeof value === 'string' ? nearest(value, field.oneOf) : undefined;
    return meant === undefined ? `Write one of: ${field.oneOf.join(', ')}.` : `Did you mean ${meant}?`;
  }
  if (field.type === 'text' && (typeof value === 'number' || typeof value === 'boolean')) return 'Put it in quotes.';
  if (field.type === 'number' && typeof value === 'string') return `Write a number, without quotes. ${meaning}`;
  return `Mend it. ${meaning}`;
}

/** zod's issues, found below `base`, as faults. */
export function faultsOf(issues: readonly z.core.$ZodIssue[], base: Path, root: Field, tree: unknown): Finding[] {
  const all = issues.flatMap((issue) => leaves(issue, base));
  return all.flatMap(({ issue, path }) => {
    if (issue.code === 'unrecognized_keys') {
      const problem = 'is not a key that is known here';
      return issue.keys.map((key) => ({ path: [...path, key], problem, remedy: 'Remove it.' }));
    }
    const remedy = remedyFor(fieldAt(root, tree, path), valueAt(tree, path), path);
    return [{ path, problem: issue.message, remedy }];
  });
}
