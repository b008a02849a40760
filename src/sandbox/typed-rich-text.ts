import type { ShownElement, ShownNode, ShownText } from './shown-text.types.js';
import { shownMarkdown } from './shown-markdown.js';
import { plainText } from './shown-text.js';

type Style = Readonly<Record<string, true>>;
type Element = Readonly<Record<string, unknown>>;

const styles: Readonly<Record<string, string>> = { bold: 'bold', italic: 'italic', strike: 'strike', code: 'code' };

/** Pure: the block that a Slack client sends for a typed text; none where nothing is typed. */
export function typedRichText(typed: string): readonly Element[] {
  const elements = shownMarkdown(typed).flatMap((node) => (typeof node === 'string' ? [] : blockOf(node)));
  return elements.length === 0 ? [] : [{ type: 'rich_text', elements }];
}

function blockOf(node: ShownElement, indent = 0): Element[] {
  switch (node.is) {
    case 'heading':
      return [section(inlines(node.of, { bold: true }))];
    case 'quote':
      return [{ type: 'rich_text_quote', elements: inlines(lines(node.of), {}) }];
    case 'codeBlock':
      return [{ type: 'rich_text_preformatted', border: 0, elements: [{ type: 'text', text: plainText(node.of) }] }];
    case 'list':
    case 'orderedList':
      return listOf(node, indent);
    case 'table':
      return [{ type: 'rich_text_preformatted', border: 0, elements: [{ type: 'text', text: plainText([node]) }] }];
    case 'rule':
      return [section([{ type: 'text', text: '———' }])];
    default: {
      const elements = inlines(node.of, {});
      return elements.length === 0 ? [] : [section(elements)];
    }
  }
}

function section(elements: readonly Element[]): Element {
  return { type: 'rich_text_section', elements };
}

/** Slack's lists do not nest: a list within one is another list, further in. */
function listOf(node: ShownElement, indent: number): Element[] {
  const found: Element[] = [];
  let items: Element[] = [];
  const style = node.is === 'orderedList' ? 'ordered' : 'bullet';
  const end = (): void => {
    if (items.length > 0) found.push({ type: 'rich_text_list', style, indent, border: 0, elements: items });
    items = [];
  };
  for (const item of node.of) {
    if (typeof item === 'string') continue;
    const isList = (child: ShownNode): child is ShownElement =>
      typeof child !== 'string' && (child.is === 'list' || child.is === 'orderedList');
    const own = inlines(lines(item.of.filter((child) => !isList(child))), {});
    items.push(section(own.length === 0 ? [{ type: 'text', text: ' ' }] : own));
    const inner = item.of.filter(isList);
    if (inner.length > 0) end();
    found.push(...inner.flatMap((each) => listOf(each, indent + 1)));
  }
  end();
  return found;
}

/** Paragraphs within something else are lines of it. */
function lines(text: ShownText): ShownText {
  return text.flatMap((node, at): ShownNode[] => {
    if (typeof node === 'string' || node.is !== 'paragraph') return [node];
    return at === 0 ? [...node.of] : [{ is: 'break', of: [] }, ...node.of];
  });
}

function inlines(text: ShownText, style: Style): Element[] {
  return text.flatMap((node) => inlineOf(node, style));
}

function inlineOf(node: ShownNode, style: Style): Element[] {
  const styled = Object.keys(style).length === 0 ? {} : { style };
  if (typeof node === 'string') return node === '' ? [] : [{ type: 'text', text: node, ...styled }];
  if (node.is === 'break') return [{ type: 'text', text: '\n' }];
  if (node.is === 'link') {
    const label = plainText(node.of);
    const text = label === '' || label === node.href ? {} : { text: label };
    return [{ type: 'link', url: node.href ?? '', ...text, ...styled }];
  }
  const name = styles[node.is];
  return inlines(node.of, name === undefined ? style : { ...style, [name]: true });
}
