import type { Association, Definition, ListItem as TreeItem, Node, PhrasingContent, RootContent } from 'mdast';
import type { Block, Inline, ListItem, RichText } from '../model/rich-text.js';
import type { MarkdownTree } from './markdown-tree.js';
import { namesAddress } from './plain.js';

/** What a `{name}` within a text stands for. */
export interface Placeholder {
  readonly inline: Inline;
  /** The same within code, where it stands for what was typed. */
  readonly typed: string;
}

export type Fill = (name: string) => Placeholder | undefined;

const placeholder = /\{([A-Za-z0-9._-]+)\}/g;

/** Reads one tree; remembers what its references refer to. */
export class MarkdownReader {
  /** The first of those that define the same counts. */
  readonly #definitions = new Map<string, Definition>();
  readonly #references: ReadonlySet<string>;

  constructor(
    private readonly tree: MarkdownTree,
    private readonly fill: Fill,
  ) {
    for (const node of tree.children) {
      if (node.type !== 'definition' || this.#definitions.has(node.identifier)) continue;
      this.#definitions.set(node.identifier, node);
    }
    this.#references = new Set(referencesIn(tree.children));
  }

  body(): RichText {
    return this.#blocks(this.tree.children);
  }

  #blocks(nodes: readonly RootContent[]): Block[] {
    return nodes.flatMap((node) => this.#block(node));
  }

  #block(node: RootContent): Block[] {
    switch (node.type) {
      case 'paragraph':
        return paragraph(this.#inlines(node.children));
      case 'heading':
        return [{ type: 'heading', level: node.depth, content: this.#inlines(node.children) }];
      case 'blockquote':
        return [{ type: 'quote', content: this.#blocks(node.children) }];
      case 'list': {
        const items = node.children.map((item) => this.#item(item));
        return [{ type: 'list', ordered: node.ordered === true, start: node.start ?? 1, items }];
      }
      case 'code': {
        const language = node.lang ?? undefined;
        const text = this.#code(node.value);
        return [{ type: 'code', ...(language === undefined ? {} : { language }), text }];
      }
      case 'table': {
        const [head = [], ...rows] = node.children.map((row) =>
          row.children.map((cell) => this.#inlines(cell.children)),
        );
        return [{ type: 'table', head, rows }];
      }
      case 'thematicBreak':
        return [{ type: 'rule' }];
      case 'footnoteDefinition':
        return withBeginning(`[^${node.label ?? node.identifier}]:`, this.#blocks(node.children));
      case 'definition': {
        // Its address stands in the link; what no link uses is shown as it was typed.
        const isUsed = this.#definitions.get(node.identifier) === node && this.#references.has(node.identifier);
        return isUsed ? [] : paragraph(this.#asTyped(node));
      }
      default:
        return paragraph(this.#asTyped(node));
    }
  }

  #item(node: TreeItem): ListItem {
    const content = this.#blocks(node.children);
    return typeof node.checked === 'boolean' ? { checked: node.checked, content } : { content };
  }

  #inlines(nodes: readonly PhrasingContent[]): Inline[] {
    return joined(nodes.flatMap((node) => this.#inline(node)));
  }

  #inline(node: PhrasingContent): Inline[] {
    switch (node.type) {
      case 'text':
        return this.#text(node.value);
      case 'strong':
        return [{ type: 'bold', content: this.#inlines(node.children) }];
      case 'emphasis':
        return [{ type: 'italic', content: this.#inlines(node.children) }];
      case 'delete':
        return [{ type: 'strike', content: this.#inlines(node.children) }];
      case 'inlineCode':
        return [{ type: 'code', text: this.#code(node.value) }];
      case 'break':
        return [{ type: 'break' }];
      case 'link':
        return this.#link(node, node.url, this.#inlines(node.children));
      case 'image':
        return this.#link(node, node.url, this.#text(node.alt ?? ''));
      case 'linkReference': {
        const url = this.#addressOf(node);
        return url === undefined ? this.#asTyped(node) : this.#link(node, url, this.#inlines(node.children));
      }
      case 'imageReference': {
        const url = this.#addressOf(node);
        return url === undefined ? this.#asTyped(node) : this.#link(node, url, this.#text(node.alt ?? ''));
      }
      default:
        return this.#asTyped(node);
    }
  }

  /** A link that leads nowhere is its text. */
  #link(node: Node, url: string, content: readonly Inline[]): Inline[] {
    if (url !== '') return link(url, content);
    return content.length === 0 ? this.#asTyped(node) : [...content];
  }

  #addressOf({ identifier }: Association): string | undefined {
    return this.#definitions.get(identifier)?.url;
  }

  /** Lines with their placeholders filled in. */
  #text(text: string): Inline[] {
    return text.split('\n').flatMap((line, index): Inline[] => {
      const filled = this.#filled(line);
      return index === 0 ? filled : [{ type: 'break' }, ...filled];
    });
  }

  #filled(line: string): Inline[] {
    const inlines: Inline[] = [];
    let from = 0;
    for (const match of line.matchAll(placeholder)) {
      const filled = this.fill(match[1] ?? '');
      if (filled === undefined) continue;
      if (match.index > from) inlines.push({ type: 'text', text: line.slice(from, match.index) });
      inlines.push(filled.inline);
      from = match.index + match[0].length;
    }
    if (from < line.length) inlines.push({ type: 'text', text: line.slice(from) });
    return inlines;
  }

  #code(value: string): string {
    return value.replaceAll(placeholder, (written, name: string) => this.fill(name)?.typed ?? written);
  }

  #asTyped({ position }: Node): Inline[] {
    const { start, end } = position ?? {};
    return this.#text(this.tree.source.slice(start?.offset, end?.offset));
  }
}

/** Texts beside each other are one. */
function joined(inlines: readonly Inline[]): Inline[] {
  return inlines.reduce<Inline[]>((before, inline) => {
    const last = before.at(-1);
    if (inline.type !== 'text' || last?.type !== 'text') before.push(inline);
    else before[before.length - 1] = { type: 'text', text: last.text + inline.text };
    return before;
  }, []);
}

/** The links whose address stands elsewhere, by the name that it has there. */
function* referencesIn(nodes: readonly (RootContent | PhrasingContent)[]): Iterable<string> {
  for (const node of nodes) {
    if (node.type === 'linkReference' || node.type === 'imageReference') yield node.identifier;
    if ('children' in node) yield* referencesIn(node.children);
  }
}

/** An address that was not written as a link ends at a bracket. */
function link(url: string, content: readonly Inline[]): Inline[] {
  const end = url.indexOf('<');
  const [label, ...others] = content;
  if (end < 0) return [{ type: 'link', url, content }];
  if (others.length > 0 || label?.type !== 'text' || !namesAddress(label.text, url)) {
    return [{ type: 'link', url: url.replaceAll('<', '%3C'), content }];
  }
  const cut = label.text.indexOf('<');
  return [
    { type: 'link', url: url.slice(0, end), content: [{ type: 'text', text: label.text.slice(0, cut) }] },
    { type: 'text', text: label.text.slice(cut) },
  ];
}

function withBeginning(text: string, blocks: readonly Block[]): Block[] {
  const [first, ...others] = blocks;
  if (first?.type !== 'paragraph') return [...paragraph([{ type: 'text', text }]), ...blocks];
  return [{ ...first, content: joined([{ type: 'text', text: `${text} ` }, ...first.content]) }, ...others];
}

function paragraph(content: readonly Inline[]): Block[] {
  return content.length === 0 ? [] : [{ type: 'paragraph', content }];
}
