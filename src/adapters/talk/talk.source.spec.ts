import { Reader, resultOf, talkAtSandbox, textIn, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import { BridgeError } from '../../model/errors.js';
import { cursor } from '../../model/ids.js';

const signal = new AbortController().signal;

describe('talk.source', () => {
  let at: TalkAtSandbox;
  let reader: Reader;

  const setUp = async (sandbox = {}, settings = {}): Promise<void> => {
    at = await talkAtSandbox(sandbox, settings);
    reader = await new Reader(at.adapter, at.pulling, at.room).begin();
  };

  const post = (...texts: string[]): number[] => texts.map((text) => at.talk.post(at.token, 'bob', text));
  /** The rows of the reactions that were read, and of those that were taken back. */
  const added = () => eventsRead().flatMap((event) => (event.kind === 'reactionAdded' ? [event.row] : []));
  const removedRows = () => eventsRead().flatMap((event) => (event.kind === 'reactionRemoved' ? [event.row] : []));
  const eventsRead = () => reader.results().flatMap((result) => ('events' in result ? [...result.events] : []));
  const numbered = (count: number, word = 'm'): string[] =>
    Array.from({ length: count }, (_, index) => `${word}${index}`);
  afterEach(async () => {
    await at.close();
  });

  it('begins with what is written from then on, however soon after', async () => {
    at = await talkAtSandbox();
    post('before one', 'before two');
    reader = await new Reader(at.adapter, at.pulling, at.room).begin();
    post('after');
    await reader.read();
    await reader.read();
    expect(reader.texts()).toEqual(['after']);
  });

  it('a room without a single row is begun and read', async () => {
    await setUp();
    at.talk.rooms.clearHistory(at.token);
    const [row] = at.talk.messages(at.token);
    at.talk.state.rooms.get(at.token)?.log.clear();
    reader = await new Reader(at.adapter, at.pulling, at.room).begin();
    expect(reader.cursor).toMatch(/^0\.0\./);
    expect(row).toBeDefined();
    post('first');
    await reader.read();
    expect(reader.texts()).toEqual(['first']);
  });

  it('more than a page is caught up with in order, without a gap', async () => {
    await setUp({}, { pageSize: 7 });
    const texts = numbered(50);
    post(...texts);
    await reader.read();
    expect(reader.texts()).toEqual(texts);
  });

  it('catching up costs one request a page, and a handful at its end', async () => {
    await setUp({}, { pageSize: 10 });
    post(...numbered(200));
    const requests = countRequests(at);
    await reader.read();
    expect(reader.texts()).toHaveLength(200);
    expect(requests()).toBeLessThanOrEqual(200 / 10 + 8);
  });

  it('nothing is handed on again once its cursor came back; without that, everything', async () => {
    await setUp();
    post('one', 'two');
    const first = await at.pulling.pull(at.room, reader.cursor, 'now', signal);
    const lost = await at.pulling.pull(at.room, reader.cursor, 'now', signal);
    expect(lost.payloads.map(({ key }) => key)).toEqual(first.payloads.map(({ key }) => key));
    const next = await at.pulling.pull(at.room, lost.cursor, 'now', signal);
    expect(next).toEqual({ payloads: [], cursor: lost.cursor, rest: 'late' });
  });

  it('another process begins where the cursor stands, and reads the overlap again', async () => {
    await setUp();
    post('one', 'two');
    await reader.read();
    post('three');
    const other = at.make();
    await other.connect(signal);
    const batch = await other.pulling.pull(at.room, reader.cursor, 'now', signal);
    expect(batch.payloads.map((payload) => resultOf(other, payload))).toHaveLength(3);
  });

  it('an edit that was just made is news, whatever clocks say; one that is found later is as old as it is', async () => {
    let lateMs = 3_600_000;
    await setUp({ clock: () => Date.now() - lateMs });
    const [id = 0] = post('one');
    const news = async () => {
      const before = new Set(reader.kept.keys());
      await reader.read();
      return [...reader.kept.values()].filter(({ key }) => !before.has(key)).map(({ isNews }) => isNews);
    };
    await news();
    at.talk.edit(at.token, 'bob', id, 'two');
    expect(await news()).toEqual([undefined]);
    lateMs = 0;
    at.talk.edit(at.token, 'bob', id, 'three');
    expect(await news()).toEqual([true]);
  });

  it('a row that was stored late, behind the cursor, is found', async () => {
    await setUp();
    post('one');
    await reader.read();
    at.talk.commitLate(at.token, 'carol', 'late', 20);
    await reader.read();
    expect(reader.texts()).toEqual(['one', 'late']);
  });

  it('a row that was stored late is found though its batch was lost', async () => {
    await setUp();
    post('one');
    await reader.read();
    at.talk.commitLate(at.token, 'carol', 'late', 20);
    await at.pulling.pull(at.room, reader.cursor, 'now', signal);
    await reader.read();
    expect(reader.texts()).toEqual(['one', 'late']);
  });

  it('a row that was stored late is found behind more rows than a page holds', async () => {
    await setUp({}, { pageSize: 5, overlapIntervalMs: 1 });
    const texts = numbered(18);
    post(...texts);
    await reader.read();
    at.talk.commitLate(at.token, 'carol', 'late', 20);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await reader.read();
    expect(reader.texts()).toEqual([...texts, 'late']);
  });

  describe('in a busy room', () => {
    const limits: string[] = [];

    beforeEach(async () => {
      await setUp();
      limits.length = 0;
      post(...numbered(60));
      await reader.read();
      at.talk.faults.watch((_, path) => limits.push(/limit=(\d+)/.exec(path)?.[1] ?? ''));
    });

    it('the newest rows are read, until a second after the whole page was', async () => {
      post('next');
      await reader.read();
      await reader.read();
      expect(limits).toEqual(['20', '20']);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      post('last');
      await reader.read();
      expect([limits.at(-1), reader.texts()]).toEqual(['200', [...numbered(60), 'next', 'last']]);
    });

    it('what the newest rows do not reach is read with the whole page', async () => {
      post(...numbered(30, 'more'));
      await reader.read();
      expect([limits, reader.texts()]).toEqual([
        ['20', '200'],
        [...numbered(60), ...numbered(30, 'more')],
      ]);
    });

    it('what was stored late, behind the newest rows, is to be looked for soon, and is found', async () => {
      at.talk.commitLate(at.token, 'carol', 'late', 20);
      post(...numbered(19, 'more'));
      const { rest } = await at.pulling.pull(at.room, reader.cursor, 'now', signal);
      await reader.read();
      expect([rest, reader.texts().at(-1)]).toEqual(['late', 'more18']);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await reader.read();
      expect(reader.texts()).toEqual([...numbered(60), ...numbered(19, 'more'), 'late']);
    });
  });

  it('without the header that says how far it goes, a forward read ends with its last row', async () => {
    await setUp();
    const texts = numbered(3);
    post(...texts);
    const data = at.talk.messages(at.token, 'alice').slice(-3, -1);
    const body = JSON.stringify({ ocs: { meta: { statuscode: 200 }, data } });
    await reader.read('wait');
    reader = new Reader(at.adapter, at.pulling, at.room).beginAt('1.1');
    at.talk.faults.add({ path: 'lookIntoFuture=0', times: 2, fault: { do: 'answer', status: 304 } });
    at.talk.faults.add({ path: 'lookIntoFuture=1', fault: { do: 'answer', status: 200, body } });
    await reader.read('wait');
    expect(reader.texts()).toEqual(texts.slice(0, 2));
    expect(reader.cursor.split('.')[0]).toBe(String(data.at(-1)?.['id']));
  });

  it('a held request brings what is written, then finds by the overlap what came late', async () => {
    await setUp({}, { overlapIntervalMs: 50 });
    const held = reader.read('wait');
    post('one');
    await held;
    await until(async () => {
      await reader.read('wait');
      return reader.texts().length > 0;
    });
    at.talk.commitLate(at.token, 'carol', 'late', 20);
    await until(async () => {
      await reader.read('wait');
      return reader.texts().length === 2;
    });
    expect(reader.texts()).toEqual(['one', 'late']);
  });

  it('what a cache of the server hides from forward reads is found after a wake-up, over many pages', async () => {
    await setUp({ cacheMs: 60_000 }, { pageSize: 5 });
    const texts = numbered(17);
    post(...texts);
    at.talk.state.cache.wasEmptyAfter(at.token, Number(reader.cursor.split('.')[0]));
    await reader.read();
    expect(reader.texts()).toEqual(texts);
  });

  it('a message that races an empty read is found after a wake-up', async () => {
    await setUp({ cacheMs: 60_000 });
    at.talk.raceNextSave(at.token);
    post('raced');
    await reader.read();
    expect(reader.texts()).toEqual(['raced']);
  });

  it('a cleared history, which takes the row of the cursor with it, is told and reading goes on', async () => {
    await setUp();
    post('one', 'two');
    await reader.read();
    at.talk.rooms.clearHistory(at.token);
    post('three');
    await reader.read();
    expect(reader.texts()).toEqual(['one', 'two', 'three']);
    expect(reader.results()).toContainEqual({
      events: [expect.objectContaining({ kind: 'roomChanged', change: { of: 'history', cleared: 'all' } })],
    });
  });

  it('edits, deletions and reactions come in the order of the stream', async () => {
    await setUp();
    const [one = 0, two = 0] = post('one', 'two');
    at.talk.edit(at.token, 'bob', one, 'one!');
    at.talk.react(at.token, 'carol', one, '👍');
    at.talk.remove(at.token, 'bob', two);
    await reader.read();
    const events = reader.results().flatMap((result) => ('events' in result ? result.events : []));
    expect(events.map(({ kind }) => kind)).toEqual(['messageSent', 'messageEdited', 'reactionAdded', 'messageDeleted']);
  });

  it('a reaction that is taken back is named by its row, read live, later, or long after', async () => {
    await setUp({}, { pageSize: 5 });
    const [message = 0] = post('react to me');
    at.talk.react(at.token, 'carol', message, '👍');
    at.talk.react(at.token, 'bob', message, '👍');
    await reader.read();
    const added = reader.results().flatMap((result) => ('events' in result ? result.events : []));
    const row = added.flatMap((event) =>
      event.kind === 'reactionAdded' && event.actor.id === 'users/carol' ? [event.row] : [],
    );
    post(...numbered(12));
    await reader.read();
    at.talk.unreact(at.token, 'carol', message, '👍');
    await reader.read();
    const events = reader.results().flatMap((result) => ('events' in result ? result.events : []));
    expect(events.filter(({ kind }) => kind === 'reactionRemoved')).toEqual([
      expect.objectContaining({ actor: expect.objectContaining({ id: 'users/carol' }) as unknown, row: row[0] }),
    ]);
  });

  it('a reaction that is taken back is found though a later one was taken back before it', async () => {
    await setUp({}, { pageSize: 5 });
    const [message = 0] = post('react to me');
    at.talk.react(at.token, 'carol', message, '👍');
    await reader.read();
    const [thumb] = added();
    post(...numbered(12));
    at.talk.react(at.token, 'carol', message, '🎉');
    await reader.read();
    const [, party] = added();
    at.talk.unreact(at.token, 'carol', message, '🎉');
    await reader.read();
    at.talk.unreact(at.token, 'carol', message, '👍');
    await reader.read();
    expect(removedRows()).toEqual([party, party, thumb]);
  });

  describe('after a time without reading', () => {
    /** Another process goes on where the cursor stands, with nothing in memory. */
    const comeBack = async (): Promise<BridgeEvent[]> => {
      const other = at.make({ pageSize: 5 });
      await other.connect(signal);
      const later = new Reader(other, other.pulling, at.room).beginAt(reader.cursor);
      await later.read();
      const known = new Set(reader.kept.keys());
      return [...later.kept.values()]
        .filter(({ key }) => !known.has(key))
        .flatMap((payload) => {
          const result = resultOf(other, payload);
          return 'events' in result ? [...result.events] : [];
        });
    };

    beforeEach(async () => {
      await setUp();
    });

    it('an edit of what was read before comes with the last words, as often as it was edited', async () => {
      const [message = 0] = post('one');
      await reader.read();
      at.talk.edit(at.token, 'bob', message, 'two');
      at.talk.edit(at.token, 'alice', message, 'three');
      const events = await comeBack();
      expect(events.map(({ kind, actor }) => [kind, actor.standing])).toEqual([
        ['messageEdited', 'person'],
        ['messageEdited', 'ours'],
      ]);
      expect(events.map((event) => ('body' in event ? textIn(event.body) : ''))).toEqual(['three', 'three']);
    });

    it('what was written and edited meanwhile comes with its last words; what was deleted meanwhile does not come', async () => {
      const [kept = 0, gone = 0] = post('kept', 'gone');
      at.talk.edit(at.token, 'bob', kept, 'kept!');
      at.talk.edit(at.token, 'bob', gone, 'gone!');
      at.talk.remove(at.token, 'bob', gone);
      const events = await comeBack();
      expect(events.map((event) => [event.kind, 'message' in event ? event.message.id : ''])).toEqual([
        ['messageSent', String(kept)],
        ['messageEdited', String(kept)],
        ['messageDeleted', String(gone)],
      ]);
      expect(textIn(events[0] !== undefined && 'body' in events[0] ? events[0].body : [])).toBe('kept!');
    });

    it('a deletion of what was read before comes, by its moderator', async () => {
      const [message = 0] = post('one');
      await reader.read();
      at.talk.remove(at.token, 'carol', message);
      expect(await comeBack()).toEqual([
        expect.objectContaining({
          kind: 'messageDeleted',
          message: { room: { account: 'home', id: at.token }, id: String(message) },
          actor: expect.objectContaining({ id: 'users/carol' }) as unknown,
        }),
      ]);
    });

    it('reactions that were read before and taken back meanwhile are named by their rows, however far back', async () => {
      const [message = 0] = post('react to me');
      for (const emoji of ['👍', '🎉', '❤️']) at.talk.react(at.token, 'carol', message, emoji);
      at.talk.react(at.token, 'bob', message, '👍');
      await reader.read();
      const rows = added();
      post(...numbered(30));
      await reader.read();
      at.talk.unreact(at.token, 'carol', message, '❤️');
      post(...numbered(7, 'between'));
      at.talk.unreact(at.token, 'carol', message, '👍');
      const removed = (await comeBack()).flatMap((event) => (event.kind === 'reactionRemoved' ? [event.row] : []));
      expect(new Set(removed)).toEqual(new Set([rows[0], rows[2]]));
    });

    it('a reaction that came and went meanwhile names nothing that was ever told', async () => {
      const [message = 0] = post('react to me');
      await reader.read();
      at.talk.react(at.token, 'carol', message, '👍');
      at.talk.unreact(at.token, 'carol', message, '👍');
      const events = await comeBack();
      expect(events.map(({ kind }) => kind)).toEqual(['reactionRemoved']);
      expect(added()).toEqual([]);
    });

    it('a reaction that was taken back and made again has another row, which nothing takes back', async () => {
      const [message = 0] = post('react to me');
      at.talk.react(at.token, 'carol', message, '👍');
      at.talk.react(at.token, 'carol', message, '🎉');
      await reader.read();
      const [thumb, party] = added();
      at.talk.unreact(at.token, 'carol', message, '👍');
      at.talk.react(at.token, 'carol', message, '👍');
      at.talk.unreact(at.token, 'carol', message, '🎉');
      const events = await comeBack();
      const again = events.flatMap((event) => (event.kind === 'reactionAdded' ? [event.row] : []));
      const removed = events.flatMap((event) => (event.kind === 'reactionRemoved' ? [event.row] : []));
      expect(again).toHaveLength(1);
      expect(removed).not.toContain(again[0]);
      expect(new Set(removed)).toEqual(new Set([thumb, party]));
    });

    it('what our own account did is ours', async () => {
      const [message = 0] = post('one');
      const own = at.talk.post(at.token, 'alice', 'ours');
      await reader.read();
      at.talk.edit(at.token, 'alice', own, 'ours!');
      at.talk.react(at.token, 'alice', message, '👍');
      at.talk.unreact(at.token, 'alice', message, '👍');
      at.talk.remove(at.token, 'alice', message);
      const events = await comeBack();
      expect(events.map(({ kind, actor }) => [kind, actor.standing])).toEqual([
        ['messageEdited', 'ours'],
        ['reactionRemoved', 'ours'],
        ['messageDeleted', 'ours'],
      ]);
    });
  });

  it('a renamed room is told with its name', async () => {
    await setUp();
    at.talk.rooms.rename(at.token, 'The team');
    await reader.read();
    expect(reader.results()).toEqual([
      { events: [expect.objectContaining({ kind: 'roomChanged', change: { of: 'name', name: 'The team' } })] },
    ]);
  });

  it('reading leaves no mark: nothing counts as read by the account', async () => {
    await setUp();
    post('one', 'two', 'three');
    await reader.read();
    const room = at.talk.state.rooms.get(at.token);
    expect(room?.log.unreadAfter(room.attendees.get('users/alice')?.lastReadMessage ?? 0)).toBe(3);
  });

  it('a server that answers held requests at once with nothing is not asked in a loop', async () => {
    await setUp({}, { shortPollMs: 500, maxPollPauseMs: 30_000 });
    await reader.read('wait');
    at.talk.faults.add({ path: 'lookIntoFuture=1', times: 1000, fault: { do: 'answer', status: 304 } });
    const requests = countRequests(at);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 3000);
    while (!stop.signal.aborted)
      await at.pulling.pull(at.room, reader.cursor, 'wait', stop.signal).catch(() => undefined);
    clearTimeout(timer);
    expect(requests()).toBeLessThanOrEqual(4);
  });

  it('a cursor that is none of ours is refused', async () => {
    await setUp();
    await expect(at.pulling.pull(at.room, cursor('nonsense'), 'now', signal)).rejects.toThrow('not a cursor');
  });

  it('whatever the server answers, no message is lost, doubled or out of order', async () => {
    await setUp({ pollStepMs: 5 }, { pageSize: 4, overlapIntervalMs: 20, shortPollMs: 10, requestTimeoutMs: 2000 });
    const faults = [
      { do: 'answer', status: 500 },
      { do: 'answer', status: 304 },
      { do: 'answer', status: 404, body: '{}' },
      { do: 'answer', status: 412, body: '{}' },
      { do: 'answer', status: 403, body: '{}' },
      { do: 'answer', status: 200, body: '{"ocs":{"data":[]}}' },
      { do: 'answer', status: 200, body: '{"ocs":{"data":{"id":1}}}' },
      { do: 'drop' },
      { do: 'truncate' },
      { do: 'html' },
    ] as const;
    const texts: string[] = [];
    for (let round = 0; round < 60; round += 1) {
      const fault = faults[round % faults.length];
      if (fault !== undefined)
        at.talk.faults.add({ method: 'GET', path: `/chat/${at.token}[?]`, after: round % 3, fault });
      const more = numbered(round % 11, `r${round}-`);
      post(...more);
      texts.push(...more);
      await reader.read(round % 4 === 0 ? 'wait' : 'now').catch((error: unknown) => {
        expect(error).toBeInstanceOf(BridgeError);
      });
      if (round % 5 === 0) at.talk.faults.clear();
    }
    at.talk.faults.clear();
    await until(async () => {
      await reader.read().catch((error: unknown) => expect(error).toBeInstanceOf(BridgeError));
      return reader.texts().length >= texts.length;
    });
    expect(reader.texts()).toEqual(texts);
  });
});

/** How many requests the server got since. */
function countRequests({ talk }: TalkAtSandbox): () => number {
  let requests = 0;
  const next = talk.faults.next.bind(talk.faults);
  talk.faults.next = (method, path) => {
    requests += 1;
    return next(method, path);
  };
  return () => requests;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
