import { webAddress } from './web-address.js';

describe('webAddress', () => {
  it('is undefined where a text is none', () => {
    expect([webAddress('no address'), webAddress('https://'), webAddress('/path')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(webAddress('/path', 'http://public')?.href).toBe('http://public/path');
  });

  it('knows addresses with letters beyond ASCII, however often it is asked', () => {
    let unknown = 0;
    for (let time = 0; time < 50_000; time += 1)
      if (webAddress('https://münchen.example/ä') === undefined) unknown += 1;
    expect(unknown).toBe(0);
  });
});
