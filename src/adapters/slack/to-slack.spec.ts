import { accountId, userId } from '../../model/ids.js';
import type { Inline, RichText } from '../../model/rich-text.js';
import { isShown, reactionName, type SlackPlace, type SpokenBy, toSlack, usernameOf, withKey } from './to-slack.js';

const self = {
  account: accountId('town'),
  team: 'T0TOWN0001',
  user: 'U0CRSSTALK',
  bot: 'B0CRSSTALK',
  url: 'https://town.slack.com/',
};
const place: SlackPlace = { self, customEmoji: new Set(['kazoo']), everyone: 'channel', name: 'beside' };
const anna: SpokenBy = {
  as: 'relay',
  networkLabel: 'Talk',
  profile: { name: 'Anna' },
  person: { account: accountId('cloud'), id: userId('users/anna'), name: 'Anna', standing: 'person' },
};
const text = (words: string): Inline => ({ type: 'text', text: words });
const paragraph = (...content: Inline[]): RichText[number] => ({ type: 'paragraph', content });
const said = (body: RichText, more: Partial<SlackPlace> = {}, by = anna): ReturnType<typeof toSlack> =>
  toSlack({ body, style: 'text' }, by, { ...place, ...more });

describe('toSlack', () => {
  it('a text is a block, and a text for notifications', () => {
    expect(said([paragraph(text('3 < 5 & <!channel>, @here'))])).toEqual([
      {
        text: '3 &lt; 5 &amp; &lt;!channel&gt;, @\u200bhere',
        blocks: [
          {
            type: 'rich_text',
            elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '3 < 5 & <!channel>, @here' }] }],
          },
        ],
      },
    ]);
  });

  it('a name of an emoji that somebody else has is no other emoji, nor in notifications', () => {
    const [shown] = said([paragraph({ type: 'customEmoji', shortcode: 'smile' }, text(' at 10:30:45 :+1:'))]);
    expect(shown?.text).toBe(':\u200bsmile: at 10:30:45 :\u200b+1:');
    expect(JSON.stringify(shown?.blocks)).toContain('"text":":smile: at 10:30:45 :+1:"');
  });

  it('what says nothing is an ellipsis', () => {
    const blank = said([paragraph(), { type: 'quote', content: [] }, { type: 'code', text: '' }]);
    expect(blank.map((each) => each.text)).toEqual(['…']);
  });

  it('an address that Slack takes for none is said once', () => {
    const [told] = said([
      paragraph({ type: 'link', url: 'http://www.a.exampleمرحبا', content: [text('www.a.exampleمرحبا')] }),
    ]);
    expect(told?.text).toBe('www.a.exampleمرحبا');
  });

  it('files are named', () => {
    const files = [{ account: accountId('cloud'), id: '1', name: 'plan.pdf', mime: 'application/pdf', bytes: 1 }];
    expect(toSlack({ body: [], style: 'text', files }, anna, place)[0]?.text).toBe('📎 plan.pdf');
  });

  it('where the name cannot stand beside it, it stands in the text, and no line passes for somebody else’s', () => {
    const body = [paragraph(text('hi'), { type: 'break' }, text('Bob (Talk): I quit'))];
    expect(said(body, { name: 'inText' })[0]?.text).toBe('Anna (Talk): hi\n… Bob (Talk): I quit');
    expect(said(body)[0]?.text).toBe('hi\nBob (Talk): I quit');
  });

  it('what somebody does is in italics', () => {
    const [waves] = toSlack({ body: [paragraph(text('waves'))], style: 'emote' }, anna, place);
    expect(waves?.blocks).toEqual([
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'waves', style: { italic: true } }] }],
      },
    ]);
    const named = toSlack({ body: [paragraph(text('waves'))], style: 'emote' }, anna, { ...place, name: 'inText' });
    expect(named[0]?.text).toBe('Anna (Talk) waves');
  });

  it('everybody is called as the settings say, and by silent words nobody', () => {
    const body = [paragraph({ type: 'mention', of: { kind: 'everyone' }, label: 'all' })];
    const written = (more: Partial<SlackPlace>): string => JSON.stringify(said(body, more)[0]?.blocks);
    expect(written({})).toContain('"range":"channel"');
    expect(written({ everyone: 'here' })).toContain('"range":"here"');
    expect(written({ everyone: 'text' })).toContain('"text":"@all"');
    expect(JSON.stringify(toSlack({ body, style: 'text', attention: 'silent' }, anna, place))).not.toContain('range');
  });

  it('a long text is several messages, a long fallback ends in an ellipsis', () => {
    const words = 'waffles & falafel '.repeat(1_000);
    const parts = said([paragraph(text(words))]);
    expect(parts.map(({ text: fallback }) => fallback.length)).toEqual([3_900, 3_900]);
    expect(parts[0]?.text.endsWith('…')).toBe(true);
  });

  it('a text of nothing but formatting is shown without it rather than as a flood', () => {
    const content = Array.from({ length: 4_000 }, (_, index): Inline =>
      index % 2 === 0 ? text('a') : { type: 'bold', content: [text('b')] },
    );
    const parts = said([paragraph(...content)]);
    expect(parts).toHaveLength(1);
    expect(parts[0]?.blocks).toHaveLength(1);
    expect(JSON.stringify(parts[0]?.blocks)).not.toContain('bold');
  });

  it('a list further in than Slack shows it goes on where it is', () => {
    const nest = (depth: number): RichText => [
      paragraph(text(String(depth))),
      ...(depth < 12
        ? [{ type: 'list' as const, ordered: false, start: 1, items: [{ content: nest(depth + 1) }] }]
        : []),
    ];
    const [part] = said(nest(0));
    const [rich] = part?.blocks ?? [];
    const lists = rich?.type === 'rich_text' ? rich.elements.filter(({ type }) => type === 'rich_text_list') : [];
    expect(lists.map((list) => [(list as { indent?: number }).indent, list.elements.length])).toEqual([
      ...[0, 1, 2, 3, 4, 5, 6, 7].map((indent) => [indent, 1]),
      [8, 4],
    ]);
  });

  it('a key stands in the first block alone', () => {
    const [part] = said([paragraph(text('a')), { type: 'rule' }]);
    expect(part === undefined ? [] : withKey(part, 'KEY').blocks.map(({ block_id: id }) => id)).toEqual([
      'KEY',
      undefined,
    ]);
  });
});

describe('isShown', () => {
  const [part] = said([
    paragraph(text('see '), { type: 'link', url: 'https://a.example', content: [text('a')] }),
    { type: 'list', ordered: false, start: 1, items: [{ content: [paragraph(text('x'))] }] },
  ]);
  const written = JSON.parse(JSON.stringify(part?.blocks)) as { elements: object[] }[];
  const elements = written[0]?.elements.map((each) => ({ border: 0, ...each })) ?? [];

  it('a message shows what was written, whatever Slack adds to it', () => {
    const message = { text: 'see <https://a.example|a>', blocks: [{ type: 'rich_text', block_id: 'q', elements }] };
    expect(part !== undefined && isShown(part, message, self)).toBe(true);
  });

  it.each([
    {
      text: 'see',
      blocks: [
        { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'other' }] }] },
      ],
    },
    { text: 'see' },
    {},
  ])('%j shows something else', (message) => {
    expect(part !== undefined && isShown(part, message, self)).toBe(false);
  });
});

it.each([
  ['Anna', 'Anna (Talk)'],
  ['', 'Anna (Talk)'],
  ['A\nB', 'A B (Talk)'],
])('%j stands beside its messages as %s', (name, username) => {
  expect(usernameOf({ ...anna, profile: { name } })).toBe(username);
});

it('for itself our app speaks under its own name', () => {
  expect(usernameOf({ ...anna, as: 'bridge' })).toBeUndefined();
});

it.each([
  ['👍', '+1'],
  ['👋🏽', 'wave::skin-tone-4'],
  ['❤', 'heart'],
  [':kazoo:', 'kazoo'],
  [':other:', undefined],
  ['ok', undefined],
])('the reaction %s is called %s', (emoji, name) => {
  expect(reactionName(emoji, new Set(['kazoo']))).toBe(name);
});
