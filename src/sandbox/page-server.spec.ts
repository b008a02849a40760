import { request } from 'node:http';
import { Board } from './board.js';
import { PageServer } from './page-server.js';
import type { PageEvent } from './page.types.js';
import { PostRefused, type Side, type SideChange } from './side.js';

class ScriptedSide implements Side {
  readonly network = 'Network';
  readonly room = 'Team';
  readonly people = [{ id: 'anna', name: 'Anna' }];
  tell: (change: SideChange) => void = () => undefined;

  post(person: string, text: string): void {
    if (text === 'refuse me') throw new PostRefused('The network says no.');
    this.say('1', text, person);
  }

  say(id: string, text: string, author = 'anna', origin: 'here' | 'bridged' = 'here'): void {
    this.tell({
      type: 'message',
      message: { id, author: { id: author, name: author }, origin, atMs: 5, text: [{ text }] },
    });
  }

  onChange(listener: (change: SideChange) => void): void {
    this.tell = listener;
  }
}

describe('PageServer', () => {
  const token = 'the-token';
  let talk: ScriptedSide;
  let matrix: ScriptedSide;
  let server: PageServer;
  let url: URL;
  beforeEach(async () => {
    talk = new ScriptedSide();
    matrix = new ScriptedSide();
    const files = new Map([['/', { type: 'text/html; charset=utf-8', bytes: Buffer.from('<!doctype html>') }]]);
    server = new PageServer({ board: new Board({ talk, matrix }), files, token });
    url = new URL(await server.listen(0));
  });
  afterEach(() => server.close());

  function call(
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
    body = '',
  ): Promise<[number, string]> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: url.port, path, method, agent: false, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
      });
      sent.on('error', reject).end(body);
    });
  }
  const post = (body: unknown, headers: Record<string, string> = {}): Promise<[number, string]> =>
    call(
      '/api/post',
      { 'x-crosstalk-token': token, 'content-type': 'application/json', ...headers },
      'POST',
      JSON.stringify(body),
    );

  it('gives the page to whoever calls it by its own address', async () => {
    expect(await call('/')).toEqual([200, '<!doctype html>']);
    expect((await call('/', { host: `localhost:${url.port}` }))[0]).toBe(200);
    expect((await call('/nothing'))[0]).toBe(404);
  });

  it.each([
    ['another host', { host: 'example.org' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['another page', { origin: 'http://example.org' }],
    ['a page without an origin of its own', { origin: 'null' }],
  ])('%s is refused', async (_, headers) => {
    expect((await call('/', headers))[0]).toBe(403);
    expect((await call(`/api/state?token=${token}`, headers))[0]).toBe(403);
  });

  it('the API wants the token', async () => {
    expect((await call('/api/state'))[0]).toBe(403);
    expect((await call('/api/state?token=other'))[0]).toBe(403);
    expect((await call(`/api/state?token=${token}`))[0]).toBe(200);
    expect((await post({ side: 'talk', person: 'anna', text: 'hi' }, { 'x-crosstalk-token': 'other' }))[0]).toBe(403);
  });

  it('posts in the name of a person of the side', async () => {
    expect(await post({ side: 'talk', person: 'anna', text: 'hi' })).toEqual([204, '']);
    const [, state] = await call(`/api/state?token=${token}`);
    expect(JSON.parse(state)).toMatchObject({
      sides: {
        talk: { messages: [{ id: '1', text: [{ text: 'hi' }], delivery: 'onItsWay' }] },
        matrix: { messages: [] },
      },
    });
  });

  it.each([
    [{ side: 'irc', person: 'anna', text: 'hi' }, 400],
    [{ side: 'talk', person: 'eve', text: 'hi' }, 400],
    [{ side: 'talk', person: 'anna' }, 400],
    [null, 400],
    [{ side: 'talk', person: 'anna', text: ' \n' }, 422],
    [{ side: 'talk', person: 'anna', text: 'refuse me' }, 422],
    [{ side: 'talk', person: 'anna', text: 'x'.repeat(300_000) }, 413],
  ])('%j is answered with its fault', async (body, status) => {
    expect((await post(body))[0]).toBe(status);
  });

  it('a form of another page cannot post', async () => {
    expect((await post({ side: 'talk', person: 'anna', text: 'hi' }, { 'content-type': 'text/plain' }))[0]).toBe(415);
  });

  it('tells the whole first, then every change, arrivals too', async () => {
    const gone = new AbortController();
    const answer = await fetch(`${url.origin}/api/events?token=${token}`, { signal: gone.signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    const events: PageEvent[] = [];
    let text = '';
    const read = async (count: number): Promise<void> => {
      while (events.length < count) {
        text += (await reader.read()).value ?? '';
        const whole = text.split('\n\n');
        text = whole.pop() ?? '';
        for (const block of whole) if (block.startsWith('data: ')) events.push(JSON.parse(block.slice(6)) as PageEvent);
      }
    };
    await read(1);
    talk.say('7', 'hello');
    matrix.say('$1', 'hello', 'crosstalk', 'bridged');
    talk.tell({ type: 'messageGone', id: '7' });
    talk.tell({ type: 'messageGone', id: 'never seen' });
    talk.say('8', 'last');
    await read(6);
    gone.abort();
    expect(events.map((event) => ('side' in event ? [event.type, event.side] : [event.type]))).toEqual([
      ['state'],
      ['message', 'talk'],
      ['message', 'matrix'],
      ['message', 'talk'],
      ['messageGone', 'talk'],
      ['message', 'talk'],
    ]);
    expect(events[3]).toMatchObject({ message: { id: '7', delivery: 'arrived' } });
  });
});
