import { request } from 'node:http';
import { Board } from './board.js';
import { PageServer } from './page-server.js';
import { Ledger } from './ledger.js';
import { mostEntries, type Act, type PageEvent, type PageState } from './page.types.js';
import { ActRefused, type Side, type SideChange, type SideFile, type SideMessage } from './side.js';

const said = (id: string, text: string, author = 'anna', origin: 'here' | 'bridged' = 'here'): SideMessage => ({
  kind: 'message',
  id,
  author: { id: author, name: author },
  origin,
  atMs: 5,
  text: [text],
  style: 'usual',
  isEdited: false,
  reactions: [],
  ...(origin === 'bridged' ? { isCopy: true } : {}),
});

const none = { arrived: 0, lost: 0, doubled: 0 };

class ScriptedSide implements Side {
  readonly network = 'Network';
  readonly room = 'Team';
  readonly roomId = 'room';
  readonly people = [{ id: 'anna', name: 'Anna' }];
  readonly can = { threads: 'byReply' } as const;
  readonly ledger = new Ledger();
  tell: (change: SideChange) => void = () => undefined;

  members = () => this.people;
  entries = () => [];

  act(person: string, act: Act): void {
    if (act.do === 'delete') throw new ActRefused('refused', 'The network says no.');
    if (act.do === 'say') this.say('1', act.text, person);
  }

  readonly files = new Map<string, SideFile>();

  share(person: string, file: SideFile, caption: string): void {
    this.files.set(file.name, file);
    this.say('2', caption, person);
  }

  file = (id: string): SideFile | undefined => this.files.get(id);

  say(...message: Parameters<typeof said>): void {
    this.tell({ type: 'entry', entry: said(...message) });
  }

  onChange(listener: (change: SideChange) => void): void {
    this.tell = listener;
  }

  onReached(): void {
    // Nothing calls it.
  }
}

describe('PageServer', () => {
  const token = 'the-token';
  let talk: ScriptedSide;
  let matrix: ScriptedSide;
  let slack: ScriptedSide;
  let board: Board;
  let isKilled: boolean;
  let server: PageServer;
  let url: URL;
  beforeEach(async () => {
    talk = new ScriptedSide();
    matrix = new ScriptedSide();
    slack = new ScriptedSide();
    const files = new Map([['/', { type: 'text/html; charset=utf-8', bytes: Buffer.from('<!doctype html>') }]]);
    isKilled = false;
    board = new Board({ talk, matrix, slack }, () => Promise.resolve(undefined));
    const kill = (): boolean => {
      const isFirst = !isKilled;
      isKilled = true;
      return isFirst;
    };
    server = new PageServer({ board, files, token, kill });
    url = new URL(await server.listen(0));
  });
  afterEach(async () => {
    board.stop();
    await server.close();
  });

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
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<[number, string]> =>
    call(
      path,
      { 'x-crosstalk-token': token, 'content-type': 'application/json', ...headers },
      'POST',
      JSON.stringify(body),
    );
  const act = (body: unknown, headers: Record<string, string> = {}): Promise<[number, string]> =>
    post('/api/act', body, headers);
  const hi = { side: 'talk', person: 'anna', act: { do: 'say', text: 'hi' } };

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
    expect((await act(hi, { 'x-crosstalk-token': 'other' }))[0]).toBe(403);
    expect((await post('/api/kill', {}, { 'x-crosstalk-token': 'other' }))[0]).toBe(403);
    expect(isKilled).toBe(false);
  });

  it('acts in the name of a person of the side', async () => {
    expect(await act(hi)).toEqual([204, '']);
    const [, state] = await call(`/api/state?token=${token}`);
    expect(JSON.parse(state)).toMatchObject({
      sides: {
        talk: { entries: [{ id: '1', text: ['hi'], delivery: { matrix: 'onItsWay', slack: 'onItsWay' } }] },
        matrix: { entries: [] },
      },
      way: { from: 'talk', message: '1', author: 'anna', words: 'hi', copies: [{ to: 'matrix' }, { to: 'slack' }] },
    });
    expect((JSON.parse(state) as PageState).counts).toEqual([
      { from: 'talk', to: 'matrix', written: 1, ...none },
      { from: 'talk', to: 'slack', written: 1, ...none },
      { from: 'matrix', to: 'talk', written: 0, ...none },
      { from: 'matrix', to: 'slack', written: 0, ...none },
      { from: 'slack', to: 'talk', written: 0, ...none },
      { from: 'slack', to: 'matrix', written: 0, ...none },
    ]);
  });

  it('servers without a service have neither counts nor ways, and nothing to kill', async () => {
    const alone = new Board({ slack });
    const files = new Map([['/', { type: 'text/html', bytes: Buffer.from('page') }]]);
    const other = new PageServer({ board: alone, files, token, kill: () => false });
    const { origin } = new URL(await other.listen(0));
    const send = (path: string, body: unknown): Promise<Response> =>
      fetch(`${origin}${path}?token=${token}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    try {
      expect((await send('/api/act', { ...hi, side: 'slack' })).status).toBe(204);
      expect((await send('/api/act', hi)).status).toBe(400);
      expect((await send('/api/kill', {})).status).toBe(409);
      expect(alone.state()).toEqual({
        sides: {
          slack: {
            network: 'Network',
            room: 'Team',
            people: slack.people,
            members: slack.people,
            can: slack.can,
            entries: [said('1', 'hi')],
          },
        },
        counts: [],
      });
    } finally {
      await other.close();
    }
  });

  it.each([
    [{ ...hi, side: 'irc' }, 400, 'wrong'],
    [{ ...hi, person: 'eve' }, 400, 'wrong'],
    [{ ...hi, act: { do: 'say' } }, 400, 'wrong'],
    [{ ...hi, act: { do: 'shout', text: 'hi' } }, 400, 'wrong'],
    [null, 400, 'wrong'],
    [{ ...hi, act: { do: 'say', text: ' \n' } }, 422, 'empty'],
    [{ ...hi, act: { do: 'delete', message: '1' } }, 422, 'refused'],
    [{ ...hi, act: { do: 'say', text: 'x'.repeat(300_000) } }, 413, 'tooLong'],
  ])('%j is answered with its fault', async (body, status, kind) => {
    const [given, text] = await act(body);
    expect([given, (JSON.parse(text) as { kind: string }).kind]).toEqual([status, kind]);
  });

  it('a form of another page can neither act nor kill', async () => {
    expect((await act(hi, { 'content-type': 'text/plain' }))[0]).toBe(415);
    expect((await post('/api/kill', {}, { 'content-type': 'text/plain' }))[0]).toBe(415);
    expect(isKilled).toBe(false);
  });

  describe('files', () => {
    const send = (query: Record<string, string>, body = 'bytes', headers: Record<string, string> = {}) => {
      const all = { side: 'talk', person: 'anna', name: 'a b.png', type: 'image/png', caption: 'look', ...query };
      const path = `/api/file?${new URLSearchParams(all).toString()}`;
      return call(path, { 'x-crosstalk-token': token, ...headers }, 'POST', body);
    };
    const fetched = (query: string): Promise<Response> => fetch(`${url.origin}/api/file?${query}`);

    it('are sent in the name of a person, and shown to whoever has the token', async () => {
      expect(await send({})).toEqual([204, '']);
      expect(talk.files.get('a b.png')).toMatchObject({ mime: 'image/png', bytes: { length: 5 } });
      const answer = await fetched(`side=talk&id=a+b.png&token=${token}`);
      expect([answer.status, await answer.text()]).toEqual([200, 'bytes']);
      expect(answer.headers.get('content-type')).toBe('image/png');
      expect(answer.headers.get('content-disposition')).toBe("inline; filename*=utf-8''a%20b.png");
      expect((await fetched('side=talk&id=a+b.png')).status).toBe(403);
    });

    it.each(['text/html', 'image/svg+xml', 'application/pdf', '', 'video/mp4; x="', 'audio/mpeg, text/html'])(
      'of the type %j are saved and never shown',
      async (type) => {
        expect((await send({ type }))[0]).toBe(204);
        const { headers } = await fetched(`side=talk&id=a+b.png&token=${token}`);
        expect(headers.get('content-type')).toBe('application/octet-stream');
        expect(headers.get('content-disposition')).toContain('attachment');
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      },
    );

    // Safari plays nothing of a server that answers its first question with all.
    it.each([
      ['bytes=0-1', 206, 'by', 'bytes 0-1/5'],
      ['bytes=3-', 206, 'es', 'bytes 3-4/5'],
      ['bytes=-2', 206, 'es', 'bytes 3-4/5'],
      ['bytes=1-99', 206, 'ytes', 'bytes 1-4/5'],
      ['bytes=5-', 416, '', 'bytes */5'],
      ['bytes=-0', 416, '', 'bytes */5'],
      ['bytes=0-1,3-4', 200, 'bytes', null],
      ['lines=1-2', 200, 'bytes', null],
    ])('are sent in parts to players: %s', async (range, status, text, part) => {
      await send({ name: 'song.mp3', type: 'audio/mpeg' });
      const answer = await fetch(`${url.origin}/api/file?side=talk&id=song.mp3&token=${token}`, { headers: { range } });
      expect([answer.status, await answer.text(), answer.headers.get('content-range')]).toEqual([status, text, part]);
      if (status === 416) return;
      expect(answer.headers.get('content-length')).toBe(String(text.length));
      expect(answer.headers.get('accept-ranges')).toBe('bytes');
      expect(answer.headers.get('content-type')).toBe('audio/mpeg');
    });

    it('that are nobody’s, have no name or are not there are refused', async () => {
      expect((await send({ person: 'eve' }))[0]).toBe(400);
      expect((await send({ side: 'irc' }))[0]).toBe(400);
      expect((await send({ name: '' }))[0]).toBe(400);
      expect((await send({}, 'x', { 'x-crosstalk-token': 'other' }))[0]).toBe(403);
      expect((await send({}, '', { 'content-length': '200000000' }))[0]).toBe(413);
      expect(talk.files.size).toBe(0);
      expect((await fetched(`side=talk&id=nothing&token=${token}`)).status).toBe(404);
      expect((await fetched(`side=irc&id=nothing&token=${token}`)).status).toBe(404);
    });
  });

  it('kills what is there to be killed', async () => {
    expect((await post('/api/kill', {}))[0]).toBe(204);
    expect((await post('/api/kill', {}))[0]).toBe(409);
  });

  describe('tells those who follow', () => {
    let gone: AbortController;
    let reader: ReadableStreamDefaultReader<string>;
    let text: string;
    beforeEach(async () => {
      gone = new AbortController();
      const answer = await fetch(`${url.origin}/api/events?token=${token}`, { signal: gone.signal });
      reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
      text = '';
    });
    afterEach(() => gone.abort());

    /** What is told at a time. */
    async function told(): Promise<readonly PageEvent[]> {
      for (;;) {
        const [block, ...others] = text.split('\n\n');
        if (others.length > 0) {
          text = others.join('\n\n');
          if (block!.startsWith('data: ')) return JSON.parse(block!.slice(6)) as PageEvent[];
        } else text += (await reader.read()).value ?? '';
      }
    }
    const kinds = (events: readonly PageEvent[]) =>
      events.map((event) => ('side' in event ? `${event.type} ${event.side}` : event.type));

    it('the whole first, then every change, arrivals too', async () => {
      expect(kinds(await told())).toEqual(['state']);
      talk.say('7', 'hello');
      expect(kinds(await told())).toEqual(['entry talk', 'way', 'counts']);
      matrix.say('$1', 'hello', 'Anna (Talk)', 'bridged');
      const [copy, original, way, counts] = await told();
      expect(copy).toMatchObject({ side: 'matrix', entry: { id: '$1' } });
      expect(original).toMatchObject({ entry: { id: '7', delivery: { matrix: 'arrived', slack: 'onItsWay' } } });
      // It bears no key of the service's: it is known by its words.
      expect(way).toMatchObject({
        way: {
          copies: [
            { to: 'matrix', atMs: { shown: expect.any(Number) as number } },
            { to: 'slack', atMs: {} },
          ],
        },
      });
      expect(counts).toMatchObject({
        counts: expect.arrayContaining([
          { from: 'talk', to: 'matrix', written: 1, arrived: 1, lost: 0, doubled: 0 },
          { from: 'talk', to: 'slack', written: 1, arrived: 0, lost: 0, doubled: 0 },
        ]) as unknown,
      });
      talk.tell({ type: 'entry', entry: { ...said('7', ''), text: null } });
      expect((await told())[0]).toMatchObject({ entry: { id: '7', text: null, delivery: { matrix: 'arrived' } } });
      talk.tell({ type: 'members', members: [] });
      talk.tell({ type: 'cleared' });
      expect(kinds(await told())).toEqual(['members talk', 'cleared talk']);
    });

    it('of a burst the end, whole, and of what is older than that nothing more', async () => {
      await told();
      for (let at = 1; at <= 5000; at += 1) talk.say(String(at), `message ${String(at)}`);
      const [event, ...others] = await told();
      if (event?.type !== 'state') throw new Error('the whole was not told');
      expect(others).toEqual([]);
      expect(event.state.sides.talk?.entries).toHaveLength(mostEntries);
      expect(event.state.sides.talk?.entries.at(-1)).toMatchObject({ id: '5000' });
      expect(event.state.counts[0]).toMatchObject({ written: 5000, arrived: 0, lost: 0, doubled: 0 });
      talk.tell({ type: 'entry', entry: { ...said('1', ''), text: null } });
      expect(kinds(await told())).toEqual(['counts']);
      expect(board.state().way).toMatchObject({ message: '5000' });
    });
  });
});
