import type { Parents, Root } from 'mdast';
import { defaultHandlers, type Info, type State } from 'mdast-util-to-markdown';

type Unsafe = State['unsafe'][number];

/** An address in `<` and `>`, or as much of one as there is before something that is not text. */
const inAngles = String.raw`(?:[A-Za-z][A-Za-z0-9+.-]*(?::[^\s<>]*(?:>|$)|$)|[^\s<>@]+(?:@[^\s<>]*(?:>|$)|$))`;
/** Brackets that name nothing: behind them stands neither an address nor a definition, and they are no box of a task. */
const named = String.raw`(?![^[\]\s][^[\]\r\n]+\](?:[^(:[]|$))`;

/**
 * What the library takes for a mark, by its pattern, and what must stand beside it for it to be one. What is not found
 * here is escaped as the library does.
 */
const narrower = new Map<string, Pick<Unsafe, 'before' | 'after'>>([
  ['&[#A-Za-z]', { after: '(?:#[0-9]|#[xX][0-9A-Fa-f]|[A-Za-z][A-Za-z0-9]*;)' }],
  ['<[!/?A-Za-z]', { after: inAngles }],
  ['[', { after: named }],
  [String.raw`[+\-.\w]@[\-.\w]`, { after: String.raw`(?:[-\w]*\.[-.\w]|[-\w]+$)` }],
  [String.raw`[Ww].[\-.\w]`, { before: '[Ww]{3}' }],
  [String.raw`[ps]:\/`, { before: '[Hh][Tt][Tt][Pp][Ss]?', after: String.raw`\/(?:\/|$)` }],
]);

const narrowed = new WeakMap<Unsafe, Unsafe>();

function narrow(pattern: Unsafe): Unsafe {
  const known = narrowed.get(pattern);
  if (known !== undefined) return known;
  const { _compiled, ...given } = pattern;
  const closer = narrower.get(`${given.before ?? ''}${given.character}${given.after ?? ''}`);
  const isLabel = Array.isArray(given.inConstruct) && !given.inConstruct.includes('phrasing');
  const made = closer === undefined || isLabel ? pattern : { ...given, ...closer };
  narrowed.set(pattern, made);
  return made;
}

/** Writes a whole text with fewer backslashes: the library escapes what could mean something elsewhere. */
export function rootWithFewerEscapes(root: Root, parent: Parents | undefined, state: State, info: Info): string {
  state.unsafe = state.unsafe.map(narrow);
  return defaultHandlers.root(root, parent, state, info);
}
