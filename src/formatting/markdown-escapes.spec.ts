import type { Inline } from '../model/rich-text.js';
import { fromMarkdown, toMarkdown } from './markdown.js';
import { toPlain } from './plain.js';
import { runsOf } from './runs.js';

const bold: Inline = { type: 'bold', content: [{ type: 'text', text: 'b' }] };
/** A text beside something marked: it cannot be left as it was typed as a whole. */
const beside = (text: string): string =>
  toMarkdown([{ type: 'paragraph', content: [{ type: 'text', text: `${text} ` }, bold] }], { mention: () => '' });

/** What is read of a text, whether parts of it are links or not. */
const signsOf = (markdown: string): string =>
  fromMarkdown(markdown)
    .flatMap((block) => (block.type === 'paragraph' ? runsOf(block.content) : []))
    .map(({ leaf }) => ('text' in leaf ? leaf.text : ''))
    .join('');

describe('toMarkdown: backslashes in a text that is partly marked', () => {
  it.each([
    'AT&T & a=1&b=2 &co',
    '<b>bold</b>, <br/> and a < b',
    '[draft] and [a, b] (c)',
    'x@home, fair@example.org and raw.example.org',
    'apps:/x',
  ])('none where none is needed: %j', (text) => {
    expect(beside(text)).toBe(`${text} **b**`);
  });

  it.each([
    ['&amp; &#38; &#x26;', String.raw`\&amp; \&#38; \&#x26;`],
    ['<mailto:a@example.org>', String.raw`\<mailto:a@example.org>`],
    ['[a](b)', String.raw`\[a]\(b)`],
    ['[a]: b', String.raw`\[a]: b`],
    ['[x] a', String.raw`\[x] a`],
    ['[^1]: a', String.raw`\[^1]: a`],
    ['*a* _b_ ~c~ `d`', String.raw`\*a\* \_b\_ \~c\~ \`d\``],
  ])('one where it would mean something: %j', (text, written) => {
    expect(beside(text)).toBe(`${written} **b**`);
    expect(toPlain(fromMarkdown(beside(text)))).toBe(`${text} b`);
  });

  it('an address is as it was in links too', () => {
    const url = 'https://example.org/?a=1&b=2&copy;=3';
    const link: Inline = { type: 'link', url, content: [{ type: 'text', text: 'l' }] };
    const written = toMarkdown([{ type: 'paragraph', content: [link] }], { mention: () => '' });
    expect(written).toBe(String.raw`[l](https://example.org/?a=1&b=2\&copy;=3)`);
    expect(fromMarkdown(written)).toEqual([{ type: 'paragraph', content: [link] }]);
  });

  it.each(['https://example.org/a_b&amp;', '@www.example.org/*a*', 'www.example.org\\', 'ࠀhttps://example.org/a_b'])(
    'an address begins and ends where Markdown takes one for it: %j',
    (text) => expect(signsOf(beside(text))).toBe(`${text} b`),
  );

  it('in a list and in marks mail addresses lead to whom they name', () => {
    const content: Inline[] = [{ type: 'italic', content: [{ type: 'text', text: 'a_b@example.org' }] }];
    const items = [{ content: [{ type: 'paragraph' as const, content }] }];
    expect(toMarkdown([{ type: 'list', ordered: false, start: 1, items }], { mention: () => '' })).toBe(
      '- *a_b@example.org*',
    );
  });
});

describe('toMarkdown: what stands side by side', () => {
  const write = (...content: Inline[]): string => toMarkdown([{ type: 'paragraph', content }], { mention: () => '' });
  const link: Inline = { type: 'link', url: 'https://x.org', content: [{ type: 'text', text: 'l' }] };

  it('two links to the same address stay two', () => {
    expect(write(link, { type: 'text', text: ' ' }, link)).toBe('[l](https://x.org) [l](https://x.org)');
  });

  it('a link that is partly bold stays one', () => {
    expect(write({ ...link, content: [{ type: 'text', text: 'a ' }, bold] })).toBe('[a **b**](https://x.org)');
  });

  it('code beside code is one piece, whatever is in it', () => {
    expect(write({ type: 'code', text: 'a`' }, { type: 'code', text: 'b' })).toBe('``a`b``');
    expect(write({ type: 'code', text: 'a' }, { type: 'bold', content: [{ type: 'code', text: 'b' }] })).toBe(
      '`a`**`b`**',
    );
  });
});
