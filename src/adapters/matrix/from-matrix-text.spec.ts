import { accountId } from '../../model/ids.js';
import type { Inline, RichText } from '../../model/rich-text.js';
import { bodyOf, openIn, withoutReplyFallback, wordsOf } from './from-matrix-text.js';
import { OurUsers } from './matrix.ids.js';

const account = accountId('home');
const users = new OurUsers({ serverName: 'example.org', bot: 'crosstalk', ghostPrefix: 'crosstalk_' });
const pills = { account, users, rooms: { '#team:example.org': '!team:example.org' } };

const said = (html: string, mentions: object = {}, mayCallAll = false): RichText =>
  bodyOf(
    { msgtype: 'm.text', body: 'x', format: 'org.matrix.custom.html', formatted_body: html, 'm.mentions': mentions },
    false,
    pills,
    mayCallAll,
  );
const line = (...content: Inline[]): RichText => [{ type: 'paragraph', content }];
const text = (words: string): Inline => ({ type: 'text', text: words });
const person = (id: string, label: string): Inline => ({
  type: 'mention',
  of: { kind: 'person', user: { account, id: id as never } },
  label,
});

describe('bodyOf: whom and what a message names', () => {
  it.each<[string, string, RichText]>([
    [
      'a person, by the name in the link',
      '<a href="https://matrix.to/#/@alice:example.org">Alice</a>: hi',
      line(person('@alice:example.org', 'Alice'), text(': hi')),
    ],
    [
      'a person, without the sign before the name',
      '<a href="https://matrix.to/#/%40alice%3Aexample.org">@Alice</a>',
      line(person('@alice:example.org', 'Alice')),
    ],
    [
      'a person who is named by the id alone',
      '<a href="matrix:u/alice:example.org">@alice:example.org</a>',
      line(person('@alice:example.org', 'alice')),
    ],
    [
      'a person, by an address that names itself',
      '<a href="https://matrix.to/#/@alice:example.org">https://matrix.to/#/@alice:example.org</a>',
      line(person('@alice:example.org', 'alice')),
    ],
    [
      'a person whose name takes several lines',
      '<a href="https://matrix.to/#/@alice:example.org">Al\n<b>i</b>ce</a>',
      line(person('@alice:example.org', 'Al ice')),
    ],
    [
      'the person whose ghost it is',
      '<a href="https://matrix.to/#/@crosstalk_cloud_users=2fanna:example.org">Anna (Talk)</a>',
      line({
        type: 'mention',
        of: { kind: 'person', user: { account: accountId('cloud'), id: 'users/anna' as never } },
        label: 'Anna (Talk)',
      }),
    ],
    [
      'a room by its alias, as far as that is known',
      '<a href="https://matrix.to/#/%23team:example.org">#team:example.org</a>',
      line({
        type: 'mention',
        of: { kind: 'room', room: { account, id: '!team:example.org' as never } },
        label: 'team:example.org',
        url: 'https://matrix.to/#/%23team:example.org',
      }),
    ],
    [
      'a room by its id',
      '<a href="https://matrix.to/#/!abc:example.org?via=example.org">Other</a>',
      line({
        type: 'mention',
        of: { kind: 'room', room: { account, id: '!abc:example.org' as never } },
        label: 'Other',
        url: 'https://matrix.to/#/!abc:example.org?via=example.org',
      }),
    ],
    [
      'a message of a room, which is a link',
      '<a href="https://matrix.to/#/!abc:example.org/$event">this</a>',
      line({ type: 'link', url: 'https://matrix.to/#/!abc:example.org/$event', content: [text('this')] }),
    ],
    ['nobody, where a name is only written', '@alice:example.org @room', line(text('@alice:example.org @room'))],
    [
      'nobody in code',
      '<code><a href="https://matrix.to/#/@alice:example.org">Alice</a></code>',
      line({ type: 'code', text: 'Alice' }),
    ],
  ])('%s', (_, html, wanted) => {
    expect(said(html)).toEqual(wanted);
  });

  it('what stands without formatting, where the formatted text says nothing', () => {
    for (const html of ['', ' <br> ', '<script>x</script>', '<mx-reply>never closed x', '<img src="mxc://a/b">']) {
      expect(said(html)).toEqual(line(text('x')));
    }
  });

  it('nothing, where there is nothing to see', () => {
    for (const body of ['', ' \n ', '\u200b\u2060 \u2800']) {
      expect(bodyOf({ msgtype: 'm.text', body }, false, pills, false)).toEqual([]);
    }
  });

  it('a name that every object has is no alias that we know', () => {
    const url = 'https://matrix.to/#/%23toString:example.org';
    expect(said(`<a href="${url}">x</a>`)).toEqual(
      line({
        type: 'mention',
        of: { kind: 'room', room: { account, id: '#toString:example.org' as never } },
        label: 'x',
        url,
      }),
    );
  });
});

describe('bodyOf: what a file says', () => {
  const file = { msgtype: 'm.file', body: 'see [it]', filename: 'plan.pdf', format: 'org.matrix.custom.html' };
  const read = (formatted: string, more: object = {}): RichText =>
    bodyOf({ ...file, formatted_body: formatted, ...more }, false, pills, false);

  it('its caption is formatted, and names people', () => {
    expect(read('see <b>it</b>, <a href="https://matrix.to/#/@alice:example.org">Alice</a>')).toEqual(
      line(text('see '), { type: 'bold', content: [text('it')] }, text(', '), person('@alice:example.org', 'Alice')),
    );
  });

  it('without a caption of its own it says nothing', () => {
    expect(read('<b>plan</b>', { body: 'plan.pdf' })).toEqual([]);
    expect(read('<b>plan</b>', { body: '' })).toEqual([]);
  });
});

describe('bodyOf: who calls everybody', () => {
  const everyone: Inline = { type: 'mention', of: { kind: 'everyone' }, label: 'room' };

  it('one who means it and may', () => {
    expect(said('hi @room!', { room: true }, true)).toEqual(line(text('hi '), everyone, text('!')));
    expect(bodyOf({ msgtype: 'm.text', body: '@room', 'm.mentions': { room: true } }, false, pills, true)).toEqual(
      line(everyone),
    );
  });

  it('nobody who may not, or does not mean it', () => {
    expect(said('hi @room', { room: true }, false)).toEqual(line(text('hi @room')));
    expect(said('hi @room', {}, true)).toEqual(line(text('hi @room')));
    expect(said('hi @room', { room: 'yes' }, true)).toEqual(line(text('hi @room')));
  });

  it('nobody with another word, in code or in a link', () => {
    for (const html of ['mail@room', '@roommate', '@room:example.org', 'https://x.org/@room', '@@room']) {
      expect(said(html, { room: true }, true)).toEqual(line(text(html)));
    }
    expect(said('<code>@room</code>', { room: true }, true)).toEqual(line({ type: 'code', text: '@room' }));
    expect(said('<a href="https://x.org">@room</a>', { room: true }, true)).toEqual(
      line({ type: 'link', url: 'https://x.org', content: [text('@room')] }),
    );
  });
});

describe('withoutReplyFallback', () => {
  it.each([
    ['> <@bob:x> hi\n\nyes', { text: 'yes', quoted: { name: 'bob', text: 'hi' } }],
    ['> * <@bob:x> waves\n\nyes', { text: 'yes', quoted: { name: 'bob', text: 'waves' } }],
    [
      '> <@bob:x> one\n> two\n>\n> three\n\nyes\n\nno',
      { text: 'yes\n\nno', quoted: { name: 'bob', text: 'one\ntwo\n\nthree' } },
    ],
    ['> <@bob:x> only', { text: '', quoted: { name: 'bob', text: 'only' } }],
    ['> a quote of my own\n\nyes', { text: '> a quote of my own\n\nyes' }],
    ['hi\n> <@bob:x> hi', { text: 'hi\n> <@bob:x> hi' }],
  ])('%j', (body, wanted) => {
    expect(withoutReplyFallback(body)).toEqual(wanted);
  });
});

describe('what a message leaves open', () => {
  const answering = { 'm.relates_to': { 'm.in_reply_to': { event_id: '$one' } } };

  it('what it answers, unless it shows that', () => {
    expect(openIn({ body: 'yes', ...answering })).toMatchObject({ answers: '$one' });
    expect(openIn({ body: '> <@bob:x> hi\n\nyes', ...answering })).not.toHaveProperty('answers');
    expect(openIn({ body: 'yes' })).not.toHaveProperty('answers');
  });

  it('what stands in a thread for clients that know none is no answer', () => {
    const inThread = { rel_type: 'm.thread', event_id: '$root', 'm.in_reply_to': { event_id: '$one' } };
    expect(openIn({ body: 'x', 'm.relates_to': { ...inThread, is_falling_back: true } })).not.toHaveProperty('answers');
    expect(openIn({ body: 'x', 'm.relates_to': inThread })).toMatchObject({ answers: '$one' });
  });

  it('whether it calls everybody, of an edit by its new words', () => {
    const room = { 'm.mentions': { room: true } };
    expect(openIn({ body: 'x', ...room }).callsAll).toBe(true);
    const edit = { 'm.relates_to': { rel_type: 'm.replace', event_id: '$one' }, body: '* x' };
    expect(openIn({ ...edit, ...room, 'm.new_content': { body: 'x' } }).callsAll).toBe(false);
    expect(openIn({ ...edit, 'm.new_content': { body: 'x', ...room } }).callsAll).toBe(true);
  });

  it('which rooms it names by an alias: each once, and not more than a few', () => {
    const links = [1, 1, 2, 3, 4, 5, 6].map((n) => `<a href='https://matrix.to/#/%23r${n}:x'>r</a>`).join('');
    const own = '<a href="https://matrix.to/#/!id:x">r</a><a href="https://matrix.to/#/@a:x">a</a>';
    expect(openIn({ body: 'x', formatted_body: own + links }).aliases).toEqual([
      '#r1:x',
      '#r2:x',
      '#r3:x',
      '#r4:x',
      '#r5:x',
    ]);
  });
});

describe('wordsOf', () => {
  it.each<[string, object, string]>([
    ['a text', { body: ' hi there ' }, 'hi there'],
    [
      'an answer without the quote before it',
      { body: '> <@b:x> q\n\nyes', 'm.relates_to': { 'm.in_reply_to': { event_id: '$q' } } },
      'yes',
    ],
    [
      'an edit by its new words',
      { body: '* x', 'm.new_content': { body: 'y' }, 'm.relates_to': { rel_type: 'm.replace', event_id: '$q' } },
      'y',
    ],
    ['a file by its name', { msgtype: 'm.image', body: 'cat.jpg' }, '📎 cat.jpg'],
    ['the beginning of a long one', { body: '🙂'.repeat(200) }, '🙂'.repeat(150)],
    ['nothing that was redacted', {}, ''],
  ])('%s', (_, content, wanted) => {
    expect(wordsOf('m.room.message', { ...content })).toBe(wanted);
  });

  it('other events have none', () => {
    expect(wordsOf('m.reaction', { body: 'x' })).toBe('');
  });
});
