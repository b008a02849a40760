import { fromShortcode, oneEmoji, toShortcode } from './emoji.js';

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

describe('shortcodes', () => {
  it.each([
    ['+1', '👍'],
    ['heart', '❤️'],
    ['slightly_smiling_face', '🙂'],
    ['face_with_rolling_eyes', '🙄'],
    ['hugging_face', '🤗'],
    ['male-technologist', '👨‍💻'],
    ['man-woman-girl', '👨‍👩‍👧'],
    ['rainbow-flag', '🏳️‍🌈'],
    ['flag-eu', '🇪🇺'],
    ['us', '🇺🇸'],
    ['flag-england', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['hash', '#️⃣'],
    ['one', '1️⃣'],
    ['+1::skin-tone-2', '👍🏻'],
    ['wave::skin-tone-4', '👋🏽'],
    ['point_up::skin-tone-6', '☝🏿'],
    ['female-astronaut::skin-tone-5', '👩🏾‍🚀'],
    ['people_holding_hands::skin-tone-3', '🧑🏼‍🤝‍🧑🏼'],
    ['people_holding_hands::skin-tone-2::skin-tone-6', '🧑🏻‍🤝‍🧑🏿'],
  ])('%s names %s, and is named by it', (name, emoji) => {
    expect(fromShortcode(name)).toBe(emoji);
    expect(toShortcode(emoji)).toBe(name);
  });

  it.each([
    [':thumbsup:', '👍'],
    ['THUMBSUP', '👍'],
    ['flag-us', '🇺🇸'],
    ['tada::skin-tone-3', '🎉'],
    [':thumbsup::skin-tone-3:', '👍🏼'],
  ])('%s is read as %s', (name, emoji) => {
    expect(fromShortcode(name)).toBe(emoji);
  });

  it.each([
    ['❤', 'heart'],
    ['☺', 'relaxed'],
    ['🫱🏻‍🫲🏿', undefined],
    ['text', undefined],
    [':kazoo:', undefined],
  ])('%s is written as %s', (emoji, name) => {
    expect(toShortcode(emoji)).toBe(name);
  });

  it.each(['', ':', '::', 'kazoo', 'constructor', '__proto__', '+1::skin-tone-7', '+1::skin-tone-1', 'a b'])(
    '%j names none',
    (name) => {
      expect(fromShortcode(name)).toBeUndefined();
    },
  );
});
