import type { MessageSent } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { accountId, remoteId, roomId, userId } from '../model/ids.js';
import { degrade } from './degrade.js';

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
function bodyOf(event: MessageSent, capabilities = able): MessageSent['body'] | undefined {
  const degraded = degrade(event, capabilities, { replyTarget: 'missing' });
  return 'event' in degraded ? degraded.event.body : undefined;
}

describe('degrade', () => {
  it('what the room can show stays as it is', () => {
    expect(degrade(message, able, { replyTarget: 'none' })).toEqual({ event: message });
    expect(degrade(reply, able, { replyTarget: 'found' })).toEqual({ event: reply });
  });

  it('a reply to what is not there, or in a room without replies, has a quote on one line instead', () => {
    const { replyTo: _, ...rest } = reply;
    const expected = { event: { ...rest, body: quote('Ben: shall we?') } };
    expect(degrade(reply, able, { replyTarget: 'missing' })).toEqual(expected);
    expect(degrade(reply, { ...able, replies: 'none' }, { replyTarget: 'found' })).toEqual(expected);
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
    expect(degrade({ ...message, body: [] }, able, { replyTarget: 'none' })).toEqual({
      skip: 'there is nothing in it',
    });
  });

  it('files without a text are a message', () => {
    const file = { account: room.account, id: 'f', name: 'a.png', mime: 'image/png', bytes: 1 };
    const event = { ...message, body: [], files: [file] };
    expect(degrade(event, able, { replyTarget: 'none' })).toEqual({ event });
  });
});
