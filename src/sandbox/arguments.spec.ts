import { ArgumentFault, readArguments } from './arguments.js';

const anyPorts = { talkPort: undefined, matrixPort: undefined, slackPort: undefined };

describe('readArguments', () => {
  it.each([
    [[], { run: 'sandbox', data: 'data', port: undefined, ...anyPorts }],
    [
      ['--data', '/d', '--port', '0', '--slack-port', '9002'],
      { run: 'sandbox', data: '/d', port: 0, ...anyPorts, slackPort: 9002 },
    ],
    [['--data', '/d', '--only', 'talk', '--talk-port', '9000'], { run: 'talk', port: 9000 }],
    [['--only', 'matrix'], { run: 'matrix', port: 0 }],
    [['--only', 'matrix', '--port', '9001'], { run: 'matrix', port: 9001 }],
    [['--only', 'slack'], { run: 'slack', port: 0 }],
    [['--only', 'slack', '--port', '1', '--slack-port', '9003'], { run: 'slack', port: 9003 }],
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
