import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { BridgeEvent, MessageSent } from '../../model/bridge-event.js';
import { accountId } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { fromMatrix } from './from-matrix.js';
import { OurUsers } from './matrix.ids.js';
import { parseStored } from './matrix.payloads.js';

type Raw = Record<string, unknown> & { content: Record<string, unknown> };

/** Events as Synapse 1.163 sent them in transactions; rooms of version 12 where nothing else is said. */
const captured = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/matrix/synapse-1.163-events.json', import.meta.url), 'utf8'),
) as Record<string, Raw>;
const account = accountId('home');
const reader = {
  account,
  users: new OurUsers({ serverName: 'synapse.test', bot: 'crosstalk', ghostPrefix: 'crosstalk_' }),
};
const room = { account, id: '!YqnXexcm0vFMuzd2ivcfEtZ4esmGGRp93_Fd1IfrDi8' };
const hello = { room, id: '$tYrcd38YCp7cNfnKI-Egvq3__uET-y5W0ePeywNPqr0' };
const alice = { account, id: '@alice:synapse.test', name: 'Alice', standing: 'person' };

function capturedEvent(name: string): Raw {
  const event = captured[name];
  if (event === undefined) throw new Error(`no captured event ${name}`);
  return event;
}

function readEvent(event: unknown, more: object = {}): ReadResult {
  return fromMatrix(parseStored({ event, senderName: 'Alice', order: '1795230333871000', ...more }), reader);
}

const read = (name: string, more: object = {}): ReadResult => readEvent(capturedEvent(name), more);

/** The captured event with another content. */
const withContent = (name: string, content: object): Raw => ({ ...capturedEvent(name), content: { ...content } });

function eventOf(result: ReadResult): BridgeEvent {
  const event = 'events' in result ? result.events[0] : undefined;
  if (event === undefined) throw new Error(`no event: ${JSON.stringify(result)}`);
  return event;
}

const text = (words: string): unknown => [{ type: 'paragraph', content: [{ type: 'text', text: words }] }];

describe('fromMatrix: messages', () => {
  it('a message has its room, sender, time in milliseconds and id', () => {
    expect(eventOf(read('text'))).toEqual({
      kind: 'messageSent',
      room,
      actor: alice,
      at: '2026-11-21T03:05:33.871Z',
      message: hello,
      body: text('hello'),
      files: [],
      style: 'text',
    });
  });

  it('a reply names what it answers, and loses the quote that older clients put before it', () => {
    expect(eventOf(read('replyWithFallback'))).toMatchObject({
      kind: 'messageSent',
      body: text('an answer'),
      replyTo: hello,
      quoted: { name: 'alice', text: 'hello' },
    });
  });

  it('a reply to an emote or over several lines loses its whole quote', () => {
    const body = '> * <@bob:x> waves\n> twice\n\nanswer\n\n> mine';
    const result = readEvent(withContent('replyWithFallback', { ...capturedEvent('replyWithFallback').content, body }));
    expect(eventOf(result)).toMatchObject({
      body: [...(text('answer') as object[]), ...(text('> mine') as object[])],
      quoted: { name: 'bob', text: 'waves\ntwice' },
    });
  });

  it('a quote that the writer made stays', () => {
    const { content } = capturedEvent('replyWithFallback');
    expect(
      eventOf(readEvent(withContent('replyWithFallback', { ...content, body: '> not a fallback\n\nyes' }))),
    ).toMatchObject({
      body: [...(text('> not a fallback') as object[]), ...(text('yes') as object[])],
    });
    expect(eventOf(readEvent(withContent('text', { msgtype: 'm.text', body: '> <@bob:x> hi\n\nyes' })))).toMatchObject({
      body: [...(text('> <@bob:x> hi') as object[]), ...(text('yes') as object[])],
    });
  });

  it('in a thread only a real reply is one', () => {
    const inThread = eventOf(read('inThread'));
    expect(inThread).toMatchObject({ kind: 'messageSent', thread: hello });
    expect(inThread).not.toHaveProperty('replyTo');
    const { content } = capturedEvent('inThread');
    const relation = content['m.relates_to'] as object;
    const real = { ...content, 'm.relates_to': { ...relation, is_falling_back: false } };
    expect(eventOf(readEvent(withContent('inThread', real)))).toMatchObject({ thread: hello, replyTo: hello });
  });

  it('an emote and a notice keep their style', () => {
    expect(eventOf(read('emote'))).toMatchObject({ body: text('waves'), style: 'emote' });
    const notice = withContent('text', { msgtype: 'm.notice', body: 'done' });
    expect(eventOf(readEvent(notice))).toMatchObject({ style: 'notice' });
  });

  it('a file is a handle, and its words are its caption', () => {
    expect(eventOf(read('image'))).toMatchObject({ body: text('a caption'), files: [{ name: 'cat.jpg' }] });
    const plain = withContent('image', { msgtype: 'm.file', body: 'notes.pdf', url: 'mxc://synapse.test/x' });
    expect(eventOf(readEvent(plain))).toMatchObject({
      body: [],
      files: [{ id: 'mxc://synapse.test/x', name: 'notes.pdf' }],
    });
  });

  it('what is spoken, how long and how large it is, is told where the event tells it', () => {
    const info = { mimetype: 'audio/ogg', size: 64, duration: 4200, w: 0, h: '7' };
    const spoken = { msgtype: 'm.audio', body: 'Voice message', url: 'mxc://synapse.test/x', info };
    const audio = { duration: 4200, waveform: [0, 1024] };
    const voice = withContent('image', {
      ...spoken,
      'org.matrix.msc3245.voice': {},
      'org.matrix.msc1767.audio': audio,
    });
    const [file] = (eventOf(readEvent(voice)) as MessageSent).files;
    expect(file).toEqual({
      account: 'home',
      id: 'mxc://synapse.test/x',
      name: 'Voice message',
      mime: 'audio/ogg',
      bytes: 64,
      durationMs: 4200,
      voice: { waveform: [0, 1024] },
    });
    expect((eventOf(readEvent(withContent('image', spoken))) as MessageSent).files[0]).not.toHaveProperty('voice');
  });

  it('what nobody can fetch is told of in its place', () => {
    const at = (more: object) =>
      (eventOf(readEvent(withContent('image', { msgtype: 'm.image', body: 'a.png', ...more }))) as MessageSent)
        .files[0];
    expect(at({ file: { url: 'mxc://synapse.test/x' } })).toMatchObject({ instead: { why: 'it is encrypted' } });
    expect(at({ url: 'https://example.org/a.png' })).toMatchObject({ instead: { why: 'it has no address' } });
  });

  it('what is for one person’s client alone is nobody else’s', () => {
    const request = { msgtype: 'm.key.verification.request', body: 'bob asks …', to: '@alice:synapse.test' };
    expect(readEvent(withContent('text', request))).toEqual({
      ignored: 'm.key.verification.request: for one person alone',
    });
  });

  it('a sticker is a picture that is called by its description', () => {
    expect(eventOf(read('sticker'))).toMatchObject({ kind: 'messageSent', body: [], files: [{ name: 'a cat' }] });
  });

  it('a message without a text is nobody’s message', () => {
    for (const content of [{}, { body: '' }, { body: 5 }, { body: '\u0000' }]) {
      expect(readEvent(withContent('text', content))).toEqual({ ignored: 'm.room.message without a text' });
    }
  });

  it('what was redacted before it came is told by its redaction', () => {
    expect(read('redactedBeforeItCame')).toEqual({ ignored: 'm.room.message, redacted since' });
  });

  it('an encrypted message cannot be read', () => {
    expect(read('encrypted')).toEqual({ ignored: 'm.room.encrypted: Crosstalk has no keys for this room' });
  });
});

describe('fromMatrix: edits, redactions, reactions', () => {
  it('an edit says what its message says from now on', () => {
    expect(eventOf(read('edit', { editedSender: '@alice:synapse.test' }))).toMatchObject({
      kind: 'messageEdited',
      message: hello,
      body: text('hello, all'),
      version: '1795230333871000',
    });
  });

  it('an edit without a new content is what stands behind its asterisk', () => {
    const { 'm.new_content': _left, ...content } = capturedEvent('edit').content;
    const result = readEvent(withContent('edit', content), { editedSender: '@alice:synapse.test' });
    expect(eventOf(result)).toMatchObject({ body: text('hello, all') });
  });

  it('nobody edits what somebody else wrote', () => {
    for (const editedSender of ['@bob:synapse.test', null, undefined]) {
      expect(read('edit', { editedSender })).toEqual({ ignored: 'm.replace by somebody else than the author' });
    }
  });

  it('a redaction names what it redacts, in its content or beside it', () => {
    expect(eventOf(read('redaction'))).toEqual({
      kind: 'messageDeleted',
      room,
      actor: alice,
      at: '2026-11-21T03:05:34.101Z',
      message: { room, id: '$q6KCMD4BlleO-5JjJbzvIShL036ZKg0gy0NUIJfCElU' },
      version: '1795230333871000',
    });
    const before = capturedEvent('redactionBeforeVersion11');
    expect(eventOf(readEvent({ ...before, content: { reason: 'no' } }))).toMatchObject({
      kind: 'messageDeleted',
      message: { id: before['redacts'] },
    });
  });

  it('a reaction has its emoji and is its own row', () => {
    expect(eventOf(read('reaction'))).toMatchObject({
      kind: 'reactionAdded',
      message: hello,
      emoji: '👍',
      row: '$q6KCMD4BlleO-5JjJbzvIShL036ZKg0gy0NUIJfCElU',
    });
  });

  it('a custom emoji is called by its name, and one without a name is none', () => {
    const relation = { rel_type: 'm.annotation', event_id: hello.id, key: 'mxc://synapse.test/party' };
    const named = withContent('reaction', { 'm.relates_to': relation, shortcode: ':party:' });
    expect(eventOf(readEvent(named))).toMatchObject({ emoji: ':party:' });
    const nameless = withContent('reaction', { 'm.relates_to': relation });
    expect(readEvent(nameless)).toEqual({ ignored: 'm.reaction without an emoji' });
    const page = { ...relation, key: 'x'.repeat(201) };
    expect(readEvent(withContent('reaction', { 'm.relates_to': page }))).toEqual({
      ignored: 'm.reaction with more than an emoji',
    });
  });
});

describe('fromMatrix: people and rooms', () => {
  it('somebody joins', () => {
    expect(eventOf(read('joined', { senderName: 'Carol' }))).toMatchObject({
      kind: 'memberJoined',
      member: { id: '@carol:synapse.test', name: 'Carol', standing: 'person' },
    });
  });

  it('a changed profile is no joining', () => {
    expect(read('renamed')).toEqual({ ignored: 'm.room.member: a changed profile' });
  });

  it('somebody leaves, is removed, is banned', () => {
    expect(eventOf(read('left'))).toMatchObject({ kind: 'memberLeft', how: 'left', member: { name: 'Caro' } });
    expect(eventOf(read('removed'))).toMatchObject({
      kind: 'memberLeft',
      how: 'removed',
      actor: alice,
      member: { id: '@bob:synapse.test', name: 'Bobby12' },
    });
    const banned = { ...capturedEvent('removed'), content: { membership: 'ban' } };
    expect(eventOf(readEvent(banned))).toMatchObject({ kind: 'memberLeft', how: 'banned' });
    expect(read('bannedAfterRemoval')).toEqual({ ignored: 'm.room.member: ban' });
  });

  it('the comings and goings of our own are not told', () => {
    expect(read('ownInvitation')).toEqual({ ignored: 'm.room.member: invite of one of our own' });
    expect(read('ghostJoined')).toEqual({ ignored: 'm.room.member: join of one of our own' });
  });

  it('nor is it that one of our own is called or looks otherwise, whoever did that', () => {
    const joined = capturedEvent('ghostJoined');
    const renamed = {
      ...joined,
      content: { ...joined.content, displayname: 'Anna B. (Talk)', avatar_url: 'mxc://synapse.test/new' },
      unsigned: { prev_content: joined.content },
    };
    for (const sender of [joined['sender'], '@alice:synapse.test']) {
      expect(readEvent({ ...renamed, sender })).toEqual({ ignored: 'm.room.member: join of one of our own' });
    }
  });

  it('a room changes its name, topic and picture', () => {
    expect(eventOf(read('name'))).toMatchObject({ kind: 'roomChanged', change: { of: 'name', name: 'Opened' } });
    expect(eventOf(read('topic'))).toMatchObject({ change: { of: 'topic', topic: 'about' } });
    expect(eventOf(read('avatar'))).toMatchObject({
      change: {
        of: 'avatar',
        avatar: { account, id: 'mxc://synapse.test/pic', name: 'avatar', mime: 'image/png', bytes: 7 },
      },
    });
    expect(eventOf(readEvent(withContent('avatar', {})))).toMatchObject({ change: { of: 'avatar', avatar: null } });
    const odd = withContent('name', { name: ' Ope\n\u202ened ' });
    expect(eventOf(readEvent(odd))).toMatchObject({ change: { of: 'name', name: 'Ope ned' } });
    const rich = withContent('topic', { 'm.topic': { 'm.text': [{ body: 'rich' }] } });
    expect(eventOf(readEvent(rich))).toMatchObject({ change: { of: 'topic', topic: 'rich' } });
    for (const content of [{}, { name: 7 }]) {
      expect(eventOf(readEvent(withContent('name', content)))).toMatchObject({ change: { of: 'name', name: '' } });
    }
  });

  it('what we made of a room comes back as ours', () => {
    for (const name of ['name', 'topic', 'avatar']) {
      const ours = { ...capturedEvent(name), sender: '@crosstalk:synapse.test' };
      expect(eventOf(readEvent(ours)).actor.standing).toBe('ours');
    }
  });

  it('whom somebody sees out by his ghost is the person of the other network', () => {
    expect(eventOf(read('ghostBanned'))).toMatchObject({
      kind: 'memberLeft',
      actor: alice,
      member: { account: 'cloud', id: 'users/Eve_1', name: 'Eve (Talk)', standing: 'person' },
      how: 'banned',
    });
    const kicked = { ...withContent('ghostBanned', { membership: 'leave' }) };
    expect(eventOf(readEvent(kicked))).toMatchObject({ how: 'removed' });
    const left = { ...kicked, sender: kicked['state_key'] };
    expect(readEvent(left)).toEqual({ ignored: 'm.room.member: leave of one of our own' });
  });

  it('power levels say who became a moderator, and whether people may write', () => {
    expect(read('powerLevels')).toMatchObject({
      events: [{ kind: 'roomChanged', change: { of: 'writing', state: 'stopped', why: 'readOnly' } }],
    });
    const before = capturedEvent('powerLevels').content;
    const ghost = '@crosstalk_cloud_users=2fbob:synapse.test';
    const levels = (users: object, now: object, more: object = {}) =>
      readEvent({
        ...capturedEvent('powerLevels'),
        content: { ...before, users: now, ...more },
        unsigned: { prev_content: { ...before, users } },
      });
    expect(levels({ '@noah:synapse.test': 50 }, { '@mia:synapse.test': 100, [ghost]: 50, '@bot:x': 10 })).toMatchObject(
      {
        events: [
          { kind: 'roleChanged', member: { account: 'home', id: '@noah:synapse.test', name: 'noah' }, role: 'member' },
          { kind: 'roleChanged', member: { id: '@mia:synapse.test' }, role: 'moderator' },
          { kind: 'roleChanged', member: { account: 'cloud', id: 'users/bob' }, role: 'moderator' },
        ],
      },
    );
    expect(levels({}, {}, { events_default: 0 })).toMatchObject({
      events: [{ change: { of: 'writing', state: 'resumed', why: 'readOnly' } }],
    });
    expect(levels({}, { '@crosstalk:synapse.test': 100 }, { ban: 10 })).toEqual({
      ignored: 'm.room.power_levels: nobody’s part changed',
    });
    expect(readEvent({ ...capturedEvent('powerLevels'), unsigned: {} })).toEqual({
      ignored: 'm.room.power_levels that are the first',
    });
  });

  it('how long messages stay is told, by the state that clients and servers know', () => {
    const retention = (content: object) => ({ ...withContent('topic', content), type: 'm.room.retention' });
    expect(eventOf(readEvent(retention({ max_lifetime: 86_400_000 })))).toMatchObject({
      kind: 'roomChanged',
      change: { of: 'expiration', afterMs: 86_400_000 },
    });
    for (const content of [{}, { max_lifetime: 'a day' }, { max_lifetime: -1 }]) {
      expect(eventOf(readEvent(retention(content)))).toMatchObject({ change: { of: 'expiration', afterMs: null } });
    }
  });

  it('other state is not bridged', () => {
    expect(read('created')).toEqual({ ignored: 'm.room.create' });
  });

  it('somebody without a name is called by the id', () => {
    expect(eventOf(read('text', { senderName: ' ' })).actor.name).toBe('alice');
  });
});

describe('fromMatrix: our own acts', () => {
  it('come back as ours, with the key that they carry', () => {
    expect(eventOf(read('ghostMessage'))).toMatchObject({
      kind: 'messageSent',
      actor: { id: '@crosstalk_cloud_users=2f_eve__1:synapse.test', standing: 'ours' },
      key: 'ZGVsaXZlcnktb25lLTEyAAAAAAAAAAAAAAAAAAAAAAAAAA',
    });
    expect(eventOf(read('ghostRedaction'))).toMatchObject({
      kind: 'messageDeleted',
      actor: { standing: 'ours' },
      key: 'ZGVsaXZlcnktZGVsLTEyAAAAAAAAAAAAAAAAAAAAAAAAAA',
    });
  });

  it('a person who copies a key stays a person', () => {
    const forged = { ...capturedEvent('ghostMessage'), sender: '@alice:synapse.test' };
    expect(eventOf(readEvent(forged)).actor.standing).toBe('person');
  });
});

describe('fromMatrix: whatever comes', () => {
  it('ids that nobody can store are as good as none', () => {
    const reply = {
      ...capturedEvent('replyWithFallback').content,
      'm.relates_to': { 'm.in_reply_to': { event_id: '$\u0000' } },
    };
    expect(eventOf(readEvent(withContent('replyWithFallback', reply)))).not.toHaveProperty('replyTo');
    expect(() => readEvent({ ...capturedEvent('text'), room_id: '!a\u0000b' })).toThrow();
    expect(() => readEvent({ ...capturedEvent('text'), sender: 'alice' })).toThrow();
  });

  it('any content gives events or a reason', () => {
    const names = Object.keys(captured);
    const fields = fc.constantFrom(
      'body',
      'msgtype',
      'm.relates_to',
      'm.new_content',
      'redacts',
      'membership',
      'url',
      'info',
      'x',
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.dictionary(fields, fc.jsonValue()), (name, content) => {
        const result = readEvent(withContent(name, { ...capturedEvent(name).content, ...content }));
        expect('events' in result ? result.events.length : result.ignored.length).toBeGreaterThan(0);
      }),
    );
  });
});
