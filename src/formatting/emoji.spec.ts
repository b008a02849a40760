import { oneEmoji } from './emoji.js';

describe('oneEmoji', () => {
  it.each([
    ['👍', '👍'],
    ['👍\ufe0f', '👍'],
    ['❤', '❤️'],
    ['❤️', '❤️'],
    ['👍🏽', '👍🏽'],
    ['☝🏽', '☝🏽'],
    ['☝️🏽', '☝🏽'],
    ['👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦'],
    ['🏳‍🌈', '🏳️‍🌈'],
    ['🏳️‍🌈', '🏳️‍🌈'],
    ['👩🏾‍🚀', '👩🏾‍🚀'],
    ['🇩🇪', '🇩🇪'],
    ['1⃣', '1️⃣'],
    ['#️⃣', '#️⃣'],
    ['🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['©', '©️'],
  ])('%s is the emoji %s', (text, emoji) => {
    expect(oneEmoji(text)).toBe(emoji);
  });

  it.each(['', 'a', '1', '#', ':+1:', '👍👍', '👍 ', 'ok 👍', '\ufe0f', '🇩', '\ud83d', 'mxc://example.org/abc'])(
    '%j is none',
    (text) => {
      expect(oneEmoji(text)).toBeUndefined();
    },
  );
});
