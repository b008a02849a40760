import type { StoredEvent } from '../../src/adapters/matrix/matrix.payloads.js';
import { answered } from './matrix-answered.js';
import { captured, storedConversation } from './matrix-captured.js';
import { carried } from './matrix-carried.js';
import { happened } from './matrix-happened.js';
import { inTalk, type Row, type Setting } from './matrix-in-talk.js';
import { said } from './matrix-said.js';

/** Every expectation was read by a person: it is what people in Talk are to see, in its web client. */
describe('from Matrix to Talk', () => {
  let conversation: ReadonlyMap<string, StoredEvent>;

  beforeAll(async () => {
    conversation = await storedConversation();
  });

  const shown = (name: string, setting?: Setting): Promise<unknown> => {
    const stored = conversation.get(name);
    if (stored === undefined) throw new Error(`nothing captured is named ${name}`);
    return inTalk(stored, setting);
  };

  const tables: readonly (readonly [string, readonly Row[]])[] = [
    ['what people write', said],
    ['what refers to something else', answered],
    ['what carries something, and what is odd', carried],
    ['what else happens', happened],
  ];

  describe.each(tables)('%s', (_, rows) => {
    it.each(rows)('%s', async (name, wanted) => {
      expect(await shown(name)).toEqual(wanted);
    });
  });

  it('no captured event is forgotten, and none invented', () => {
    const rows = tables.flatMap(([, each]) => each.map(([name]) => name));
    expect(rows.toSorted()).toEqual(captured.map(({ name }) => name).toSorted());
  });

  it('most of them are literal texts', () => {
    const texts = tables
      .flatMap(([, rows]) => rows)
      .filter(([, wanted]) => JSON.stringify(wanted).includes('(Matrix)'));
    expect(texts.length).toBeGreaterThanOrEqual(220);
  });

  describe('where people are known on both sides they are called', () => {
    const people = {
      '@noah:real.test': 'users/alice',
      '@mia:real.test': 'users/mia miller',
      '@lena:real.test': 'guests/1f3a',
      '@ada:example.org': 'federated_users/ada@https://there.example.org',
    };

    it.each<Row>([
      ['element web: mention of a user', '**mia** (Matrix): @"alice" have you seen the van?'],
      ['element web: mention twice and in bold', '**mia** (Matrix): @"alice" and @"alice"'],
      ['element web: emote, formatted, with a mention', '**mia** (Matrix) thanks @"alice" **very** much'],
      [
        'element web: mention of a person of another server',
        '**mia** (Matrix): @"federated_user/ada@https://there.example.org": hello',
      ],
      ['element web: mention of a bridged ghost', '**mia** (Matrix): thanks @\u200balice (Talk)'],
      [
        'element web: reply with the fallback',
        { answers: 'element x: plain', text: '**mia** (Matrix): me, if @"guest/1f3a" helps' },
      ],
      [
        'element web: edit of the same message again, adding a mention',
        { edits: 'element web: to be edited', text: '**mia** (Matrix): Sound check at **seven**, @"alice"' },
      ],
      [
        'element x: picture with a formatted caption that mentions somebody',
        '**noah** (Matrix): second **draft**, @"mia miller"?\n📎 poster.jpg',
      ],
      ['cinny: mention, custom emoji, link', '**noah** (Matrix): hey @"mia miller" :kazoo: **ok**'],
      ['nheko: mention by the completer', '**noah** (Matrix): @"mia miller": sound check'],
      ['rich text editor: mention', '**noah** (Matrix): @"mia miller" have a look'],
      ['element web: matrix: addresses', '**mia** (Matrix): see matrix:r/fair:real.test and @"mia miller"'],
      ['element web: a Matrix id typed', '**mia** (Matrix): ask @\u200bnoah:real.test or #fair:real.test'],
      ['element web: mention within code', '**mia** (Matrix): `@noah:real.test` and `@room`'],
      ['element web: mention of the whole room, by an administrator', '**mia** (Matrix): @"all" the gate closes'],
      ['element web: mention of the whole room, by nobody special', '**noah** (Matrix): @\u200broom my scarf?'],
    ])('%s', async (name, wanted) => {
      expect(await shown(name, { people })).toEqual(wanted);
    });
  });

  describe('rooms that are linked lead to where they are in Talk', () => {
    const rooms = { '!stage-crew': 'st4gecr3w', '!85blbprnsmTQLC5tvAa6TcczFDTMqxWUeePELiYnpe4': 'f41rf41r' };

    it.each<Row>([
      [
        'element web: mention of a room',
        '**mia** (Matrix): plans in [#stage-crew:real.test](https://cloud.example.org/index.php/call/st4gecr3w)',
      ],
      [
        'cinny: mention of a room and of a message',
        '**noah** (Matrix): [#Summer fair](https://cloud.example.org/index.php/call/f41rf41r) and [# Summer fair](https://matrix.to/#/!85blbprnsmTQLC5tvAa6TcczFDTMqxWUeePELiYnpe4/$W5nFarKv0Y9KIDND3JQ0y4x15wKpUmKqjqjoIgi6ybg?via=real.test)',
      ],
    ])('%s', async (name, wanted) => {
      expect(await shown(name, { rooms })).toEqual(wanted);
    });
  });

  describe('what is not in Talk is quoted by those who answer it', () => {
    const missing = captured.map(({ name }) => name);

    it.each<Row>([
      [
        'element web: reply without the fallback',
        '**mia** (Matrix):\n\n> noah: Who locks the gate on Sunday?\n\nI have the *other* key',
      ],
      [
        'element web: reply with the fallback',
        '**mia** (Matrix):\n\n> noah: Who locks the gate on Sunday?\n\nme, if @\u200blena helps',
      ],
      ['element web: reply to an emote, with the fallback', '**mia** (Matrix):\n\n> noah: yawns\n\ncoffee?'],
      [
        'element web: reply to a formatted message of several lines, with the fallback',
        '**noah** (Matrix):\n\n> mia: Minutes of Tuesday: 1. Stage to the \\*east\\* 2. Generator far away\n\nagreed',
      ],
      [
        'element x: reply with formatting and a mention',
        '**noah** (Matrix):\n\n> mia: me, if lena helps\n\n**yes**, mia',
      ],
      ['cinny: reply', '**noah** (Matrix):\n\n> noah: Who locks the gate on Sunday?\n\n> who?\n\nme'],
      ['nheko: reply', '**lena** (Matrix):\n\n> noah: Who locks the gate on Sunday?\n\non my way'],
      [
        'nheko: reply, formatted',
        '**lena** (Matrix):\n\n> mia: Minutes of Tuesday: 1. Stage to the \\*east\\* 2. Generator far away\n\n**on** my way',
      ],
      [
        'mautrix bot: a reply',
        { silent: true, text: '**lena** (Matrix):\n\n> noah: Who locks the gate on Sunday?\n\n*42* tickets left' },
      ],
      ['sticker: from a pack, in reply', '**noah** (Matrix): 📎 :kazoo:'],
      ['element web: in a thread', '**noah** (Matrix): behind the hall'],
      ['element web: in a thread, a reply', '**mia** (Matrix):\n\n> noah: behind the hall\n\nthere is a **rack**'],
    ])('%s', async (name, wanted) => {
      expect(await shown(name, { missing })).toEqual(wanted);
    });
  });

  describe('after a day an edit is told as an answer', () => {
    const copyAgeMs = 24 * 60 * 60_000;

    it.each<Row>([
      [
        'element x: edit',
        { answers: 'element x: to be edited', text: '**noah** (Matrix): ✏️ tickets are **sold** out' },
      ],
      ['element web: edit to an emote', { answers: 'element web: to be edited', text: '**mia** (Matrix) ✏️ gives up' }],
      ['edit: text becomes a picture', { answers: 'element x: to be edited', text: '**noah** (Matrix): ✏️ 📎 t.png' }],
    ])('%s', async (name, wanted) => {
      expect(await shown(name, { copyAgeMs })).toEqual(wanted);
    });
  });

  it.each<[string, number, unknown]>([
    [
      'element web: a long message',
      180,
      [
        '**mia** (Matrix): **1.** The stage goes to the east side, because the sun would blind the choir in the afternoon.',
        '**mia** (Matrix): **2.** The generator must not stand behind it: the hum was in every recording of last year.',
        '**mia** (Matrix): **3.** Food: three stalls have confirmed, the ice cream van has not answered; noah asks again on Thursday.',
        '**mia** (Matrix): **4.** Money: 1,240.50 left of the grant; receipts before the 30th, photographed is fine.',
      ],
    ],
    [
      'element web: nested lists',
      60,
      [
        '**mia** (Matrix):\n\n- Friday\n  - van\n    - fuel\n  - keys',
        '**mia** (Matrix):\n\n- Saturday\n  1. stage\n  2. sound',
      ],
    ],
  ])('%s, in parts of %i characters', async (name, maxChars, wanted) => {
    expect(await shown(name, { maxChars })).toEqual(wanted);
  });

  it.each<Row>([
    ['member: lena leaves', { skipped: 'the link does not show who comes and goes' }],
    ['room: name', { skipped: "the link does not mirror the room's name" }],
  ])('where the link does not want it: %s', async (name, wanted) => {
    expect(await shown(name, { options: { members: 'off', name: false } })).toEqual(wanted);
  });
});
