import type { BridgeEvent, MessageEdited, MessageSent } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { accountId, remoteId, roomId, userId } from '../model/ids.js';
import { defaultLinkOptions } from '../model/link-options.js';
import { degrade, type Resolved } from './degrade.js';

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

describe('degrade', () => {
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
    expect(degrade(event, able, bare)).toEqual({ event, by: 'person' });
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
      expect(degrade(joined, able, bare)).toEqual({ event: joined, by: 'person' });
    });

    it('is told in a line where the room has no such members, or where the link says so', () => {
      expect(line).toEqual(said);
      expect(bodyOf(joined, able, resolved({ can: (kind) => kind !== 'memberJoined' }))).toEqual(said);
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
});
