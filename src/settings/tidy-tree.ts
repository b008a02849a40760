import { nearest } from './nearest.js';
import { fieldsFor, fileFieldOf, type Field } from './settings-fields.js';
import type { Finding } from './settings-faults.js';
import { isTree, setOwn, type Path, type Tree } from './settings-tree.js';

/** What a walk over the tree found. Paths in `blamed` need no second fault. */
export interface TidyResult {
  readonly faults: readonly Finding[];
  readonly blamed: readonly Path[];
}

/** Takes unknown and empty keys out of the tree, changing it, and says what they were. */
export function tidyTree(root: Field, tree: Tree): TidyResult {
  const faults: Finding[] = [];
  const blamed: Path[] = [];

  const unknown = (path: Path, known: readonly string[]): string | undefined => {
    const meant = nearest(String(path.at(-1)), known);
    const remedy = meant === undefined ? `Remove it. Known here: ${known.join(', ')}.` : `Did you mean ${meant}?`;
    faults.push({ path, problem: 'is not a key that is known here', remedy });
    return meant;
  };

  const visit = (field: Field, value: unknown, path: Path): void => {
    if (Array.isArray(value) && field.kind === 'list') {
      for (const [index, item] of value.entries()) visit(field.item, item, [...path, index]);
    }
    if (!isTree(value)) return;
    if (field.kind === 'map') {
      for (const [key, inner] of Object.entries(value)) {
        // A key with nothing below it: what it lacks is said by the checks.
        if (inner === null) setOwn(value, key, {});
        visit(field.entry, value[key], [...path, key]);
      }
    }
    if (field.kind !== 'section' && field.kind !== 'choice') return;
    const fields = fieldsFor(field, value);
    const known = [...fields].flatMap(([name, { secret }]) => (secret ? [name, fileFieldOf(name)] : [name]));
    const secretNames = new Map([...fields.keys()].map((name) => [fileFieldOf(name), name]));
    const open = field.kind === 'section' ? !field.closed : [...field.options.values()].some(({ closed }) => !closed);
    for (const [key, inner] of Object.entries(value)) {
      const own = [...path, key];
      const innerField = fields.get(key);
      if (innerField === undefined && !known.includes(key)) {
        if (open) continue;
        const meant = unknown(own, known);
        // The key that was meant is not missing as well.
        if (meant !== undefined && !Object.hasOwn(value, meant))
          blamed.push([...path, secretNames.get(meant) ?? meant]);
        delete value[key];
      } else if (inner === null) {
        delete value[key];
        // A section all of whose lines are comments is as good as none; a value that is left out is not.
        if (innerField !== undefined && innerField.kind !== 'value') continue;
        blamed.push(own);
        faults.push({ path: own, problem: 'has no value', remedy: 'Give it one, or remove the key.' });
      } else if (innerField !== undefined) {
        visit(innerField, inner, own);
      }
    }
  };

  visit(root, tree, []);
  return { faults, blamed };
}
