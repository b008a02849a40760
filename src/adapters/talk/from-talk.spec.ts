import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { accountId } from '../../model/ids.js';
import type { BridgeEvent, MessageSent } from '../../model/bridge-event.js';
import { fromTalk } from './from-talk.js';
import { parseStoredRow } from './talk.payloads.js';

interface Captured {
  readonly row: { readonly id: number; readonly token: string };
}

const captured = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/talk/rows.json', import.meta.url), 'utf8'),
) as Record<string, Captured>;
const account = accountId('home');
const reader = { account, baseUrl: 'https://cloud.example.org' };

function read(name: string, more: object = {}, self = 'carol') {
  const row = captured[name]?.row;
  if (row === undefined) throw new Error(`no captured row ${name}`);
  return fromTalk(parseStoredRow({ token: row.token, self, row, ...more }), reader);
}

function eventOf(name: string, more: object = {}, self = 'carol'): BridgeEvent {
  const result = read(name, more, self);
  const event = 'events' in result ? result.events[0] : undefined;
  if (event === undefined) throw new Error(`no event from ${name}`);
  return event;
}

function contentOf(name: string): unknown {
  return (eventOf(name) as MessageSent).body.flatMap((block): readonly unknown[] =>
    'content' in block ? block.content : [],
  );
}

describe('fromTalk: messages', () => {
  it('what one of our own guests says is ours, without its words; who mentions or answers it means the person', () => {
    const mia = { account: 'hs', id: '@mia:there' };
    const guests = { '178d78a439cd92a87195f10d78b61536b995ed7d': mia };
    expect(eventOf('guestMessage')).toMatchObject({ actor: { standing: 'person', name: 'Erin (Matrix)' } });
    expect(eventOf('guestMessage', { guests })).toMatchObject({ actor: { standing: 'ours' }, body: [] });
    expect(eventOf('guestMention', { guests })).toMatchObject({
      actor: { standing: 'person', name: 'bob' },
      body: [{ content: [{ text: 'welcome ' }, { type: 'mention', of: { kind: 'person', user: mia } }] }],
    });
    expect(eventOf('guestMention')).toMatchObject({
      body: [{ content: [{ text: 'welcome ' }, { of: { user: { account: 'home' } } }] }],
    });
  });

  it('a message has its room, person, time in whole seconds and id', () => {
    expect(eventOf('withReferenceId')).toEqual({
      kind: 'messageSent',
      room: { account, id: 'tyib88jb' },
      actor: { account, id: 'users/bob', name: 'bob', standing: 'person' },
      at: '2026-11-20T17:28:53.000Z',
      message: { room: { account, id: 'tyib88jb' }, id: '620' },
      body: [{ type: 'paragraph', content: [{ type: 'text', text: 'second' }] }],
      files: [],
      style: 'text',
    });
  });

  it('mentions stand in the text as people and as everybody, with the names that readers saw', () => {
    expect(contentOf('mentions')).toEqual(
      expect.arrayContaining([
        { type: 'bold', content: [{ type: 'text', text: 'world' }] },
        { type: 'mention', of: { kind: 'person', user: { account, id: 'users/bob' } }, label: 'bob' },
        { type: 'text', text: ' and ' },
        { type: 'mention', of: { kind: 'everyone' }, label: 'Chat room' },
      ]),
    );
    expect(contentOf('guestMention')).toContainEqual({
      type: 'mention',
      of: { kind: 'person', user: { account, id: 'guests/178d78a439cd92a87195f10d78b61536b995ed7d' } },
      label: 'Erin (Matrix)',
    });
    expect(contentOf('federatedMention')).toContainEqual({
      type: 'mention',
      of: { kind: 'person', user: { account, id: 'federated_users/dora@http://127.0.0.1:8091' } },
      label: 'dora@http://127.0.0.1:8091',
    });
  });

  it('our own account, which is nobody elsewhere, is mentioned by its name', () => {
    const { body } = eventOf('mentions', {}, 'bob') as MessageSent;
    expect(JSON.stringify(body)).toContain('{"type":"text","text":"@bob"}');
    expect(JSON.stringify(body)).not.toContain('users/bob');
  });

  it('braces that are no placeholder stay as they are', () => {
    expect(JSON.stringify(contentOf('markdown'))).toContain('{curly}');
  });

  it('a reply names what it answers; a deleted parent becomes a message without replyTo', () => {
    expect(eventOf('reply')).toMatchObject({
      replyTo: { room: { account, id: 'tyib88jb' }, id: '619' },
      quoted: { name: 'alice', text: expect.any(String) as string },
    });
    const { row } = captured['reply'] as Captured & { row: { parent: object } };
    const gone = { ...row, parent: { id: 619, deleted: true } };
    expect(eventOf('reply', { row: gone })).not.toHaveProperty('replyTo');
  });

  it('a message in a thread names the thread and quotes nothing; a quote outside is no thread', () => {
    const inThread = eventOf('inThread');
    expect(inThread).toMatchObject({ thread: { id: '681' } });
    expect(inThread).not.toHaveProperty('replyTo');
    const outside = eventOf('replyOutsideThread');
    expect(outside).toMatchObject({ replyTo: { id: '685' } });
    expect(outside).not.toHaveProperty('thread');
    expect(eventOf('threadOpened')).not.toHaveProperty('thread');
  });

  it('a silent message says so', () => {
    expect(eventOf('silent')).toMatchObject({ attention: 'silent' });
  });

  it('files are handles, with what the row says of them, and their words beside', () => {
    expect(eventOf('file')).toMatchObject({
      body: [],
      files: [{ account, id: 'file/431/Talk/notes ü.txt', name: 'notes ü.txt', mime: 'text/plain', bytes: 11 }],
    });
    expect(eventOf('voiceMessage')).toMatchObject({ body: [], files: [{ mime: 'audio/mpeg', voice: {} }] });
    expect(eventOf('fileWithCaption')).toMatchObject({
      files: [{ id: 'file/430/Talk/picture.png', bytes: 70, size: { width: 1, height: 1 } }],
    });
    expect(contentOf('fileWithCaption')).toEqual([
      { type: 'text', text: 'Look at ' },
      { type: 'bold', content: [{ type: 'text', text: 'this' }] },
      { type: 'text', text: ' ' },
      { type: 'mention', of: { kind: 'person', user: { account, id: 'users/alice' } }, label: 'alice' },
    ]);
  });

  it.each([
    [
      'file that may only be looked at',
      { mimetype: 'application/pdf', 'hide-download': 'yes' },
      'to be seen in Nextcloud only',
    ],
    ['folder', { mimetype: 'httpd/unix-directory', 'hide-download': 'no' }, 'a folder, to be seen in Nextcloud'],
  ])('a %s is named, with where', (_what, told, why) => {
    const file = { type: 'file', id: '1', name: 'plan', path: 'plan', link: 'https://c/f/1', ...told };
    const row = { ...captured['file']?.row, messageParameters: { file } };
    expect(fromTalk(parseStoredRow({ token: 'abc', self: 'carol', row }), reader)).toMatchObject({
      events: [{ files: [{ instead: { why, url: 'https://c/f/1' } }] }],
    });
  });

  it('other shared things are readable words', () => {
    expect(contentOf('guestPoll')).toEqual([{ type: 'text', text: '📊 Tea?' }]);
    expect(contentOf('location')).toEqual([
      {
        type: 'link',
        url: 'https://www.openstreetmap.org/?mlat=52.5263&mlon=13.4033',
        content: [{ type: 'text', text: '📍 Berlin' }],
      },
    ]);
    const { row } = captured['location'] as Captured & { row: { messageParameters: { object: object } } };
    const object = { ...row.messageParameters.object, name: '' };
    expect(JSON.stringify(eventOf('location', { row: { ...row, messageParameters: { object } } }))).toContain(
      '"📍 52.5263, 13.4033"',
    );
    expect(contentOf('deckCard')).toEqual([
      {
        type: 'link',
        url: 'http://127.0.0.1:8090/apps/deck/#/board/1/card/12',
        content: [{ type: 'text', text: 'Write the docs (Roadmap, Doing)' }],
      },
    ]);
    expect(JSON.stringify(contentOf('fileGone'))).toContain('bob');
  });

  it('guests, bots, federated people and bridges are told apart', () => {
    expect(eventOf('guestMessage').actor).toEqual({
      account,
      id: 'guests/178d78a439cd92a87195f10d78b61536b995ed7d',
      name: 'Erin (Matrix)',
      standing: 'person',
    });
    expect(eventOf('bot').actor).toMatchObject({ name: 'Bridge (Bot)', standing: 'bot' });
    expect(eventOf('bridged').actor).toMatchObject({ id: 'bridged/bridge-bot', standing: 'ours' });
    expect(eventOf('federatedMessage').actor).toMatchObject({
      id: 'federated_users/dora@http://127.0.0.1:8091',
      name: 'dora',
    });
    expect(eventOf('reply', {}, 'bob').actor).toMatchObject({ id: 'users/bob', standing: 'ours' });
  });

  it('a reference id is a key only in the shape of one', () => {
    expect(eventOf('withReferenceId')).not.toHaveProperty('key');
    const key = 'AZqmH0jGdyeQzBf3wZ1nRAAAq83vEjRWeJASNFZ4kBI_-A';
    const row = { ...captured['withReferenceId']?.row, referenceId: key };
    expect(eventOf('withReferenceId', { row })).toMatchObject({ key });
  });
});

describe('fromTalk: what happens to messages', () => {
  it('an edit carries the new text of its message, ordered by the time and the number of its own row', () => {
    expect(eventOf('edited')).toMatchObject({
      kind: 'messageEdited',
      message: { id: '620' },
      version: '1795195738000626',
      actor: { id: 'users/bob' },
      body: [
        {
          type: 'paragraph',
          content: [
            { type: 'text', text: 'second, edited ' },
            { type: 'mention', of: { kind: 'person', user: { account, id: 'users/alice' } }, label: 'alice' },
          ],
        },
      ],
    });
  });

  it('an edit of what was deleted since is none', () => {
    expect(read('editedOfDeleted')).toEqual({ ignored: 'message_edited of a deleted message' });
  });

  it('a deletion names its message; the deleted row itself says nothing', () => {
    expect(eventOf('deleted')).toMatchObject({ kind: 'messageDeleted', message: { id: '620' }, version: '629' });
    expect(read('deletedComment')).toEqual({ ignored: 'comment_deleted' });
  });

  it('a reaction has its emoji and its row', () => {
    expect(eventOf('reaction')).toMatchObject({
      kind: 'reactionAdded',
      message: { id: '654' },
      emoji: '🎉',
      version: '658',
      row: '658',
      actor: { id: 'users/bob' },
    });
  });

  it('a reaction taken back is known by the row that it had', () => {
    expect(eventOf('reactionRevoked', { revoked: [664] })).toMatchObject({
      kind: 'reactionRemoved',
      message: { id: '663' },
      version: '668',
      row: '664',
    });
    expect(read('reactionRevoked')).toEqual({ ignored: 'reaction_revoked of an unknown reaction' });
    expect(read('reactionDeleted')).toHaveProperty('ignored');
  });
});

describe('fromTalk: what happens to rooms', () => {
  const room = { name: 'Team', description: 'What we talk about', avatarVersion: 'a1b2', isCustomAvatar: true };

  it('name, topic and picture come from the room itself, since the row does not say them', () => {
    expect(eventOf('renamed', { room })).toMatchObject({ kind: 'roomChanged', change: { of: 'name', name: 'Team' } });
    expect(eventOf('descriptionSet', { room })).toMatchObject({ change: { of: 'topic', topic: 'What we talk about' } });
    expect(eventOf('avatarSet', { room })).toMatchObject({
      change: { of: 'avatar', avatar: { id: 'room-avatar/mjf5qdfr' } },
    });
    expect(eventOf('avatarSet', { room: { ...room, isCustomAvatar: false } })).toMatchObject({
      change: { of: 'avatar', avatar: null },
    });
    expect(read('renamed')).toHaveProperty('ignored');
  });

  it('a cleared history is told', () => {
    expect(eventOf('historyCleared')).toMatchObject({ kind: 'roomChanged', change: { of: 'history', cleared: 'all' } });
  });

  it('people come and go, by themselves or not', () => {
    expect(eventOf('userAdded')).toMatchObject({
      kind: 'memberJoined',
      member: { id: 'users/bob' },
      actor: { id: 'users/alice' },
    });
    expect(read('userAdded', {}, 'bob')).toEqual({ ignored: 'user_added of one of our own' });
    expect(eventOf('userRemoved', {}, 'bob')).toMatchObject({
      kind: 'memberLeft',
      member: { id: 'users/carol' },
      how: 'removed',
    });
    expect(read('federatedAdded')).toEqual({
      ignored: 'federated_user_added: an invitation, of which its own row tells that it is accepted',
    });
  });

  it('calls and threads are told', () => {
    expect(eventOf('callStarted')).toMatchObject({
      kind: 'callChanged',
      change: { of: 'start', joinUrl: 'https://cloud.example.org/index.php/call/dn2464ek' },
    });
    expect(eventOf('callEnded')).toMatchObject({ kind: 'callChanged', change: { of: 'end', how: 'over', people: [] } });
    expect(eventOf('threadCreated')).toMatchObject({
      kind: 'threadChanged',
      thread: { id: '681' },
      title: 'Planning 2027',
    });
  });

  it('what is not ours to bridge is ignored under its name', () => {
    expect(read('pollVoted')).toEqual({ ignored: 'poll_voted of a poll that is not known' });
  });
});

describe('fromTalk: properties', () => {
  it('every captured row is understood', () => {
    for (const name of Object.keys(captured)) expect(() => read(name)).not.toThrow();
  });

  it('whatever stands in texts, names and parameters, it neither throws nor loses the text', () => {
    const word = fc.string({ unit: 'binary', maxLength: 12 });
    const parameter = fc.dictionary(
      fc.constantFrom('type', 'id', 'name', 'server', 'link', 'mention-id'),
      fc.oneof(word, fc.integer()),
    );
    const parameters = fc.oneof(
      fc.constant([]),
      fc.dictionary(fc.constantFrom('mention-user1', 'file', 'object', 'actor', '__proto__', 'constructor'), parameter),
    );
    const text = fc
      .array(fc.oneof(word, fc.constantFrom('{mention-user1}', '{file}', '{__proto__}', '{', '}', '\n\n')))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, parameters, word, (message, messageParameters, actorDisplayName) => {
        const row = { ...captured['reply']?.row, message, messageParameters, actorDisplayName };
        const event = eventOf('reply', { row }) as MessageSent;
        expect(event.kind).toBe('messageSent');
        expect(event.actor.name).not.toBe('');
      }),
    );
  });

  it('a payload that is no row is refused by throwing', () => {
    for (const payload of [null, 1, [], {}, { token: 'x', self: 'y', row: {} }]) {
      expect(() => parseStoredRow(payload)).toThrow();
    }
  });
});
