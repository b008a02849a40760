import { speakerKindIn } from './speakers.js';

describe('speakerKindIn', () => {
  it('without a wish it is the best that the room has', () => {
    expect(speakerKindIn({ speakers: ['ghost', 'relay'] }, 'auto')).toBe('ghost');
    expect(speakerKindIn({ speakers: ['guest', 'relay', 'bridged'] }, 'auto')).toBe('guest');
    expect(speakerKindIn({ speakers: ['relay', 'bridged'] }, 'auto')).toBe('relay');
  });

  it('a wish is followed where the room has such', () => {
    expect(speakerKindIn({ speakers: ['guest', 'relay', 'bridged'] }, 'bridged')).toBe('bridged');
    expect(speakerKindIn({ speakers: ['ghost', 'relay'] }, 'relay')).toBe('relay');
  });

  it('else our account speaks', () => {
    expect(speakerKindIn({ speakers: ['ghost', 'relay'] }, 'guest')).toBe('relay');
    expect(speakerKindIn({ speakers: [] }, 'auto')).toBe('relay');
  });
});
