import { withMentions } from './typed-mentions.js';
import { typedRichText } from './typed-rich-text.js';

const known = new Map([
  ['@Ann', { type: 'user', user_id: 'U1' }],
  ['#general', { type: 'channel', channel_id: 'C1' }],
  [':kazoo:', { type: 'emoji', name: 'kazoo' }],
]);
const mentions = (typed: string): unknown => withMentions(typedRichText(typed), (word) => known.get(word));
const section = (...elements: readonly unknown[]) => [
  { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] },
];

describe('names in a typed text', () => {
  it('become mentions, with what stands around them', () => {
    expect(mentions('hi @Ann, see #general.')).toEqual(
      section(
        { type: 'text', text: 'hi ' },
        { type: 'user', user_id: 'U1' },
        { type: 'text', text: ', see ' },
        { type: 'channel', channel_id: 'C1' },
        { type: 'text', text: '.' },
      ),
    );
  });

  it('so do names of emoji', () => {
    expect(mentions('play the :kazoo:!')).toEqual(
      section({ type: 'text', text: 'play the ' }, { type: 'emoji', name: 'kazoo' }, { type: 'text', text: '!' }),
    );
  });

  it.each(['at 10:30:45, a:kazoo:', ':tuba:', 'mail me@Ann', '@Anna is another one', '@nobody'])(
    '%j stays text',
    (typed) => {
      expect(mentions(typed)).toEqual(section({ type: 'text', text: typed }));
    },
  );

  it('stay text in code', () => {
    expect(mentions('`@Ann`')).toEqual(section({ type: 'text', text: '@Ann', style: { code: true } }));
    expect(mentions('```\n@Ann\n```')).toMatchObject([
      { elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: '@Ann' }] }] },
    ]);
  });
});
