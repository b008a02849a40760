import { roomId } from '../../model/ids.js';
import { toPlain } from '../../formatting/plain.js';
import { shortQuoteOf, threadTitleOf } from './to-talk-quotes.js';

const room = roomId('r');
const file = { type: 'file', id: '5', name: 'a0.txt', mimetype: 'text/plain', path: 'a0.txt' };
const actor = { type: 'user', id: 'bridge', name: 'Bridge' };
const shared = { messageType: 'comment', messageParameters: { actor, file } };

describe('to-talk-quotes', () => {
  it.each([
    ['a text', { message: 'Who brings\n\n**cake**?', messageParameters: {} }, 'Who brings cake?'],
    [
      'a file that says itself whose it is',
      { ...shared, message: '**Pia** (Slack): 📎 a0.txt' },
      'Pia (Slack): 📎 a0.txt',
    ],
    ['a file with words', { ...shared, message: '**Pia** (Slack): our meadow' }, 'Pia (Slack): our meadow'],
    ['a file alone', { ...shared, message: '{file}' }, '📎 a0.txt'],
    [
      'a file that is gone',
      { message: '*You shared a file which is no longer available*\n\nour meadow', messageParameters: { actor } },
      'our meadow',
    ],
    [
      'a file without words that is gone',
      { message: '*You shared a file which is no longer available*', messageParameters: { actor } },
      '…',
    ],
    [
      'what was deleted',
      { message: 'Message deleted by you', messageType: 'comment_deleted', messageParameters: {} },
      '…',
    ],
    [
      'a place',
      { message: '📍 **Mia** (Matrix): [the hall](https://map.example.org/?mlat=1&mlon=2)', messageParameters: {} },
      '📍 Mia (Matrix): the hall',
    ],
    ['an address', { message: 'https://example.org/a', messageParameters: {} }, 'https://example.org/a'],
  ])('a thread that goes on from %s is called after its words', (_, row, title) => {
    expect(threadTitleOf(row, room)).toBe(title);
    expect(toPlain(shortQuoteOf({ ...row, actorDisplayName: 'Bridge' }, room))).toBe(`> Bridge: ${title}`);
  });
});
