import { resolve } from 'node:path';
import type { ReadFile } from './file-reader.js';
import { fieldsFor, fileFieldOf, type Field } from './settings-fields.js';
import type { Finding } from './settings-faults.js';
import { isTree, setOwn, type Path, type Tree } from './settings-tree.js';

export interface SecretFilesResult {
  readonly faults: readonly Finding[];
  readonly warnings: readonly string[];
  /** Secrets that could not be read, and so need no fault for being missing. */
  readonly blamed: readonly Path[];
}

export interface SecretFilesOptions {
  readonly readFile: ReadFile;
  /** The folder that a relative path begins from, given the path of the key that holds it. */
  folderFor(path: Path): string;
}

interface Named {
  readonly section: Tree;
  readonly name: string;
  readonly path: Path;
}

/** Every secret that is given by the name of a file. */
function* namedFiles(field: Field, value: unknown, path: Path): Generator<Named> {
  if (field.kind === 'list' && Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* namedFiles(field.item, item, [...path, index]);
  }
  if (!isTree(value)) return;
  if (field.kind === 'map') {
    for (const [key, inner] of Object.entries(value)) yield* namedFiles(field.entry, inner, [...path, key]);
  }
  if (field.kind !== 'section' && field.kind !== 'choice') return;
  for (const [name, inner] of fieldsFor(field, value)) {
    if (inner.secret && Object.hasOwn(value, fileFieldOf(name))) yield { section: value, name, path };
    else yield* namedFiles(inner, value[name], [...path, name]);
  }
}

/** Puts the contents of secret files in the place of their names, changing the tree. */
export async function readSecretFiles(
  root: Field,
  tree: Tree,
  options: SecretFilesOptions,
): Promise<SecretFilesResult> {
  const faults: Finding[] = [];
  const warnings: string[] = [];
  const blamed: Path[] = [];

  for (const { section, name, path } of [...namedFiles(root, tree, [])]) {
    const fileName = fileFieldOf(name);
    const filePath = [...path, fileName];
    const file = section[fileName];
    delete section[fileName];
    const blame = (problem: string, remedy: string): void => {
      faults.push({ path: filePath, problem, remedy });
      blamed.push([...path, name]);
    };

    if (Object.hasOwn(section, name)) {
      blame(`is set beside ${name}`, `Keep one of the two: ${name} or ${fileName}.`);
      continue;
    }
    if (typeof file !== 'string' || file === '') {
      blame('must be the path of a file', `Write the path of a file that holds the secret and nothing else.`);
      continue;
    }
    const absolute = resolve(options.folderFor(filePath), file);
    const read = await options.readFile(absolute);
    if (read.text === undefined) {
      blame(`names ${absolute}, but ${read.reason}`, 'Make the file, or let the user of Crosstalk read it.');
      continue;
    }
    // Editors and `echo` end a file with a line break that is no part of the secret.
    const secret = read.text.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '');
    if (secret.trim() === '') {
      blame(`names ${absolute}, which is empty`, 'Write the secret into it.');
      continue;
    }
    if (read.readableBy === 'everybody') {
      warnings.push(`${absolute} holds a secret and can be read by every user of this machine: chmod 600 mends that.`);
    }
    setOwn(section, name, secret);
  }
  return { faults, warnings, blamed };
}
