import { Tokenizer } from 'htmlparser2';

export interface HtmlElement {
  /** In small letters. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: HtmlNode[];
}

export type HtmlNode = string | HtmlElement;

const deepest = 100;
const mostAttributes = 100;
const neverFilled = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'source',
  'wbr',
]);
const endsParagraph = new Set(
  'address article aside blockquote center details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul'.split(
    ' ',
  ),
);
/** What a tag ends without saying so, and what keeps it from reaching further out. */
const endsBefore = new Map<string, { readonly ends: ReadonlySet<string>; readonly within: ReadonlySet<string> }>([
  ['li', { ends: new Set(['li']), within: new Set(['ul', 'ol']) }],
  ['dt', { ends: new Set(['dt', 'dd']), within: new Set(['dl']) }],
  ['dd', { ends: new Set(['dt', 'dd']), within: new Set(['dl']) }],
  ['tr', { ends: new Set(['tr', 'td', 'th', 'caption']), within: new Set(['table', 'thead', 'tbody', 'tfoot']) }],
  ['td', { ends: new Set(['td', 'th']), within: new Set(['tr', 'table']) }],
  ['th', { ends: new Set(['td', 'th']), within: new Set(['tr', 'table']) }],
  ...['thead', 'tbody', 'tfoot'].map(
    (name) => [name, { ends: new Set(['thead', 'tbody', 'tfoot']), within: new Set(['table']) }] as const,
  ),
]);

/**
 * Pure: a tree of HTML as browsers would roughly read it: tags in any order, none of them trusted. Elements nested
 * deeper than 100 levels are left out, their content stays. Takes linear time.
 */
export function htmlTree(html: string): HtmlElement {
  const tree = new Tree();
  let name = '';
  let attributes = new Map<string, string>();
  let [key, value] = ['', ''];
  const open = (): void => {
    tree.open(name, attributes);
    attributes = new Map();
  };
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ontext: (start, end) => tree.text(html.slice(start, end)),
      ontextentity: (point) => tree.text(String.fromCodePoint(point)),
      onopentagname: (start, end) => {
        name = html.slice(start, end).toLowerCase();
      },
      onattribname: (start, end) => {
        [key, value] = [html.slice(start, end).toLowerCase(), ''];
      },
      onattribdata: (start, end) => {
        value += html.slice(start, end);
      },
      onattribentity: (point) => {
        value += String.fromCodePoint(point);
      },
      onattribend: () => {
        if (!attributes.has(key) && attributes.size < mostAttributes) attributes.set(key, value);
      },
      onopentagend: open,
      onselfclosingtag: open,
      onclosetag: (start, end) => tree.close(html.slice(start, end).trim().toLowerCase()),
      oncdata: () => undefined,
      oncomment: () => undefined,
      ondeclaration: () => undefined,
      onprocessinginstruction: () => undefined,
      onend: () => undefined,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return tree.root;
}

class Tree {
  readonly root: HtmlElement = { name: '', attributes: new Map(), children: [] };
  /** Open elements, and into what each one's children go: beyond the deepest level, into its parent. */
  private readonly opened: { readonly name: string; readonly element: HtmlElement }[] = [];
  private readonly openByName = new Map<string, number>();

  text(text: string): void {
    const siblings = this.innermost().children;
    const last = siblings.length - 1;
    const before = siblings[last];
    if (typeof before === 'string') siblings[last] = before + text;
    else siblings.push(text);
  }

  open(name: string, attributes: ReadonlyMap<string, string>): void {
    this.endWhatEndsBefore(name);
    const parent = this.innermost();
    const element: HtmlElement = { name, attributes, children: [] };
    const isShown = this.opened.length < deepest;
    if (isShown) parent.children.push(element);
    if (neverFilled.has(name)) return;
    this.opened.push({ name, element: isShown ? element : parent });
    this.count(name, 1);
  }

  close(name: string): void {
    if (name === 'br') return this.open('br', new Map());
    if ((this.openByName.get(name) ?? 0) === 0) return;
    while (this.pop() !== name);
  }

  private innermost(): HtmlElement {
    return this.opened.at(-1)?.element ?? this.root;
  }

  private endWhatEndsBefore(name: string): void {
    if (endsParagraph.has(name) && this.opened.at(-1)?.name === 'p') this.pop();
    const rule = endsBefore.get(name);
    if (rule === undefined) return;
    // Looks no deeper than anybody nests on purpose, so that a hostile text costs no more than its length.
    for (let at = this.opened.length - 1; at >= Math.max(0, this.opened.length - deepest); at -= 1) {
      const open = this.opened[at]?.name ?? '';
      if (rule.within.has(open)) return;
      if (!rule.ends.has(open)) continue;
      while (this.opened.length > at) this.pop();
    }
  }

  private pop(): string | undefined {
    const name = this.opened.pop()?.name;
    if (name !== undefined) this.count(name, -1);
    return name;
  }

  private count(name: string, by: number): void {
    this.openByName.set(name, (this.openByName.get(name) ?? 0) + by);
  }
}
