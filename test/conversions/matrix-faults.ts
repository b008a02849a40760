import { fromHtml } from 'hast-util-from-html';
import { sanitize, type Schema } from 'hast-util-sanitize';
import type { JsonObject } from '../../src/adapters/matrix/matrix.payloads.js';

/** In bytes of canonical JSON. Source: client-server API, "Size limits". */
export const largestEvent = 65_536;

/** Source: client-server API, "m.room.message msgtypes" and, for `matrix:`, "URIs". */
const matrixHtml: Schema = {
  tagNames:
    'del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th td caption pre span img details summary'.split(
      ' ',
    ),
  attributes: {
    a: ['target', 'href'],
    ol: ['start'],
    code: [['className', /^language-/]],
    span: ['dataMxBgColor', 'dataMxColor', 'dataMxSpoiler', 'dataMxMaths'],
    img: ['width', 'height', 'alt', 'title', 'src'],
  },
  protocols: { href: ['https', 'http', 'ftp', 'mailto', 'magnet', 'matrix'], src: ['mxc'] },
  ancestors: { li: ['ul', 'ol'] },
  strip: ['script', 'style'],
};

/** An event as the homeserver measures it, short of hashes and signatures. */
export function bytesOf(content: JsonObject): number {
  const event = {
    type: 'm.room.message',
    room_id: `!${'r'.repeat(254)}`,
    sender: `@${'s'.repeat(254)}`,
    origin_server_ts: 1_795_246_880_000,
    content: { ...content, 'org.crosstalk.delivery': 'K'.repeat(46) },
  };
  return Buffer.byteLength(JSON.stringify(event));
}

/** What of Matrix's rules a content breaks; nothing, if all is well. */
export function faults(content: JsonObject): string[] {
  const { body, formatted_body: html } = content;
  return [
    ...(/\S/u.test(String(body)) ? [] : ['nothing is said']),
    ...(JSON.stringify(content).isWellFormed() ? [] : ['lone surrogates']),
    ...(bytesOf(content) <= largestEvent ? [] : ['length of an event']),
    ...(typeof html === 'string' ? faultsOfHtml(html) : []),
  ];
}

/** What is no whole HTML, and what a sanitizer takes away since Matrix does not allow it. */
export function faultsOfHtml(html: string): string[] {
  const tree = parsed(html);
  const sanitized = plainTree(sanitize(tree.root as Parameters<typeof sanitize>[0], matrixHtml));
  return [...tree.faults, ...(JSON.stringify(sanitized) === JSON.stringify(tree.root) ? [] : [`not allowed: ${html}`])];
}

export function treeOf(html: string): object {
  const { root, faults: found } = parsed(html);
  expect(found).toEqual([]);
  return root;
}

function parsed(html: string): { readonly root: object; readonly faults: readonly string[] } {
  const found: string[] = [];
  const tree = fromHtml(html, { fragment: true, onerror: ({ message }) => void found.push(message) });
  return { root: plainTree(tree), faults: found };
}

/** A tree without where its nodes stood. */
function plainTree(tree: object): object {
  return JSON.parse(
    JSON.stringify(tree, (name, value: unknown) => (name === 'position' || name === 'data' ? undefined : value)),
  ) as object;
}
