import fc from 'fast-check';
import { fromPlain } from '../../formatting/plain.js';
import type { MessageSent } from '../../model/bridge-event.js';
import { accountId, roomId, userId } from '../../model/ids.js';
import type { Inline, Mention, RichText } from '../../model/rich-text.js';
import { OurUsers } from './matrix.ids.js';
import type { JsonObject } from './matrix.payloads.js';
import { ghostName, maxTextBytes, mentionedIn, type Placing, replacing, type Said, toMatrix } from './to-matrix.js';

const home = accountId('home');
const cloud = accountId('cloud');
const self = {
  account: home,
  users: new OurUsers({ serverName: 'example.org', bot: 'crosstalk', ghostPrefix: 'crosstalk_' }),
};
const ghost: Placing = { voice: { as: 'ghost' } };
const relay: Placing = { voice: { as: 'relay', name: 'Anna', networkLabel: 'Talk' } };
const bridge: Placing = { voice: { as: 'bridge' } };

const message = (text: string, style: MessageSent['style'] = 'text'): Said => ({ body: fromPlain(text), style });
const inline = (...content: Inline[]): Said => ({ body: [{ type: 'paragraph', content }], style: 'text' });
const text = (words: string): Inline => ({ type: 'text', text: words });
const bold = (...content: Inline[]): Inline => ({ type: 'bold', content });
const mention = (of: Mention, label: string, url?: string): Inline => ({
  type: 'mention',
  of,
  label,
  ...(url === undefined ? {} : { url }),
});
const person = (account: typeof home, id: string): Mention => ({ kind: 'person', user: { account, id: userId(id) } });

const contentOf = (said: Said, placing: Placing = ghost): JsonObject => {
  const [content, ...others] = toMatrix(said, self, placing);
  expect(others).toEqual([]);
  return content ?? {};
};

/** An event's content as the homeserver measures it, with the field of the delivery key. */
function contentBytes(content: JsonObject): number {
  return Buffer.byteLength(JSON.stringify({ ...content, 'org.crosstalk.delivery': 'K'.repeat(46) }));
}

describe('toMatrix: text', () => {
  it('what a ghost says without formatting is a plain body, and pings nobody', () => {
    expect(contentOf(message('hello <b>@room</b> @alice:x'))).toEqual({
      msgtype: 'm.text',
      body: 'hello <b>@room</b> @alice:x',
      'm.mentions': {},
    });
  });

  it('what is formatted stands in HTML beside a readable body', () => {
    expect(contentOf(inline(text('one '), bold(text('two & three'))))).toEqual({
      msgtype: 'm.text',
      body: 'one two & three',
      format: 'org.matrix.custom.html',
      formatted_body: 'one <strong>two &amp; three</strong>',
      'm.mentions': {},
    });
  });

  it('code keeps every byte', () => {
    const code = 'if (a < b && c) {\n\treturn "<b>*";\n}';
    expect(contentOf({ body: [{ type: 'code', language: 'ts', text: code }], style: 'text' })).toMatchObject({
      body: code,
      formatted_body:
        '<pre><code class="language-ts">if (a &lt; b &amp;&amp; c) {\n\treturn &quot;&lt;b&gt;*&quot;;\n}\n</code></pre>',
    });
  });

  it('a text that begins like a command stays a text', () => {
    expect(contentOf(message('/me waves'))).toEqual({ msgtype: 'm.text', body: '/me waves', 'm.mentions': {} });
  });

  it('a custom emoji is shown where its picture is one of Matrix', () => {
    const named = { type: 'customEmoji', shortcode: 'party' } as const;
    const image = { account: cloud, id: 'mxc://example.org/party', name: 'party', mime: 'image/png' };
    const shown = contentOf(inline({ ...named, image: { ...image, account: self.account } }));
    expect(shown).toMatchObject({ body: ':party:' });
    expect(shown['formatted_body']).toContain('<img data-mx-emoticon src="mxc://example.org/party"');
    expect(contentOf(inline({ ...named, image }))).toMatchObject({ formatted_body: ':party:' });
  });

  it('files that cannot be shown are named', () => {
    const file = { account: cloud, id: '1', name: 'cat.jpg', mime: 'image/jpeg', bytes: 3 };
    expect(contentOf({ ...message('look'), files: [file] })).toMatchObject({ body: 'look\n📎 cat.jpg' });
  });

  it('something is said even where nothing of it can be shown', () => {
    for (const said of [message(' \n\t '), message('')]) expect(contentOf(said)).toMatchObject({ body: '…' });
  });
});

describe('toMatrix: mentions', () => {
  const named: [string, Inline, JsonObject][] = [
    [
      'a person of this account is notified',
      mention(person(home, '@alice:example.org'), 'Alice'),
      {
        body: '@Alice',
        formatted_body: '<a href="https://matrix.to/#/@alice:example.org">Alice</a>',
        'm.mentions': { user_ids: ['@alice:example.org'] },
      },
    ],
    [
      'a person of another account is their ghost, whom nothing notifies',
      mention(person(cloud, 'users/anna'), 'Anna'),
      {
        body: '@Anna',
        formatted_body: '<a href="https://matrix.to/#/@crosstalk_cloud_users=2fanna:example.org">Anna</a>',
        'm.mentions': {},
      },
    ],
    [
      'one of our own is not notified',
      mention(person(home, '@crosstalk:example.org'), 'Crosstalk'),
      { formatted_body: '<a href="https://matrix.to/#/@crosstalk:example.org">Crosstalk</a>', 'm.mentions': {} },
    ],
    [
      'an id that is none is a name only',
      mention(person(home, 'javascript:alert(1)'), 'Eve'),
      { body: '@Eve', formatted_body: '@Eve', 'm.mentions': {} },
    ],
    [
      'everybody is called by a text',
      mention({ kind: 'everyone' }, 'all'),
      { body: '@room', 'm.mentions': { room: true } },
    ],
    [
      'a room of this account is a pill with a server that knows it',
      mention({ kind: 'room', room: { account: home, id: roomId('!abc') } }, 'Team'),
      {
        body: '#Team',
        formatted_body: '<a href="https://matrix.to/#/!abc?via=example.org">#Team</a>',
        'm.mentions': {},
      },
    ],
    [
      'a room of another account is linked where it says where it is',
      mention({ kind: 'room', room: { account: cloud, id: roomId('x') } }, 'Team', 'https://cloud.example/call/x'),
      { body: '#Team', formatted_body: '<a href="https://cloud.example/call/x">#Team</a>', 'm.mentions': {} },
    ],
    [
      'a group is a name',
      mention({ kind: 'group', id: 'g' }, 'Board'),
      { body: '@Board', formatted_body: '@Board', 'm.mentions': {} },
    ],
  ];

  it.each(named)('%s', (_, given, wanted) => {
    expect(contentOf(inline(given))).toMatchObject(wanted);
  });

  it('each is notified once, and only by the part that names them', () => {
    const alice = mention(person(home, '@alice:example.org'), 'Alice');
    const body: RichText = [
      { type: 'paragraph', content: [alice, text(' '), alice] },
      { type: 'paragraph', content: [text('x'.repeat(40_000))] },
      { type: 'paragraph', content: [text('y'.repeat(40_000))] },
    ];
    const parts = toMatrix({ body, style: 'text' }, self, ghost);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts[0]?.['m.mentions']).toEqual({ user_ids: ['@alice:example.org'] });
    for (const part of parts.slice(1)) expect(part['m.mentions']).toEqual({});
  });

  it('however many are named, no part and no edit of it is larger than an event may be', () => {
    const many = Array.from({ length: 1500 }, (_, index) =>
      mention(person(home, `@person${index}:example.org`), `Person ${index}`),
    );
    const parts = toMatrix(inline(...many), self, ghost);
    expect(mentionedIn(...parts).users).toHaveLength(1500);
    for (const part of parts) {
      expect(contentBytes(part)).toBeLessThanOrEqual(60_000);
      expect(contentBytes(replacing(part, `$${'x'.repeat(254)}`, { users: [], everyone: false }))).toBeLessThanOrEqual(
        62_000,
      );
    }
  });

  it('whoever is named in code or as text is not notified', () => {
    expect(contentOf(inline({ type: 'code', text: '@room @alice:example.org' }))['m.mentions']).toEqual({});
  });
});

describe('toMatrix: who speaks', () => {
  it('an emote and a notice keep their style', () => {
    expect(contentOf(message('waves', 'emote'))).toMatchObject({ msgtype: 'm.emote', body: 'waves' });
    expect(contentOf(message('done', 'notice'))).toMatchObject({ msgtype: 'm.notice', body: 'done' });
  });

  it('what is to notify nobody is a notice', () => {
    expect(contentOf({ ...message('hush'), attention: 'silent' })).toMatchObject({ msgtype: 'm.notice', body: 'hush' });
    expect(contentOf({ ...message('waves', 'emote'), attention: 'silent' })).toMatchObject({
      msgtype: 'm.notice',
      body: '* waves',
    });
    const alice = mention(person(home, '@alice:example.org'), 'Alice');
    const everyone = mention({ kind: 'everyone' }, 'all');
    expect(contentOf({ ...inline(alice, text(' '), everyone), attention: 'silent' })).toMatchObject({
      body: '@Alice @room',
      'm.mentions': {},
    });
  });

  it('the relay says who speaks, in bold where that can be shown', () => {
    expect(contentOf(message('hello'), relay)).toMatchObject({
      msgtype: 'm.text',
      body: 'Anna (Talk): hello',
      formatted_body: '<strong>Anna (Talk)</strong>: hello',
    });
    expect(contentOf(message('waves', 'emote'), relay)).toMatchObject({
      msgtype: 'm.text',
      body: '* Anna (Talk) waves',
      formatted_body: '* <strong>Anna (Talk)</strong> waves',
    });
    expect(contentOf({ body: [{ type: 'code', text: 'x' }], style: 'text' }, relay)).toMatchObject({
      body: 'Anna (Talk): \n\nx',
      formatted_body: '<p><strong>Anna (Talk)</strong>: </p><pre><code>x\n</code></pre>',
    });
  });

  it('the bridge speaks in nobody’s name, and notifies nobody', () => {
    expect(contentOf(message('Mia (Talk) joined'), bridge)).toEqual({
      msgtype: 'm.notice',
      body: 'Mia (Talk) joined',
      'm.mentions': {},
    });
  });

  it('a name stays on its line, and is no markup', () => {
    const voice = { as: 'relay', name: 'Eve\n\n<b>Bob</b> (Talk): I quit', networkLabel: 'Talk' } as const;
    expect(contentOf(message('hi'), { voice })).toMatchObject({
      body: 'Eve <b>Bob</b> (Talk): I quit (Talk): hi',
      formatted_body: '<strong>Eve &lt;b&gt;Bob&lt;/b&gt; (Talk): I quit (Talk)</strong>: hi',
    });
  });
});

describe('toMatrix: forged speakers', () => {
  it.each([
    ['on a new line', fromPlain('hi\nBob (Talk): I quit'), 'Anna (Talk): hi\n… Bob (Talk): I quit'],
    ['in a new paragraph', fromPlain('hi\n\nBob (Talk): I quit'), 'Anna (Talk): hi\n\n… Bob (Talk): I quit'],
    ['behind blanks', fromPlain('hi\n \t Bob (Talk) : I quit'), 'Anna (Talk): hi\n…  \t Bob (Talk) : I quit'],
    ['behind a line separator', fromPlain('hi\u2028Bob (Talk): I quit'), 'Anna (Talk): hi\n… Bob (Talk): I quit'],
    ['in other letters', fromPlain('hi\nＢｏｂ （Ｔａlk）： I quit'), 'Anna (Talk): hi\n… Ｂｏｂ （Ｔａlk）： I quit'],
    ['as an emote', fromPlain('hi\n* Bob (Talk) quits'), 'Anna (Talk): hi\n… * Bob (Talk) quits'],
    [
      'in bold',
      [
        { type: 'paragraph', content: [text('hi')] },
        { type: 'paragraph', content: [bold(text('Bob (Talk)')), text(': no')] },
      ] as RichText,
      'Anna (Talk): hi\n\n… Bob (Talk): no',
    ],
    [
      'within bold',
      [{ type: 'paragraph', content: [bold(text('hi'), { type: 'break' }, text('Bob (Talk): no'))] }] as RichText,
      'Anna (Talk): hi\n… Bob (Talk): no',
    ],
    [
      'as a heading',
      [{ type: 'heading', level: 1, content: [text('Bob (Talk): no')] }] as RichText,
      'Anna (Talk): \n\n… Bob (Talk): no',
    ],
    ['in code', [{ type: 'code', text: 'x\nBob (Talk): no' }] as RichText, 'Anna (Talk): \n\nx\n… Bob (Talk): no'],
  ])('%s are seen to belong to who speaks', (_, body, wanted) => {
    expect(contentOf({ body, style: 'text' }, relay)['body']).toBe(wanted);
  });

  it('they are seen so in HTML too', () => {
    expect(contentOf(message('hi\nBob (Talk): I quit'), relay)['formatted_body']).toBe(
      '<strong>Anna (Talk)</strong>: hi<br>… Bob (Talk): I quit',
    );
  });

  it('what the bridge says for itself cannot be used for it either', () => {
    expect(contentOf(message('Eve (Talk) set the description: hi\nBob (Talk): I quit'), bridge)['body']).toBe(
      'Eve (Talk) set the description: hi\n… Bob (Talk): I quit',
    );
  });

  it('other lines stay as they are, and so does what a ghost says', () => {
    const lines = 'hi\nsee (above), and: x\n> Bob (Talk): no\n- item (one)';
    expect(contentOf(message(lines), relay)['body']).toBe(`Anna (Talk): ${lines}`);
    expect(contentOf(message('hi\nBob (Talk): I quit'))['body']).toBe('hi\nBob (Talk): I quit');
  });
});

describe('toMatrix: where it stands', () => {
  it('a reply answers with its first part', () => {
    const parts = toMatrix(message('word '.repeat(20_000)), self, { ...ghost, replyTo: '$one' });
    expect(parts).toHaveLength(2);
    expect(parts[0]).toMatchObject({ 'm.relates_to': { 'm.in_reply_to': { event_id: '$one' } } });
    expect(parts[1]).not.toHaveProperty('m.relates_to');
  });

  it('in a thread, clients that know none see a reply', () => {
    expect(contentOf(message('hi'), { ...ghost, thread: '$root' })['m.relates_to']).toEqual({
      rel_type: 'm.thread',
      event_id: '$root',
      is_falling_back: true,
      'm.in_reply_to': { event_id: '$root' },
    });
    expect(contentOf(message('hi'), { ...ghost, thread: '$root', replyTo: '$one' })['m.relates_to']).toEqual({
      rel_type: 'm.thread',
      event_id: '$root',
      is_falling_back: false,
      'm.in_reply_to': { event_id: '$one' },
    });
  });

  it('no part is larger than an event may be, and none is missing', () => {
    for (const words of ['"\\\n'.repeat(21_000), '🙂'.repeat(16_000)]) {
      for (const placing of [ghost, relay]) {
        const parts = toMatrix(message(words), self, placing);
        for (const part of parts) {
          expect(contentBytes(part)).toBeLessThanOrEqual(60_000);
          const edit = replacing(part, `$${'x'.repeat(254)}`, { users: [], everyone: false });
          expect(contentBytes(edit)).toBeLessThanOrEqual(62_000);
        }
        const head = placing === relay ? 'Anna (Talk): ' : '';
        const joined = parts.map(({ body }) => String(body).slice(head.length)).join('');
        expect(joined.replaceAll('\n', '')).toBe(words.replaceAll('\n', ''));
      }
    }
  });

  it('whatever is said becomes one part or more, whole and clean', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (words) => {
        const { body } = contentOf(message(words));
        expect(String(body).isWellFormed()).toBe(true);
        expect(body).not.toMatch(/[^\P{Cc}\t\n]/u);
      }),
    );
  });

  it('a text as long as it may be is one part', () => {
    expect(toMatrix(message('x'.repeat(maxTextBytes)), self, ghost)).toHaveLength(1);
  });
});

describe('replacing', () => {
  const nobody = { users: [], everyone: false };

  it('has the new words, and others for clients that know no edits', () => {
    const said = contentOf(inline(text('one '), bold(text('two'))), { ...ghost, replyTo: '$answered' });
    expect(replacing(said, '$target', nobody)).toEqual({
      msgtype: 'm.text',
      body: '* one two',
      format: 'org.matrix.custom.html',
      formatted_body: '* one <strong>two</strong>',
      'm.mentions': {},
      'm.new_content': {
        msgtype: 'm.text',
        body: 'one two',
        format: 'org.matrix.custom.html',
        formatted_body: 'one <strong>two</strong>',
        'm.mentions': {},
      },
      'm.relates_to': { rel_type: 'm.replace', event_id: '$target' },
    });
  });

  it('notifies only those whom it adds', () => {
    const named = (id: string): Inline => mention(person(home, id), id.slice(1, 2));
    const said = contentOf(inline(named('@alice:x'), text(' '), named('@bob:x'), mention({ kind: 'everyone' }, 'all')));
    expect(replacing(said, '$target', { users: ['@alice:x'], everyone: true })).toMatchObject({
      'm.mentions': { user_ids: ['@bob:x'] },
      'm.new_content': { 'm.mentions': { user_ids: ['@alice:x', '@bob:x'], room: true } },
    });
    expect(replacing(said, '$target', { users: ['@alice:x'], everyone: true })['m.mentions']).not.toHaveProperty(
      'room',
    );
  });

  it('whom an event mentions is told by it and by its edits', () => {
    expect(
      mentionedIn(
        { 'm.mentions': { user_ids: ['@a:x'] } },
        { 'm.mentions': {}, 'm.new_content': { 'm.mentions': { user_ids: ['@b:x', '@a:x'], room: true } } },
        undefined,
        { 'm.mentions': 'nonsense' },
      ),
    ).toEqual({ users: ['@a:x', '@b:x'], everyone: true });
  });

  it('of a long text the other words are only the beginning', () => {
    const said = contentOf(message('x'.repeat(50_000)));
    const edit = replacing(said, '$target', nobody);
    expect(edit['body']).toBe(`* ${'x'.repeat(500)}…`);
    expect(edit['m.new_content']).toMatchObject({ body: 'x'.repeat(50_000) });
    expect(contentBytes(edit)).toBeLessThanOrEqual(60_000);
  });
});

describe('ghostName', () => {
  it('fills the template in', () => {
    expect(ghostName('{name} ({network})', 'Anna', 'Talk')).toBe('Anna (Talk)');
    expect(ghostName('{name}', ' Anna\nB ', 'Talk')).toBe('Anna B');
    expect(ghostName('{name} – {network}', '{network}', 'Talk')).toBe('{network} – Talk');
  });

  it('is never longer than a homeserver takes', () => {
    expect(ghostName(`${'x'.repeat(300)}{name}`, 'Anna', 'Talk')).toHaveLength(255);
  });
});
