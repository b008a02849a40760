import { speakersIn } from './speakers.js';

describe('speakersIn', () => {
  const first = (...given: Parameters<typeof speakersIn>): string => speakersIn(...given)[0];

  it('without a wish it is the best that the room has, and then the second best', () => {
    expect(first({ speakers: ['ghost', 'relay'] }, 'auto')).toBe('ghost');
    expect(first({ speakers: ['guest', 'relay', 'bridged'] }, 'auto')).toBe('guest');
    expect(first({ speakers: ['relay', 'bridged'] }, 'auto')).toBe('relay');
    expect(speakersIn({ speakers: ['own', 'guest', 'relay'] }, 'auto')).toEqual(['own', 'guest']);
    expect(speakersIn({ speakers: ['own', 'relay', 'bridged'] }, 'auto')).toEqual(['own', 'relay']);
  });

  it('a wish is followed where the room has such', () => {
    expect(first({ speakers: ['guest', 'relay', 'bridged'] }, 'bridged')).toBe('bridged');
    expect(first({ speakers: ['ghost', 'relay'] }, 'relay')).toBe('relay');
    expect(speakersIn({ speakers: ['own', 'guest', 'relay'] }, 'own')).toEqual(['own', 'relay']);
    expect(speakersIn({ speakers: ['own', 'guest', 'relay'] }, 'guest')).toEqual(['guest', 'relay']);
  });

  it('else our account speaks', () => {
    expect(first({ speakers: ['ghost', 'relay'] }, 'guest')).toBe('relay');
    expect(first({ speakers: [] }, 'auto')).toBe('relay');
  });
});
