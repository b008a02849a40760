import fc from 'fast-check';
import { fromPlain } from '../../formatting/plain.js';
import { accountId, deliveryKey } from '../../model/ids.js';
import { ghostName, maxTextBytes, toMatrix, withKey } from './to-matrix.js';

const ghost = { voice: { as: 'ghost' } } as const;
const relay = { voice: { as: 'relay', name: 'Anna', networkLabel: 'Talk' } } as const;
const message = (text: string, style: 'text' | 'emote' | 'notice' = 'text') => ({
  body: fromPlain(text),
  files: [],
  style,
});

/** An event as the homeserver would measure it, with the longest ids that there are. */
function eventBytes(content: object): number {
  return Buffer.byteLength(JSON.stringify(withKey({ ...content }, deliveryKey('K'.repeat(46)))));
}

describe('toMatrix', () => {
  it('what a ghost says is plain text and pings nobody', () => {
    expect(toMatrix(message('hello <b>@room</b> @alice:x'), ghost)).toEqual([
      { msgtype: 'm.text', body: 'hello <b>@room</b> @alice:x', 'm.mentions': {} },
    ]);
  });

  it('a text that begins like a command stays a text', () => {
    expect(toMatrix(message('/me waves'), ghost)).toEqual([{ msgtype: 'm.text', body: '/me waves', 'm.mentions': {} }]);
  });

  it('an emote and a notice keep their style', () => {
    expect(toMatrix(message('waves', 'emote'), ghost)).toMatchObject([{ msgtype: 'm.emote', body: 'waves' }]);
    expect(toMatrix(message('done', 'notice'), ghost)).toMatchObject([{ msgtype: 'm.notice', body: 'done' }]);
  });

  it('the relay says who speaks', () => {
    expect(toMatrix(message('hello'), relay)).toMatchObject([{ msgtype: 'm.text', body: 'Anna (Talk): hello' }]);
    expect(toMatrix(message('waves', 'emote'), relay)).toMatchObject([
      { msgtype: 'm.text', body: '* Anna (Talk) waves' },
    ]);
  });

  it('a name stays on its line', () => {
    const voice = { as: 'relay', name: 'Eve\n\nBob (Talk): I quit', networkLabel: 'Talk' } as const;
    expect(toMatrix(message('hi'), { voice })[0]?.['body']).toBe('Eve Bob (Talk): I quit (Talk): hi');
  });

  it('a reply answers with its first part', () => {
    const parts = toMatrix(message('word '.repeat(20_000)), { ...ghost, replyTo: '$one' });
    expect(parts).toHaveLength(2);
    expect(parts[0]).toMatchObject({ 'm.relates_to': { 'm.in_reply_to': { event_id: '$one' } } });
    expect(parts[1]).not.toHaveProperty('m.relates_to');
  });

  it('in a thread, clients that know none see a reply', () => {
    expect(toMatrix(message('hi'), { ...ghost, thread: '$root' })).toMatchObject([
      {
        'm.relates_to': {
          rel_type: 'm.thread',
          event_id: '$root',
          is_falling_back: true,
          'm.in_reply_to': { event_id: '$root' },
        },
      },
    ]);
    expect(toMatrix(message('hi'), { ...ghost, thread: '$root', replyTo: '$one' })).toMatchObject([
      { 'm.relates_to': { rel_type: 'm.thread', is_falling_back: false, 'm.in_reply_to': { event_id: '$one' } } },
    ]);
  });

  it('files that cannot be shown are named', () => {
    const file = { account: accountId('cloud'), id: '1', name: 'cat.jpg', mime: 'image/jpeg', bytes: 3 };
    expect(toMatrix({ ...message('look'), files: [file] }, ghost)[0]?.['body']).toBe('look\n📎 cat.jpg');
  });

  it('something is said even where nothing of it can be shown', () => {
    expect(toMatrix(message(' \n\t '), ghost)).toMatchObject([{ body: '…' }]);
    expect(toMatrix({ body: [], files: [], style: 'text' }, ghost)).toMatchObject([{ body: '…' }]);
  });

  it('no part is larger than an event may be, and none is missing', () => {
    for (const text of ['"\\\n'.repeat(21_000), '🙂'.repeat(16_000)]) {
      for (const placing of [ghost, relay]) {
        const parts = toMatrix(message(text), placing);
        for (const part of parts) expect(eventBytes(part)).toBeLessThan(65_536 - 4_000);
        const head = placing === relay ? 'Anna (Talk): ' : '';
        const joined = parts.map(({ body }) => String(body).slice(head.length)).join('');
        expect(joined.replaceAll('\n', '')).toBe(text.replaceAll('\n', ''));
      }
    }
  });

  it('whatever is said becomes one part or more, whole and clean', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parts = toMatrix(message(text), ghost);
        expect(parts).toHaveLength(1);
        const body = String(parts[0]?.['body']);
        expect(body.isWellFormed()).toBe(true);
        expect(body).not.toMatch(/[^\P{Cc}\t\n]/u);
      }),
    );
  });

  it('a text as long as it may be is one part', () => {
    expect(toMatrix(message('x'.repeat(maxTextBytes)), ghost)).toHaveLength(1);
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
