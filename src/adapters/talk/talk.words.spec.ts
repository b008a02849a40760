import { WordsRefused } from '../../model/network-definition.js';
import { calledBy, explained } from './talk.words.js';

describe('talk.words', () => {
  const argsOf = (...words: string[]): unknown => calledBy(words).args;

  it('without words all groups are told, with their methods', () => {
    expect(explained([])).toMatch(/^rooms +list, create, listed, /);
    expect(explained([])).toMatch(/^reactions +add, remove, list$/m);
    expect(explained([])).toMatch(/\n\ncrosstalk talk GROUP tells what its methods take; .* calls one\.$/);
  });

  it('no line is longer than a terminal', () => {
    const groups = [...explained([])!.matchAll(/^(\w+) {2,}\S/gm)].map(([, group = '']) => group);
    expect(groups).toHaveLength(24);
    const texts = [[], ...groups.map((group) => [group])].map((words) => explained(words) ?? '');
    const lines = texts.flatMap((text) => text.split('\n'));
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });

  it.each([
    ['what is no JSON', ['setPassword', 'token=t1', '{"password": "4711']],
    ['what has no name', ['setPassword', 'token=t1', '4711']],
    ['JSON of another kind', ['setPassword', 'token=t1', '{"password": 4711}']],
    ['text of another kind', ['setReadOnly', 'token=t1', 'state=4711']],
  ])('%s is not said again: it may be a secret', (_, words) => {
    expect(() => explained(['rooms', ...words])).toThrow(WordsRefused);
    expect(() => explained(['rooms', ...words])).toThrow(/^(?!.*4711)/);
  });

  it('a group tells what its methods take, whom they ask and what they need', () => {
    expect(explained(['reactions'])).toContain(
      'list token=TEXT messageId=TEXT [reaction=TEXT]\n    GET /ocs/v2.php/apps/spreed/api/v1/reaction/{token}/{messageId}\n    needs reactions',
    );
    expect(explained(['rooms'])).toContain('setReadOnly token=TEXT state=0|1\n');
    expect(explained(['avatars'])).toContain('upload token=TEXT file=PATH\n');
    expect(explained(['polls'])).toContain(
      'create token=TEXT question=TEXT options=JSON resultMode=0|1 maxVotes=NUMBER',
    );
  });

  it('a whole call asks for an account', () => {
    expect(explained(['rooms', 'list'])).toBeUndefined();
  });

  it('values are texts, or what the method wants in their place', () => {
    expect(argsOf('chat', 'send', 'token=t1', 'message=12', 'replyTo=12', 'silent=true', 'referenceId=a=b')).toEqual({
      token: 't1',
      message: '12',
      replyTo: 12,
      silent: true,
      referenceId: 'a=b',
    });
    expect(argsOf('polls', 'vote', 'token=t1', 'pollId=3', 'optionIds=[0,2]')).toEqual({
      token: 't1',
      pollId: '3',
      optionIds: [0, 2],
    });
  });

  it('several can be given as a JSON object', () => {
    expect(argsOf('chat', 'edit', 'token=t1', '{"messageId": 7, "message": "Hello"}')).toEqual({
      token: 't1',
      messageId: 7,
      message: 'Hello',
    });
  });

  it.each([
    [['chatt'], 'There is no group "chatt". There are rooms, chat, '],
    [['guests', 'rename'], '"guests" has no method "rename". It has setName: `crosstalk talk guests` tells of them.'],
    [['guests', 'toString'], '"guests" has no method "toString".'],
    [['guests', 'setName', 'token=t1'], '"displayName" is missing. guests.setName takes token=TEXT displayName=TEXT'],
    [['guests', 'setName', 'nick=x'], 'There is no "nick". guests.setName takes token=TEXT displayName=TEXT'],
    [['guests', 'setName', 'token=t1', 'token=t2'], '"token" is given twice.'],
    [['guests', 'setName', 'hello'], 'Each argument has a name: write name=value, or a JSON object.'],
    [['guests', 'setName', '{token'], 'What begins with { has to be one JSON object'],
    [['rooms', 'setReadOnly', 'token=t1', 'state=2'], '"state" has to be 0|1.'],
    [['rooms', 'list', 'includeStatus=yes'], '"includeStatus" has to be true|false.'],
    [['chat', 'send', '{"token": "t1", "message": 5}'], '"message" has to be TEXT.'],
    [['server', 'ownUser', 'x=1'], 'There is no "x". server.ownUser takes nothing.'],
  ])('%j is refused with the remedy', (words, sentence) => {
    expect(() => explained(words)).toThrow(WordsRefused);
    expect(() => explained(words)).toThrow(sentence);
  });
});
