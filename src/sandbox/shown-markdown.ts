import type { ListItem, PhrasingContent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { safeHref, shownPlain } from './shown-text.js';
import type { ShownElement, ShownKind, ShownNode, ShownText } from './shown-text.types.js';

type Node = RootContent | PhrasingContent;

/** What stands for a `{name}` in the text: a mention, a file. Undefined: nothing does, it stays as it is. */
export type Fill = (name: string) => ShownNode | undefined;

const nothing: Fill = () => undefined;
const parsing = {
  extensions: [gfm(), { disable: { null: ['htmlFlow', 'htmlText'] } }],
  mdastExtensions: [gfmFromMarkdown()],
};
/** No person writes that many; to read them takes more than linear time. */
const mostMarks = 2000;
const marks = /[*_~[\]]/g;
const tooDeep = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))){30}/m;
const placeholder = /\{([A-Za-z0-9._-]+)\}/g;

/** Pure: a text of Markdown as the clients show it that speak GitHub's dialect. HTML in it is text. */
export function shownMarkdown(markdown: string, fill: Fill = nothing): ShownText {
  if (tooDeep.test(markdown) || (markdown.match(marks)?.length ?? 0) > mostMarks) return shownPlain(markdown);
  const tree = fromMarkdown(markdown, parsing);
  return tree.children.flatMap((node) => shown(node, fill));
}

/** Pure: a text without Markdown, with what stands for its placeholders. */
export function filled(text: string, fill: Fill): ShownNode[] {
  const nodes: ShownNode[] = [];
  let from = 0;
  for (const { 0: whole, 1: name = '', index } of text.matchAll(placeholder)) {
    const node = fill(name);
    if (node === undefined) continue;
    if (index > from) nodes.push(text.slice(from, index));
    nodes.push(node);
    from = index + whole.length;
  }
  if (from < text.length) nodes.push(text.slice(from));
  return nodes;
}

function shown(node: Node, fill: Fill): ShownNode[] {
  const within = (is: ShownKind, more: Partial<ShownElement> = {}): ShownNode[] =>
    'children' in node ? [{ is, of: node.children.flatMap((child) => shown(child, fill)), ...more }] : [];
  switch (node.type) {
    case 'paragraph':
      return within('paragraph');
    case 'heading':
      return within('heading');
    case 'blockquote':
      return within('quote');
    case 'list': {
      const isOrdered = node.ordered === true;
      const start = node.start ?? 1;
      return within(isOrdered ? 'orderedList' : 'list', isOrdered && start !== 1 ? { start } : {});
    }
    case 'listItem':
      return [item(node, fill)];
    case 'code':
      return [{ is: 'codeBlock', of: [node.value] }];
    case 'table':
      return [{ is: 'table', of: node.children.map((row, at) => tableRow(row.children, at === 0, fill)) }];
    case 'tableRow':
      return within('row');
    case 'tableCell':
      return within('cell');
    case 'thematicBreak':
      return [{ is: 'rule', of: [] }];
    case 'strong':
      return within('bold');
    case 'emphasis':
      return within('italic');
    case 'delete':
      return within('strike');
    case 'inlineCode':
      return [{ is: 'code', of: [node.value] }];
    case 'break':
      return [{ is: 'break', of: [] }];
    case 'link': {
      const href = safeHref(node.url);
      return href === undefined ? node.children.flatMap((child) => shown(child, fill)) : within('link', { href });
    }
    case 'text':
      return lines(node.value, fill);
    case 'image':
      return node.alt === null || node.alt === undefined ? [] : [node.alt];
    default:
      // References and footnotes, which clients leave to their words.
      return 'children' in node ? node.children.flatMap((child) => shown(child, fill)) : [];
  }
}

/** Clients show the ends of lines within a paragraph. */
function lines(text: string, fill: Fill): ShownNode[] {
  return text
    .split('\n')
    .flatMap((line, at) => [...(at === 0 ? [] : [{ is: 'break', of: [] } as const]), ...filled(line, fill)]);
}

function item(node: ListItem, fill: Fill): ShownElement {
  // The words of a tight list stand beside their mark.
  const of = node.children.flatMap((child) =>
    child.type === 'paragraph' && node.spread !== true
      ? child.children.flatMap((each) => shown(each, fill))
      : shown(child, fill),
  );
  return { is: 'item', of, ...(typeof node.checked === 'boolean' ? { checked: node.checked } : {}) };
}

function tableRow(cells: readonly { readonly children: readonly Node[] }[], isHead: boolean, fill: Fill): ShownElement {
  return {
    is: 'row',
    of: cells.map(({ children }) => ({
      is: isHead ? ('headCell' as const) : ('cell' as const),
      of: children.flatMap((child) => shown(child, fill)),
    })),
  };
}
