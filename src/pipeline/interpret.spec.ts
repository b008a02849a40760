import { interpret } from './interpret.js';

const reading = (read: (payload: unknown) => { ignored: string }, body: string) =>
  interpret({ read }, Buffer.from(body));

describe('interpret', () => {
  it('hands the parsed payload to the adapter', () => {
    expect(reading((payload) => ({ ignored: JSON.stringify(payload) }), '{"a":["ü"]}')).toEqual({
      ignored: '{"a":["ü"]}',
    });
  });

  it.each(['', '{', 'nothing', '\u0000'])('%j is malformed, and its note can be stored', (body) => {
    const read = reading(() => ({ ignored: '' }), body);
    expect(read).toEqual({ malformed: expect.stringMatching(/^[^\0]+$/) as string });
  });

  it('what the adapter throws is what is malformed', () => {
    const failing = (): never => {
      throw new Error('no room is named');
    };
    expect(reading(failing, '{}')).toEqual({ malformed: 'no room is named' });
  });
});
