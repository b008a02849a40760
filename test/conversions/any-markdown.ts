import fc from 'fast-check';

/** What people write in Talk, and what nobody would: by its pieces. */
export const words = 'tent Größe stage_left 舞台 Καλημέρα сцена waffles42 مرحبا k'.split(' ');
export const marks = '* ** _ ~~ ` ``` [ ]( ) ![ # - + > | \\ < & : ! ~ = $ ||'.split(' ');
export const layout = [
  ' ',
  '  ',
  '\n',
  '\n\n',
  '    ',
  '\t',
  '\n- ',
  '\n1. ',
  '\n7) ',
  '\n> ',
  '\n## ',
  '\n---\n',
  '\n| - | - |\n',
];
export const fences = ['\n```\n', '\n```ts\n', '\n~~~\n', '\n````\n'];
export const markup = [
  '<b>',
  '</b>',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<mx-reply>',
  '<a href="javascript:alert(1)">',
  '<!--',
  '-->',
  '<![CDATA[',
  '&lt;',
  '&#0;',
  '&quot;',
  '"',
  "'",
  '[x](javascript:alert(1))',
  '[x](data:text/html,<b>)',
  '[x](/etc/passwd)',
  '[x](matrix:r/a:b)',
  '[x](<https://a.example/"onclick="x>)',
  '[x]: https://a.example "title"',
  '[^1]: note',
  '[^1]',
  '[x]',
  '![x](mxc://a/b)',
  '<https://a.example/?b=c&d=e>',
  'https://a.example/<b>"\'',
  'https://matrix.to/#/@mia:town.example',
  'www.a.example',
  'mail@a.example',
  '@room',
  '@carol:town.example',
  '@all',
  '{mention-user9}',
  '{__proto__}',
  '{constructor}',
];
export const odd = [
  '\0',
  '\u0007',
  '\r',
  '\r\n',
  '\u2028',
  '\u202e',
  '\u200b',
  '\ud800',
  '\udc00',
  '\ufffe',
  '👨‍👩‍👧',
  '🇳🇱',
  'e\u0301',
  '\u00a0',
];

/** Texts of all of it. */
export const anyMarkdown = fc
  .array(
    fc.oneof(
      ...[words, marks, layout, fences, markup, odd].map((pieces) => fc.constantFrom(...pieces)),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 10 },
  )
  .map((pieces) => pieces.join(''));
