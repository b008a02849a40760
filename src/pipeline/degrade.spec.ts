import type {
  BridgeEvent,
  CallChanged,
  MemberLeft,
  MessageEdited,
  MessageSent,
  PinChanged,
  PollStarted,
  RoomChanged,
  ThreadChanged,
} from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { accountId, type FileElsewhere, remoteId, roomId, userId, type UserRef } from '../model/ids.js';
import { defaultLinkOptions, type LinkOptions } from '../model/link-options.js';
import { toPlain } from '../formatting/plain.js';
import { degrade } from './degrade.js';
import type { Degraded, Resolved } from './degraded.js';

const room = { account: accountId('left'), id: roomId('a') };
const able: Capabilities = {
  speakers: ['relay'],
  maxTextChars: 1_000,
  maxFileBytes: 0,
  replies: 'quote',
  threads: 'none',
  reactions: 'any',
  maxReactionsPerSpeaker: 1,
};
/** A room that shows people of other networks as members. */
const peopled: Capabilities = { ...able, speakers: ['ghost', 'relay'] };
const body: MessageSent['body'] = [{ type: 'paragraph', content: [{ type: 'text', text: 'yes' }] }];
const message: MessageSent = {
  kind: 'messageSent',
  room,
  actor: { account: room.account, id: userId('anna'), name: 'Anna', standing: 'person' },
  at: '2026-01-02T03:04:05.000Z',
  message: { room, id: remoteId('2') },
  body,
  files: [],
  style: 'text',
};
const reply: MessageSent = {
  ...message,
  replyTo: { room, id: remoteId('1') },
  quoted: { name: 'Ben', text: 'shall\n we?' },
};
const quote = (text: string): MessageSent['body'] => [
  { type: 'quote', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] },
  ...body,
];
const resolved = (more: Partial<Resolved> = {}): Resolved => ({
  replyTarget: 'none',
  thread: 'none',
  can: () => true,
  options: defaultLinkOptions,
  networkLabel: 'Left',
  ...more,
});
const bare = resolved();
const missing = resolved({ replyTarget: 'missing' });
const found = resolved({ replyTarget: 'found' });
function bodyOf(event: BridgeEvent, capabilities = able, how = missing): MessageSent['body'] | undefined {
  const degraded = degrade(event, capabilities, how);
  return 'event' in degraded && 'body' in degraded.event ? degraded.event.body : undefined;
}

function textOf(degraded: Degraded): string | undefined {
  return 'event' in degraded && degraded.event.kind === 'messageSent' ? toPlain(degraded.event.body) : undefined;
}

describe('degrade', () => {
  it('a file that is larger than the room takes is told of in its place; one whose size nobody tells is tried', () => {
    const file = { account: room.account, id: 'f', name: 'film.mp4', mime: 'video/mp4' };
    const files = [{ ...file, bytes: 50_000_000 }, { ...file, bytes: 50_000_001 }, file];
    const filesIn = (capabilities: Capabilities): unknown => {
      const degraded = degrade({ ...message, files }, capabilities, bare);
      return 'event' in degraded && degraded.event.kind === 'messageSent' ? degraded.event.files : undefined;
    };
    const [first, second] = files;
    const instead = { why: 'this room takes files up to 50 MB' };
    expect(filesIn({ ...able, maxFileBytes: 50_000_000 })).toEqual([first, { ...second, instead }, file]);
    expect(filesIn(able)).toMatchObject(files.map(() => ({ instead: { why: 'this room takes no files' } })));
  });

  it('a file that the room does not take is told of with where it is', () => {
    const file = { account: room.account, id: 'f', name: 'film.mp4', mime: 'video/mp4', bytes: 2_000 };
    const link = { url: 'https://crosstalk.example.org/files/f', until: new Date('2026-03-04T05:06:07Z') };
    const lineOf = (elsewhere: FileElsewhere, maxFileBytes: number): unknown => {
      const event = { ...message, files: [{ ...file, elsewhere }] };
      const degraded = degrade(event, { ...able, maxFileBytes }, bare);
      return 'event' in degraded && degraded.event.kind === 'messageSent'
        ? degraded.event.files[0]?.instead
        : undefined;
    };
    expect(lineOf({ network: 'Talk' }, 1_000)).toEqual({ why: 'this room takes files up to 1.0 kB; it is in Talk' });
    expect(lineOf({ network: 'Talk', link }, 1_000)).toEqual({
      why: 'this room takes files up to 1.0 kB; the link holds until 2026-03-04',
      url: link.url,
    });
    expect(lineOf({ network: 'Talk', link }, 0)).toEqual({
      why: 'this room takes no files; the link holds until 2026-03-04',
      url: link.url,
    });
    expect(lineOf({ network: 'Talk', link }, 2_000)).toBeUndefined();
  });

  it('an edit without words is one only where files stay', () => {
    const file = { account: room.account, id: 'f', name: 'film.mp4', mime: 'video/mp4' };
    const edit: MessageEdited = { ...message, kind: 'messageEdited', body: [], files: [file], version: '2' };
    expect(degrade(edit, able, bare)).toMatchObject({ event: { files: [file] } });
    expect(degrade({ ...edit, files: [] }, able, bare)).toEqual({ skip: 'there is nothing in it' });
    const late = degrade(edit, { ...able, editWindowMs: 1 }, resolved({ copyAgeMs: 2 }));
    expect(textOf(late)).toContain('film.mp4');
  });

  it('what the room can show stays as it is', () => {
    expect(degrade(message, able, bare)).toEqual({ event: message, by: 'person' });
    expect(degrade(reply, able, found)).toEqual({ event: reply, by: 'person' });
  });

  it('a reply to what is not there, or in a room without replies, has a quote on one line instead', () => {
    const { replyTo: _, ...rest } = reply;
    const expected = { event: { ...rest, body: quote('Ben: shall we?') }, by: 'person' };
    expect(degrade(reply, able, missing)).toEqual(expected);
    expect(degrade(reply, { ...able, replies: 'none' }, found)).toEqual(expected);
  });

  it('a reply whose target is not told goes without', () => {
    const { quoted: _, ...unquoted } = reply;
    expect(bodyOf(unquoted)).toEqual(body);
  });

  it('a quote is short, and cuts no character in two', () => {
    const quoting = (text: string) => bodyOf({ ...reply, quoted: { name: 'Ben', text } });
    expect(quoting('x'.repeat(120))).toEqual(quote(`Ben: ${'x'.repeat(120)}`));
    expect(quoting('x'.repeat(121))).toEqual(quote(`Ben: ${'x'.repeat(120)}…`));
    expect(quoting(`${'x'.repeat(119)}🦊 and more`)).toEqual(quote(`Ben: ${'x'.repeat(119)}…`));
    expect(quoting(`${'x'.repeat(117)}👨‍👩‍👧 and more`)).toEqual(quote(`Ben: ${'x'.repeat(117)}…`));
  });

  it('an empty message is not shown', () => {
    expect(degrade({ ...message, body: [] }, able, bare)).toEqual({
      skip: 'there is nothing in it',
    });
  });

  it('files without a text are a message', () => {
    const file = { account: room.account, id: 'f', name: 'a.png', mime: 'image/png', bytes: 1 };
    const event = { ...message, body: [], files: [file] };
    expect(degrade(event, { ...able, maxFileBytes: 1 }, bare)).toEqual({ event, by: 'person' });
  });

  it('what is said in a thread answers its first message, where the room has no threads', () => {
    const root = { room, id: remoteId('0') };
    const inThread: MessageSent = { ...message, thread: root };
    expect(degrade(inThread, able, resolved({ thread: 'found' }))).toEqual({
      event: { ...message, replyTo: root },
      by: 'person',
    });
    expect(degrade(inThread, able, resolved({ thread: 'missing' }))).toEqual({ event: message, by: 'person' });
    const threaded = { ...able, threads: 'plain' as const };
    expect(degrade(inThread, threaded, resolved({ thread: 'found' }))).toEqual({ event: inThread, by: 'person' });
  });

  it('a thread’s name stands in its first message where threads have none of their own', () => {
    const event: MessageSent = { ...message, title: 'Plans' };
    const name = {
      type: 'paragraph',
      content: [
        { type: 'text', text: '🧵 ' },
        { type: 'bold', content: [{ type: 'text', text: 'Plans' }] },
      ],
    };
    expect(degrade(event, { ...able, threads: 'titled' }, bare)).toEqual({ event, by: 'person' });
    expect(degrade(event, able, bare)).toEqual({ event: { ...message, body: [name, ...message.body] }, by: 'person' });
  });

  describe('a poll that is asked in a thread', () => {
    const thread = { room, id: remoteId('1') };
    const { actor, at, message: ref } = message;
    const terms = { question: 'Tea?', options: ['yes', 'no'], results: 'shown', maxVotes: 1 } as const;
    const poll: PollStarted = { kind: 'pollStarted', room, actor, at, message: ref, thread, ...terms };
    const polls = { are: 'native', minOptions: 2, maxOptions: 20, votes: 'secret' } as const;
    const stands = resolved({ thread: 'found' });

    it('is one there, and its words stand in the thread where the room refuses it', () => {
      const shown = degrade(poll, { ...able, threads: 'plain', polls }, stands);
      expect(shown).toMatchObject({ event: { kind: 'pollStarted', thread }, inLine: { thread } });
    });

    it('is told there in words where the room has no polls', () => {
      expect(degrade(poll, { ...able, threads: 'plain' }, stands)).toMatchObject({
        event: { kind: 'messageSent', thread },
      });
    });

    it('answers the first message where the room has no threads', () => {
      expect(degrade(poll, able, stands)).toMatchObject({ event: { kind: 'messageSent', replyTo: thread } });
    });

    it('is one of the room where the thread is not there', () => {
      const shown = degrade(poll, { ...able, threads: 'plain' }, resolved({ thread: 'missing' }));
      expect('event' in shown && shown.event).not.toHaveProperty('thread');
      const asPoll = degrade(poll, { ...able, threads: 'plain', polls }, resolved({ thread: 'missing' }));
      expect('event' in asPoll && asPoll.event).not.toHaveProperty('thread');
    });
  });

  describe('a poll that is asked otherwise', () => {
    const asks = { question: 'Cake?', options: ['yes', 'no'] };
    const { actor, at, message: ref } = message;
    const edited: MessageEdited = {
      kind: 'messageEdited',
      room,
      actor,
      at,
      message: ref,
      body,
      asks,
      style: 'text',
      version: '2',
    };
    const polls = { minOptions: 2, maxOptions: 20, votes: 'secret' } as const;

    it('is edited where it is told in words', () => {
      expect(degrade(edited, able, bare)).toMatchObject({ event: { kind: 'messageEdited' } });
    });

    it('is told in an answer to the poll where the room counts its votes', () => {
      const told = degrade(edited, { ...able, polls: { are: 'native', ...polls } }, bare);
      expect(told).toMatchObject({ event: { kind: 'messageSent', replyTo: ref } });
      expect(toPlain('event' in told && told.event.kind === 'messageSent' ? told.event.body : [])).toBe('✏️ yes');
    });

    it('is shown by the poll itself where we count its votes', () => {
      const told = degrade(edited, { ...able, polls: { are: 'counted', ...polls } }, bare);
      expect(told).toEqual({ skip: 'the poll itself shows it' });
    });

    it.each(['native', 'counted'] as const)(
      'is told where it stays as it was, by the options that people vote for there: %s',
      (are) => {
        const grown = { ...edited, asks: { ...asks, options: Array.from({ length: 21 }, String), kept: 20 } };
        const told = degrade(grown, { ...able, polls: { are, ...polls } }, bare);
        expect(told).toMatchObject({ event: { kind: 'messageSent', replyTo: ref } });
        expect(toPlain('event' in told && told.event.kind === 'messageSent' ? told.event.body : [])).toBe(
          '✏️ yes\n\nThe poll here keeps the options that it had: votes for others are not counted in it.',
        );
      },
    );

    it('is edited where it was told in words, however many options it has now', () => {
      const told = degrade(
        { ...edited, asks: { ...asks, kept: 1 } },
        { ...able, polls: { are: 'counted', ...polls } },
        bare,
      );
      expect(told).toMatchObject({ event: { kind: 'messageEdited', body } });
    });
  });

  describe('a thread that gets another name', () => {
    const thread = { room, id: remoteId('0') };
    const { actor, at } = message;
    const renamed: ThreadChanged = { kind: 'threadChanged', room, actor, at, thread, title: 'Plans' };
    const first = { body: message.body, style: 'text' } as const;

    it('is renamed itself where it can be', () => {
      const titled = { ...able, threads: 'titled' as const };
      expect(degrade(renamed, titled, bare)).toMatchObject({ event: renamed, by: 'bridge', inLine: { thread } });
    });

    it('has its first message changed where the name stands in that', () => {
      const degraded = degrade({ ...renamed, first }, { ...able, threads: 'plain' }, bare);
      expect(degraded).toMatchObject({ event: { kind: 'messageEdited', message: thread }, by: 'person' });
      expect(toPlain((degraded as { event: MessageEdited }).event.body)).toMatch(/^🧵 Plans\n/);
    });

    it('is told of in a line of the thread where the first message is somebody else’s', () => {
      const line = { kind: 'messageSent', by: 'bridge', style: 'notice', attention: 'silent' };
      expect(degrade(renamed, { ...able, threads: 'plain' }, bare)).toMatchObject({ event: { ...line, thread } });
      expect(degrade(renamed, able, bare)).toMatchObject({ event: { ...line, replyTo: thread }, by: 'bridge' });
    });
  });

  describe('a message that is pinned', () => {
    const { actor, at } = message;
    const pinned: PinChanged = { kind: 'pinChanged', room, actor, at, message: message.message, state: 'pinned' };

    it('is pinned by the bridge itself where the room can show that', () => {
      expect(degrade(pinned, { ...able, pins: 'shown' }, bare)).toMatchObject({ event: pinned, by: 'bridge' });
    });

    it('is told of in a quiet line else, which answers it', () => {
      const line = { kind: 'messageSent', style: 'notice', attention: 'silent', replyTo: message.message };
      const unpinned: PinChanged = { ...pinned, state: 'unpinned' };
      for (const [event, told] of [
        [pinned, `📌 ${actor.name} (Left) pinned a message`],
        [unpinned, `📌 ${actor.name} (Left) unpinned a message`],
      ] as const) {
        const degraded = degrade(event, able, bare);
        expect(degraded).toMatchObject({ event: line, by: 'bridge' });
        expect(toPlain((degraded as { event: MessageSent }).event.body)).toBe(told);
      }
    });
  });

  const edit: MessageEdited = {
    kind: 'messageEdited',
    room,
    actor: message.actor,
    at: message.at,
    message: message.message,
    body,
    style: 'text',
    version: '3',
  };

  it('an edit within the time that the room allows stays an edit', () => {
    const window = { ...able, editWindowMs: 1_000 };
    expect(degrade(edit, window, resolved({ copyAgeMs: 999 }))).toEqual({ event: edit, by: 'person' });
    expect(degrade(edit, able, resolved({ copyAgeMs: 1_000_000 }))).toEqual({ event: edit, by: 'person' });
  });

  it('an edit that is so long that it stands in a file is a correction', () => {
    const long: MessageEdited = {
      ...edit,
      body: [{ type: 'paragraph', content: [{ type: 'text', text: 'word '.repeat(500) }] }],
    };
    const files = { ...able, maxFileBytes: 1_000_000, maxTextMessages: 2 };
    expect(degrade(long, files, bare)).toMatchObject({ event: { kind: 'messageSent', replyTo: message.message } });
    expect(degrade(edit, files, bare)).toEqual({ event: edit, by: 'person' });
    expect(degrade(long, { ...files, maxTextMessages: 3 }, bare)).toEqual({ event: long, by: 'person' });
  });

  it('an edit that comes too late is a correction that answers what it corrects', () => {
    const late = degrade(edit, { ...able, editWindowMs: 1_000 }, resolved({ copyAgeMs: 1_000 }));
    expect(late).toEqual({
      event: {
        kind: 'messageSent',
        room,
        actor: message.actor,
        at: message.at,
        message: message.message,
        replyTo: message.message,
        body: [
          {
            type: 'paragraph',
            content: [
              { type: 'text', text: '✏️ ' },
              { type: 'text', text: 'yes' },
            ],
          },
        ],
        files: [],
        style: 'text',
      },
      by: 'person',
    });
  });

  it('a room that takes emoji only is shown no other reactions', () => {
    const reacted = (emoji: string): BridgeEvent => ({ ...edit, kind: 'reactionAdded', emoji });
    const emojiOnly = { ...able, reactions: 'emoji' as const };
    expect(degrade(reacted('👍'), emojiOnly, bare)).toEqual({ event: reacted('👍'), by: 'person' });
    expect(degrade(reacted(':party_parrot:'), emojiOnly, bare)).toEqual({
      skip: 'the room takes emoji only as reactions',
    });
    expect(degrade(reacted('well said'), able, bare)).toEqual({ event: reacted('well said'), by: 'person' });
  });

  describe('who comes and goes', () => {
    const joined: BridgeEvent = {
      kind: 'memberJoined',
      room,
      actor: message.actor,
      at: message.at,
      member: { ...message.actor, name: 'Mia' },
    };
    const line = bodyOf(joined, able, resolved({ options: { ...defaultLinkOptions, members: 'line' } }));
    const said = [{ type: 'paragraph', content: [{ type: 'text', text: 'Mia (Left) joined' }] }];

    it('is a member of the room where the room has such', () => {
      expect(degrade(joined, peopled, bare)).toEqual({ event: joined, by: 'person' });
    });

    it('is told in a line where the room has no such members, or where the link says so', () => {
      expect(line).toEqual(said);
      expect(bodyOf(joined, peopled, resolved({ can: (kind) => kind !== 'memberJoined' }))).toEqual(said);
      expect(bodyOf(joined, able, bare)).toEqual(said);
    });

    it('is shown and told in no line, nor done elsewhere, where it was found by looking who is there', () => {
      const found = { ...joined, found: 'later' } as const;
      const gone: BridgeEvent = { ...found, kind: 'memberLeft', how: 'removed' };
      const moderating = resolved({ options: { ...defaultLinkOptions, moderation: 'on' }, here: joined.member });
      const obeying = { ...peopled, obeys: ['members' as const] };
      for (const event of [found, gone]) {
        expect(degrade(event, peopled, bare)).toEqual({ event, by: 'person' });
        expect(degrade(event, obeying, moderating)).toEqual({ event, by: 'person' });
        expect(degrade(event, able, bare)).toEqual({
          skip: 'it was found by looking who is there, which no line tells',
        });
      }
    });

    it('is not told where the link says so', () => {
      const off = { ...defaultLinkOptions, members: 'off' as const };
      expect(degrade(joined, able, resolved({ options: off }))).toEqual({
        skip: 'the link does not show who comes and goes',
      });
    });
  });

  it('the room changes by the hand of the bridge, as far as the link mirrors it', () => {
    const renamed: BridgeEvent = {
      kind: 'roomChanged',
      room,
      actor: message.actor,
      at: message.at,
      change: { of: 'name', name: 'New' },
    };
    expect(degrade(renamed, able, bare)).toEqual({ event: renamed, by: 'bridge' });
    expect(degrade(renamed, able, resolved({ options: { ...defaultLinkOptions, name: false } }))).toEqual({
      skip: "the link does not mirror the room's name",
    });
  });

  it('a cleared history is told in a quiet line of the bridge', () => {
    const cleared: BridgeEvent = {
      kind: 'roomChanged',
      room,
      actor: message.actor,
      at: message.at,
      change: { of: 'history', cleared: 'all' },
    };
    expect(degrade(cleared, able, bare)).toEqual({
      event: {
        kind: 'messageSent',
        room,
        actor: message.actor,
        at: message.at,
        message: { room, id: '' },
        body: [{ type: 'paragraph', content: [{ type: 'text', text: 'Anna (Left) cleared the history' }] }],
        files: [],
        style: 'notice',
        attention: 'silent',
      },
      by: 'bridge',
    });
  });

  describe('who sees to the room', () => {
    const promoted: BridgeEvent = {
      kind: 'roleChanged',
      room,
      actor: message.actor,
      at: message.at,
      member: { ...message.actor, name: 'Mia' },
      role: 'moderator',
    };
    const said = (event: BridgeEvent, how: Resolved) => textOf(degrade(event, able, how));

    it('has a moderator’s power where the room has such; a line is ready for where it does not let us', () => {
      expect(degrade(promoted, peopled, bare)).toMatchObject({
        event: promoted,
        by: 'bridge',
        inLine: { style: 'notice' },
      });
    });

    it('has it, and no line is ready, where that was found by looking who is there', () => {
      const found = { ...promoted, found: 'later' } as const;
      const moderating = resolved({ options: { ...defaultLinkOptions, moderation: 'on' }, here: promoted.member });
      expect(degrade(found, peopled, bare)).toEqual({ event: found, by: 'bridge' });
      expect(degrade(found, { ...peopled, obeys: ['roles'] }, moderating)).toEqual({ event: found, by: 'bridge' });
      expect(degrade(found, able, bare)).toEqual({ skip: 'it was found by looking who is there, which no line tells' });
    });

    it('is told in a line else, or not at all', () => {
      const cannot = resolved({ can: (kind) => kind !== 'roleChanged' });
      expect(said(promoted, cannot)).toBe('Mia (Left) is a moderator now');
      expect(said({ ...promoted, role: 'member' }, cannot)).toBe('Mia (Left) is no moderator any more');
      expect(said(promoted, resolved({ options: { ...defaultLinkOptions, moderators: 'line' } }))).toBe(
        'Mia (Left) is a moderator now',
      );
      expect(degrade(promoted, able, resolved({ options: { ...defaultLinkOptions, moderators: 'off' } }))).toEqual({
        skip: 'the link does not show who sees to the room',
      });
    });
  });

  describe('what else is told of a room', () => {
    const changed = (change: RoomChanged['change']): BridgeEvent => ({
      kind: 'roomChanged',
      room,
      actor: message.actor,
      at: message.at,
      change,
    });

    it.each<[RoomChanged['change'], string]>([
      [
        { of: 'writing', state: 'stopped', why: 'readOnly' },
        'Anna (Left) made the room read-only: what is said here may have to wait',
      ],
      [{ of: 'writing', state: 'resumed', why: 'readOnly' }, 'Anna (Left) lets people write again'],
      [
        { of: 'writing', state: 'stopped', why: 'lobby' },
        'Anna (Left) lets only moderators in for now: what is said here may have to wait',
      ],
      [{ of: 'writing', state: 'resumed', why: 'lobby' }, 'Anna (Left) lets everybody in again'],
      [{ of: 'access', to: 'guestsAllowed' }, 'Anna (Left) lets guests in'],
      [{ of: 'expiration', afterMs: 3_600_000 }, 'Anna (Left) has messages vanish after 1 h from now on'],
      [{ of: 'expiration', afterMs: null }, 'Anna (Left) has messages stay from now on'],
      [{ of: 'group', state: 'added', type: 'team', name: 'Choir' }, 'Anna (Left) added the team “Choir”'],
      [{ of: 'breakoutRooms', state: 'started' }, 'Anna (Left) opened breakout rooms'],
      [{ of: 'breakoutRooms', state: 'stopped' }, 'Anna (Left) closed the breakout rooms'],
      [{ of: 'assistance', state: 'asked', room: 'Room 1' }, 'Help is asked for in the breakout room “Room 1” (Left)'],
      [
        { of: 'assistance', state: 'given', room: 'Room 1' },
        'Nobody asks for help any more in the breakout room “Room 1” (Left)',
      ],
      [
        { of: 'reach', state: 'lost', why: 'it is gone' },
        'What is said here does not reach the other room (Left) and waits: it is gone',
      ],
      [{ of: 'reach', state: 'back', why: '' }, 'What is said here reaches the other room (Left) again'],
    ])('%j is told in a line', (change, line) => {
      expect(textOf(degrade(changed(change), able, bare))).toBe(line);
    });

    it('who may enter is not told where the link says so; that writing stops is told all the same', () => {
      const quiet = resolved({ options: { ...defaultLinkOptions, access: 'off', members: 'off' } });
      expect(degrade(changed({ of: 'access', to: 'passwordSet' }), able, quiet)).toEqual({
        skip: 'the link does not tell who may enter and write',
      });
      expect(degrade(changed({ of: 'group', state: 'added', type: 'group', name: 'Choir' }), able, quiet)).toEqual({
        skip: 'the link does not show who comes and goes',
      });
      expect(degrade(changed({ of: 'writing', state: 'stopped', why: 'lobby' }), able, quiet)).toMatchObject({
        by: 'bridge',
      });
    });
  });

  it('what the bridge itself says is said in nobody’s name, also where it is too late to edit it', () => {
    const notice: MessageSent = { ...message, style: 'notice', by: 'bridge' };
    expect(degrade(notice, able, bare)).toEqual({ event: notice, by: 'bridge' });
    const { files: _files, ...said } = notice;
    const edit: MessageEdited = { ...said, kind: 'messageEdited', version: '1' };
    expect(degrade(edit, able, bare)).toMatchObject({ event: { kind: 'messageEdited' }, by: 'bridge' });
    expect(degrade(edit, { ...able, editWindowMs: 0 }, found)).toMatchObject({
      event: { kind: 'messageSent' },
      by: 'bridge',
    });
  });

  it.each<[Extract<CallChanged['change'], { of: 'recording' }>, string]>([
    [{ of: 'recording', media: 'video', state: 'started' }, '⏺ Anna (Left) began to record the call'],
    [
      { of: 'recording', media: 'audio', state: 'stopped' },
      '⏹ Anna (Left) stopped the recording of the sound of the call',
    ],
    [{ of: 'recording', media: 'video', state: 'failed' }, '⏹ The recording of the call failed'],
  ])('a call that is recorded is told of in a line: %j', (change, line) => {
    const { actor, at } = message;
    const recorded: BridgeEvent = { kind: 'callChanged', room, actor, at, version: '1', change };
    expect(textOf(degrade(recorded, able, bare))).toBe(line);
  });

  describe('what is done to people and rooms', () => {
    const obeying: Capabilities = { ...peopled, obeys: ['members', 'roles', 'writing', 'expiration'] };
    const mia = { ...message.actor, id: userId('mia'), name: 'Mia' };
    const ben = { ...mia, account: accountId('right'), id: userId('ben'), name: 'Ben' };
    const there = { ...mia, account: accountId('right'), id: userId('mia there') };
    const on = (more: Partial<Resolved> = {}): Resolved =>
      resolved({ options: { ...defaultLinkOptions, moderation: 'on' }, ...more });
    const base = { room, actor: message.actor, at: message.at };
    const removed = (member: UserRef, how: MemberLeft['how'] = 'removed'): BridgeEvent => ({
      ...base,
      kind: 'memberLeft',
      member,
      how,
    });
    const promoted = (member: UserRef): BridgeEvent => ({ ...base, kind: 'roleChanged', member, role: 'moderator' });
    const closed: BridgeEvent = {
      ...base,
      kind: 'roomChanged',
      change: { of: 'writing', state: 'stopped', why: 'readOnly' },
    };
    const lineIn = (degraded: Degraded): string | undefined =>
      'event' in degraded && degraded.inLine !== undefined ? toPlain(degraded.inLine.body) : undefined;

    it('is done where the room obeys, to those who are known there', () => {
      expect(degrade(removed(mia), obeying, on({ here: there }))).toMatchObject({
        event: { kind: 'memberLeft', member: { account: 'right', id: 'mia there' }, shown: mia },
        by: 'bridge',
      });
      expect(degrade(promoted(ben), obeying, on({ here: ben }))).toMatchObject({
        event: { kind: 'roleChanged', member: { account: 'right', id: 'ben' } },
        by: 'bridge',
      });
      expect(degrade(closed, obeying, on())).toMatchObject({ event: closed, by: 'bridge' });
    });

    it('is told in a line where the network does not let us', () => {
      expect(lineIn(degrade(removed(mia, 'banned'), obeying, on({ here: there })))).toBe('Mia (Left) was banned');
      expect(lineIn(degrade(removed(ben), obeying, on({ here: ben })))).toBe(
        'Anna (Left) has Ben out of the linked room',
      );
      expect(lineIn(degrade(promoted(ben), obeying, on({ here: ben })))).toBe(
        'Anna (Left) made Ben a moderator in the linked room',
      );
      expect(lineIn(degrade(closed, obeying, on()))).toBe(
        'Anna (Left) made the room read-only: what is said here may have to wait',
      );
    });

    it('is told to nobody where the link does not tell of such', () => {
      const quiet: LinkOptions = {
        ...defaultLinkOptions,
        moderation: 'on',
        members: 'off',
        moderators: 'off',
        access: 'off',
      };
      const vanishing: BridgeEvent = { ...base, kind: 'roomChanged', change: { of: 'expiration', afterMs: 3_600_000 } };
      const done = [removed(mia, 'banned'), promoted(mia), vanishing, closed].map((event) =>
        degrade(event, obeying, on({ here: there, options: quiet })),
      );
      expect(done.map((degraded) => ['event' in degraded && degraded.event.kind, lineIn(degraded)])).toEqual([
        ['memberLeft', undefined],
        ['roleChanged', undefined],
        ['roomChanged', undefined],
        // What people say there waits.
        ['roomChanged', 'Anna (Left) made the room read-only: what is said here may have to wait'],
      ]);
    });

    it('is only shown where the link does not say so, and nothing of those of other rooms', () => {
      expect(degrade(removed(mia), obeying, resolved({ here: there }))).toEqual({ event: removed(mia), by: 'person' });
      expect(degrade(closed, obeying, bare)).toMatchObject({ event: { kind: 'messageSent' } });
      expect(degrade(removed(ben), obeying, resolved({ here: ben }))).toEqual({
        skip: 'the link does nothing to people of other rooms',
      });
    });

    it('is not done to one whom nobody knows there, nor where somebody left by himself', () => {
      expect(degrade(removed(mia), obeying, on())).toEqual({ event: removed(mia), by: 'person' });
      expect(degrade(removed(mia, 'left'), obeying, on({ here: there }))).toEqual({
        event: removed(mia, 'left'),
        by: 'person',
      });
    });
  });
});
