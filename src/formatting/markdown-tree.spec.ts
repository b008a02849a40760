import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { markdownTree } from './markdown-tree.js';

const parsed = (text: string): unknown =>
  fromMarkdown(text, {
    extensions: [gfm(), { disable: { null: ['htmlFlow', 'htmlText'] } }],
    mdastExtensions: [gfmFromMarkdown()],
  }).children;

describe('markdownTree', () => {
  it.each([
    'Hello, world.',
    'Well (yes): it is so - 3 of 4!',
    'Grüße aus Kraków; "wie geht es?"',
    'www. is no address',
  ])('words alone are read without parsing, and as if they were parsed: %s', (text) => {
    expect(markdownTree(text)?.children).toEqual(parsed(text));
  });

  it('whatever stands in a line of words, the tree is that of parsing', () => {
    const piece = fc.constantFrom(
      'a',
      'Zoë',
      'www',
      'http',
      'é',
      '字',
      '7',
      '1',
      '.',
      ':',
      '!',
      '-',
      '(',
      ')',
      '"',
      "'",
      ',',
      ' ',
      '  ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(markdownTree(text)?.children).toEqual(parsed(text));
      }),
    );
  });

  it.each(['> a\n\n', 'a\n-\n', '\n| - | - |\n-', '- a\n  - b\n'])(
    'a message of more than 1,000 lines of quotes, lists and underlines is text: %j',
    (unit) => {
      expect(markdownTree(unit.repeat(1_001))).toBeUndefined();
      expect(markdownTree(unit.repeat(10))).toBeDefined();
      expect(markdownTree(`\`\`\`\n${unit.repeat(1_001)}\n\`\`\``)?.children).toHaveLength(1);
    },
  );

  it.each(['&', '*a', '&lt;', 'a < b ', 'line\n'])(
    'a paragraph of more than 1,000 signs or lines is text: %j',
    (unit) => {
      expect(markdownTree(unit.repeat(1_001))).toBeUndefined();
      expect(markdownTree(`${unit.repeat(600)}\n\n${unit.repeat(600)}`)).toBeDefined();
    },
  );
});
