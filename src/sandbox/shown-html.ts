import { Parser } from 'htmlparser2';
import { isBlock, safeHref } from './shown-text.js';
import type { ShownElement, ShownKind, ShownNode, ShownText } from './shown-text.types.js';

const kinds: ReadonlyMap<string, ShownKind> = new Map<string, ShownKind>([
  ['p', 'paragraph'],
  ['div', 'paragraph'],
  ...(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const).map((name) => [name, 'heading'] as const),
  ['blockquote', 'quote'],
  ['ul', 'list'],
  ['ol', 'orderedList'],
  ['li', 'item'],
  ['pre', 'codeBlock'],
  ['table', 'table'],
  ['tr', 'row'],
  ['th', 'headCell'],
  ['td', 'cell'],
  ['hr', 'rule'],
  ['b', 'bold'],
  ['strong', 'bold'],
  ['i', 'italic'],
  ['em', 'italic'],
  ['s', 'strike'],
  ['del', 'strike'],
  ['strike', 'strike'],
  ['u', 'underline'],
  ['ins', 'underline'],
  ['sup', 'raised'],
  ['sub', 'lowered'],
  ['code', 'code'],
  ['br', 'break'],
]);
const silent = new Set(['mx-reply', 'script', 'style', 'head', 'title', 'template', 'noscript', 'iframe', 'object']);
/** Between these only blanks stand that mean nothing. */
const structures: ReadonlySet<ShownKind> = new Set<ShownKind>(['list', 'orderedList', 'table', 'row']);
/** Deeper than this nothing opens any more; its words stay. */
const deepest = 60;
const pill = /^https:\/\/matrix\.to\/#\//;

interface Open {
  readonly name: string;
  /** Undefined: it says nothing that we show, but its children do. */
  readonly shown: (ShownElement & { readonly of: ShownNode[] }) | undefined;
}

/** Pure: what Matrix's clients show of a message's HTML. Whatever they do not know is left out, its words stay. */
export function shownHtml(html: string): ShownText {
  const root: ShownNode[] = [];
  const open: Open[] = [];
  let hiddenIn = 0;
  const inner = (): ShownElement | undefined => open.findLast(({ shown }) => shown !== undefined)?.shown;
  const put = (node: ShownNode): void => {
    ((inner()?.of as ShownNode[] | undefined) ?? root).push(node);
  };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (silent.has(name)) hiddenIn += 1;
        const shown = hiddenIn > 0 || open.length >= deepest ? undefined : elementOf(name, attributes);
        const words = hiddenIn > 0 ? '' : (attributes['alt'] ?? attributes['title'] ?? '');
        if (name === 'img' && words !== '') put(pictureIn(attributes, words));
        // The code of a block is in an element of its own.
        const isBlocksCode = name === 'code' && inner()?.is === 'codeBlock';
        if (shown !== undefined && !isBlocksCode) put(shown);
        open.push({ name, shown: isBlocksCode ? undefined : shown });
      },
      ontext(text) {
        if (hiddenIn > 0) return;
        const within = inner();
        if (within !== undefined && structures.has(within.is) && text.trim() === '') return;
        const isCode = open.some(({ shown }) => shown?.is === 'codeBlock');
        put(isCode ? text : text.replaceAll(/[ \t\n\r\f]+/g, ' '));
      },
      onclosetag(name) {
        if (silent.has(name)) hiddenIn -= 1;
        open.pop();
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.end(html);
  return root.filter(
    (node, at) => typeof node !== 'string' || node.trim() !== '' || (isInline(root[at - 1]) && isInline(root[at + 1])),
  );
}

function isInline(node: ShownNode | undefined): boolean {
  return typeof node === 'string' || (node !== undefined && !isBlock(node));
}

function elementOf(name: string, attributes: Readonly<Record<string, string>>): Open['shown'] {
  if (name === 'a') return linkOf(attributes['href'] ?? '');
  if (name === 'span' && 'data-mx-spoiler' in attributes) return { is: 'spoiler', of: [] };
  if ((name === 'span' || name === 'div') && 'data-mx-maths' in attributes) return { is: 'code', of: [] };
  const is = kinds.get(name);
  if (is === undefined) return undefined;
  const start = Number(attributes['start'] ?? '1');
  return { is, of: [], ...(is === 'orderedList' && Number.isSafeInteger(start) && start !== 1 ? { start } : {}) };
}

/** Clients show the homeserver's own files alone. */
function pictureIn(attributes: Readonly<Record<string, string>>, words: string): ShownNode {
  const { src = '' } = attributes;
  return 'data-mx-emoticon' in attributes && src.startsWith('mxc://') ? { is: 'emoji', file: src, of: [words] } : words;
}

function linkOf(href: string): Open['shown'] {
  const safe = safeHref(href);
  if (safe === undefined) return undefined;
  return pill.test(safe) ? { is: 'mention', of: [] } : { is: 'link', of: [], href: safe };
}
