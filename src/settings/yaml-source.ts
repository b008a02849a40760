import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document, type YAMLError } from 'yaml';
import type { FaultPlace, Finding } from './settings-faults.js';
import { isTree, pathText, type Path, type Tree } from './settings-tree.js';

export interface YamlSource {
  readonly tree: Tree;
  readonly faults: readonly Finding[];
  /** False where the text could not be understood at all: nothing else can be said about it. */
  readonly readable: boolean;
  /** The place of the key at the path, or of the nearest key above it. */
  whereIs(path: Path): FaultPlace | undefined;
}

interface Found {
  readonly path: Path;
  readonly offset: number;
  readonly isKey: boolean;
}

/** Every key and list entry with the place where it begins. */
function* placesIn(node: unknown, path: Path): Generator<Found> {
  if (isMap(node)) {
    for (const pair of node.items) {
      if (!isPair(pair) || !isScalar(pair.key)) continue;
      const own = [...path, String(pair.key.value)];
      if (pair.key.range) yield { path: own, offset: pair.key.range[0], isKey: true };
      yield* placesIn(pair.value, own);
    }
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const own = [...path, index];
      const range = (item as { readonly range?: readonly number[] | null }).range;
      if (range?.[0] !== undefined) yield { path: own, offset: range[0], isKey: false };
      yield* placesIn(item, own);
    }
  }
}

const empty = (document: Document): boolean => document.contents === null;

/** Reads the text of a settings file. Never throws. */
export function readYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    // Looked for below: the parser compares each key with all others, which takes long where there are thousands of links.
    uniqueKeys: false,
  });
  const placeOf = (offset: number): FaultPlace => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const offsets = new Map<string, number>();
  const again: Finding[] = [];
  for (const { path, offset, isKey } of placesIn(document.contents, [])) {
    const name = pathText(path);
    if (!offsets.has(name)) offsets.set(name, offset);
    else if (isKey && path.at(-1) !== '<<') {
      again.push({ path, where: placeOf(offset), problem: 'is set twice', remedy: 'Keep one of the two.' });
    }
  }

  const whereIs = (path: Path): FaultPlace | undefined => {
    for (let length = path.length; length > 0; length -= 1) {
      const offset = offsets.get(pathText(path.slice(0, length)));
      if (offset !== undefined) return placeOf(offset);
    }
    return undefined;
  };

  const faultOf = (error: YAMLError): Finding => ({
    path: [file],
    where: placeOf(error.pos[0]),
    problem: `is not valid YAML: ${error.message}`,
    remedy: 'Mend the file at this place.',
  });

  const faults = [...[...document.errors, ...document.warnings].map(faultOf), ...again];
  if (document.errors.length > 0) return { tree: {}, faults, readable: false, whereIs };
  if (empty(document)) return { tree: {}, faults, readable: true, whereIs };
  const tree = plainValueOf(document);
  if (isTree(tree)) return { tree, faults, readable: true, whereIs };
  const problem = 'does not hold keys with values';
  const remedy = 'Write it as `key: value`, as in config/crosstalk.example.yaml.';
  return { tree: {}, faults: [...faults, { path: [file], problem, remedy }], readable: false, whereIs };
}

function plainValueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (cause) {
    // Only a text whose aliases unfold without end gets here.
    if (cause instanceof ReferenceError) return undefined;
    throw cause;
  }
}
