import { ArgumentFault, readArguments } from './arguments.js';

describe('readArguments', () => {
  it.each([
    [[], { run: 'sandbox', data: 'data', port: undefined, talkPort: undefined, matrixPort: undefined }],
    [
      ['--data', '/d', '--port', '0'],
      { run: 'sandbox', data: '/d', port: 0, talkPort: undefined, matrixPort: undefined },
    ],
    [['--data', '/d', '--only', 'talk', '--talk-port', '9000'], { run: 'talk', port: 9000 }],
    [['--only', 'matrix'], { run: 'matrix', port: 0 }],
    [['--only', 'matrix', '--port', '9001'], { run: 'matrix', port: 9001 }],
  ])('%j', (words, wanted) => {
    expect(readArguments(words)).toEqual(wanted);
  });

  it.each([[['--only', 'irc']], [['--port', '70000']], [['--port', 'x']], [['--unknown']], [['word']]])(
    '%j makes no sense',
    (words) => {
      expect(() => readArguments(words)).toThrow(ArgumentFault);
    },
  );
});
