import { emojiOf, isKnownEmoji, nameOfEmoji } from './emoji.js';

describe('emoji by the names that Slack gives them', () => {
  it.each([
    ['+1', '👍'],
    ['+1::skin-tone-4', '👍🏽'],
    ['tada', '🎉'],
    ['heart', '❤️'],
    ['flag-pl', '🇵🇱'],
  ])('%s is %s, both ways', (name, emoji) => {
    expect(emojiOf(name)?.replaceAll('\ufe0f', '')).toBe(emoji.replaceAll('\ufe0f', ''));
    expect(nameOfEmoji(emoji)).toBe(name);
  });

  it('takes other names of the same one, and a workspace’s own', () => {
    const custom = new Map([['parrot', 'https://emoji.test/parrot.gif']]);
    expect(
      ['thumbsup', 'parrot', 'wave::skin-tone-2', 'nonsense', 'Wave', ''].map((name) => isKnownEmoji(name, custom)),
    ).toEqual([true, true, true, false, false, false]);
    expect(emojiOf('nonsense')).toBeUndefined();
    expect(nameOfEmoji('x')).toBeUndefined();
  });
});
