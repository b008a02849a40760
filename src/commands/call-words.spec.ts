import { wordsOf } from './call-words.js';
import { type Command, UsageError } from './command.js';

const verb: Pick<Command, 'options' | 'maxWords'> = {
  maxWords: 1,
  options: {
    room: { type: 'string', multiple: true, takes: 'ACCOUNT=ROOM', says: 'a room' },
    json: { type: 'boolean', says: 'as JSON' },
  },
};

describe('the words after a verb', () => {
  it('are its options, those of every verb, and what is left', () => {
    expect(wordsOf(verb, ['team', '--room', 'a=b', '--room=c=d', '--json', '--config', 'x.yaml'])).toEqual({
      positionals: ['team'],
      options: { room: ['a=b', 'c=d'], json: true, config: 'x.yaml' },
    });
  });

  it.each([
    [['--jsn'], 'There is no option --jsn. Did you mean --json?'],
    [['-x'], 'There is no option -x.'],
    [['--json=yes'], '--json is given no value.'],
    [['--room'], '--room lacks its value: --room ACCOUNT=ROOM.'],
    [['--room', '--json'], '--room lacks its value: --room ACCOUNT=ROOM.'],
    [['team', 'other'], '"other" was not expected.'],
  ])('%j is refused with the remedy', (words, sentence) => {
    expect(() => wordsOf(verb, words)).toThrow(new UsageError(sentence));
  });

  it('help is had whatever else is said', () => {
    expect(wordsOf(verb, ['a', 'b', '-h']).options).toEqual({ help: true });
  });
});
