import { createContext, createElement, type ComponentChildren, type JSX } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { SideName } from '../../src/sandbox/page.types.js';
import { plainText } from '../../src/sandbox/shown-text.js';
import type { ShownElement, ShownKind, ShownNode, ShownText } from '../../src/sandbox/shown-text.types.js';
import { texts } from './language-in-use.js';
import { fileAddress } from './page-api.js';

/** A text as a tree: there is no markup in it that could be run. */
export function RichText({ text, side }: { readonly text: ShownText; readonly side: SideName }) {
  return <OfSide.Provider value={side}>{text.map(nodeOf)}</OfSide.Provider>;
}

/** Whose pictures a text shows. */
const OfSide = createContext<SideName>('talk');

function nodeOf(node: ShownNode, at: number) {
  return typeof node === 'string' ? node : <Element key={at} element={node} />;
}

type Simple = Exclude<
  ShownKind,
  'link' | 'item' | 'orderedList' | 'spoiler' | 'table' | 'mention' | 'emoji' | 'break' | 'rule' | 'codeBlock'
>;

const tags: Readonly<Record<Simple, keyof JSX.IntrinsicElements>> = {
  paragraph: 'p',
  heading: 'h4',
  quote: 'blockquote',
  list: 'ul',
  row: 'tr',
  headCell: 'th',
  cell: 'td',
  bold: 'strong',
  italic: 'em',
  strike: 's',
  underline: 'u',
  raised: 'sup',
  lowered: 'sub',
  code: 'code',
};

function Element({ element }: { readonly element: ShownElement }) {
  const { is, of, href, start, checked, file } = element;
  const children = of.map(nodeOf);
  switch (is) {
    case 'break':
      return <br />;
    case 'rule':
      return <hr />;
    case 'link':
      return (
        <a {...(href === undefined ? {} : { href })} target="_blank" rel="noreferrer noopener nofollow">
          {children}
        </a>
      );
    case 'emoji':
      return <Emoji name={plainText(of)} {...(file === undefined ? {} : { file })} />;
    case 'mention':
      return <span class="mention">{children}</span>;
    case 'spoiler':
      return <Spoiler>{children}</Spoiler>;
    case 'orderedList':
      return <ol {...(start === undefined ? {} : { start })}>{children}</ol>;
    case 'item':
      return checked === undefined ? (
        <li>{children}</li>
      ) : (
        <li class="task">
          <span role="img" aria-label={checked ? texts.done : texts.open}>
            {checked ? '☑' : '☐'}
          </span>{' '}
          {children}
        </li>
      );
    case 'codeBlock':
      return (
        <pre tabIndex={0}>
          <code>{children}</code>
        </pre>
      );
    case 'table':
      return (
        <div class="table">
          <table>
            <tbody>{children}</tbody>
          </table>
        </div>
      );
    default:
      return createElement(tags[is], null, children);
  }
}

function Emoji({ name, file }: { readonly name: string; readonly file?: string }) {
  const side = useContext(OfSide);
  return file === undefined ? (
    <>{name}</>
  ) : (
    <img class="own-emoji" src={fileAddress(side, file)} alt={name} title={name} />
  );
}

function Spoiler({ children }: { readonly children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  return isOpen ? (
    <span class="spoiler open">{children}</span>
  ) : (
    <button type="button" class="spoiler" aria-label={texts.spoiler} onClick={() => setOpen(true)}>
      <span aria-hidden="true">{children}</span>
    </button>
  );
}
