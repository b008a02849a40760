import { ArgumentFault, readArguments } from './arguments.js';

const anyPorts = { talkPort: undefined, matrixPort: undefined, slackPort: undefined };

describe('readArguments', () => {
  it.each([
    [[], { run: 'sandbox', data: 'data', port: undefined, ...anyPorts }],
    [
      ['--data', '/d', '--port', '0', '--slack-port', '9002'],
      { run: 'sandbox', data: '/d', port: 0, ...anyPorts, slackPort: 9002 },
    ],
    [
      ['--data', '/d', '--only', 'talk', '--talk-port', '9000'],
      {
        run: 'servers',
        networks: ['talk'],
        ports: { talk: 9000, matrix: 0, slack: 0 },
        port: undefined,
        talkVersion: 22,
      },
    ],
    [
      ['--only', 'slack', '--port', '1', '--slack-port', '9003'],
      { run: 'servers', networks: ['slack'], ports: { talk: 0, matrix: 0, slack: 9003 }, port: 1, talkVersion: 22 },
    ],
    [
      ['--only', 'slack, talk', '--talk-version', '23'],
      {
        run: 'servers',
        networks: ['talk', 'slack'],
        ports: { talk: 0, matrix: 0, slack: 0 },
        port: undefined,
        talkVersion: 23,
      },
    ],
    [
      ['--only', 'talk', '--talk-port', '1', '--peer-port', '2', '--talk-version', '23'],
      { run: 'talk pair', port: 1, peerPort: 2, talkVersion: 23 },
    ],
    [['--only', 'talk', '--peer-port', '0'], { run: 'talk pair', port: 0, peerPort: 0, talkVersion: 22 }],
  ])('%j', (words, wanted) => {
    expect(readArguments(words)).toEqual(wanted);
  });

  it.each([
    [['--only', 'irc']],
    [['--only', 'slack,']],
    [['--port', '70000']],
    [['--port', 'x']],
    [['--unknown']],
    [['word']],
    [['--peer-port', '1']],
    [['--talk-version', '23']],
    [['--only', 'talk,slack', '--peer-port', '1']],
    [['--only', 'slack', '--talk-version', '23']],
    [['--only', 'talk', '--talk-version', '24']],
  ])('%j makes no sense', (words) => {
    expect(() => readArguments(words)).toThrow(ArgumentFault);
  });
});
