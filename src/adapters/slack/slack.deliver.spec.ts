import { editing, keyOf, saying, unsaying, type Asked } from '../../../test/contract/matrix-deliveries.js';
import { SlackBench } from '../../../test/contract/slack-bench.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import { BridgeError, TargetGone, Uneditable } from '../../model/errors.js';
import { accountId, remoteId } from '../../model/ids.js';
import type { Copy, Outcome } from '../../model/network-adapter.js';
import type { JsonObject } from '../../sandbox/slack/state/json.js';
import type { SlackAdapter } from './slack.adapter.js';

let bench: SlackBench;
let adapter: SlackAdapter;

async function open(settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
  bench = await SlackBench.open({ settings });
  adapter = bench.make();
  await adapter.connect(bench.signal);
}

beforeEach(() => open());
afterEach(() => bench.close());

const send = (asked: Asked<BridgeEvent>): Promise<void> => {
  const entry = adapter.deliver[asked.request.event.kind];
  if (entry === undefined) throw new Error('cannot');
  return entry.send(asked.request as never, bench.signal);
};
const shown = (id: string | undefined): JsonObject | undefined =>
  bench.sandbox.messages(bench.channel).find(({ ts }) => ts === id);
const texts = (): unknown[] => bench.sandbox.messages(bench.channel).map(({ text }) => text);
const look = async (asked: Asked<BridgeEvent>, since = new Date()): Promise<Outcome | undefined> =>
  (await adapter.wasDone([asked.uncertain], since, bench.signal))[0];
const failure = (attempt: Promise<unknown>): Promise<BridgeError> =>
  attempt.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as BridgeError,
  );

describe('a message', () => {
  it('stands under the person’s name, with its key in it', async () => {
    const said = saying('a', bench.room, 'hello');
    await send(said);
    expect(shown(said.made[0]?.id)).toMatchObject({
      username: 'Anna (Talk)',
      text: 'hello',
      metadata: { event_type: 'crosstalk_delivery' },
    });
    expect(said.made).toEqual([{ part: 0, id: said.made[0]?.id, key: keyOf('a', 0) }]);
    expect(shown(said.made[0]?.id)?.['icons']).toBeUndefined();
  });

  it('has the person’s picture where we have a public address', async () => {
    await bench.close();
    await open({ url: 'https://bridge.example.org/' });
    const file = { account: accountId('cloud'), id: 'user-avatar/anna', name: 'a', mime: 'image/png' };
    const said = saying('a', bench.room, 'hello', {
      speaker: { profile: { name: 'Anna', avatar: { version: '7', file } } },
    });
    await send(said);
    const address = 'https://bridge.example.org/media/cloud/user-avatar%2Fanna?v=7';
    expect(shown(said.made[0]?.id)).toMatchObject({ icons: { image_48: address } });
  });

  it('in nobody’s name is the app’s own', async () => {
    const said = saying('a', bench.room, 'Anna joined', { speaker: { as: 'bridge', profile: { name: '' } } });
    await send(said);
    expect(shown(said.made[0]?.id)?.['username']).toBeUndefined();
  });

  it('of a thread stands in it; an answer stands in the channel too', async () => {
    const root = bench.sandbox.post(bench.channel, bench.ann, 'the first');
    const reply = bench.sandbox.post(bench.channel, bench.bert, 'a reply', { thread: root });
    const inThread = saying('a', bench.room, 'in the thread', { thread: { part: 0, id: remoteId(root) } });
    const answer = saying('b', bench.room, 'an answer to the reply', { replyTo: { part: 0, id: remoteId(reply) } });
    await send(inThread);
    await send(answer);
    expect(shown(inThread.made[0]?.id)).toMatchObject({ thread_ts: root });
    expect(shown(inThread.made[0]?.id)?.['subtype']).not.toBe('thread_broadcast');
    expect(shown(answer.made[0]?.id)).toMatchObject({ thread_ts: root, subtype: 'thread_broadcast' });
  });

  it('that answers what is gone is said all the same', async () => {
    const gone = bench.sandbox.post(bench.channel, bench.ann, 'gone');
    bench.sandbox.remove(bench.channel, bench.ann, gone);
    const answer = saying('a', bench.room, 'an answer', { replyTo: { part: 0, id: remoteId(gone) } });
    await send(answer);
    expect(shown(answer.made[0]?.id)?.['thread_ts']).toBeUndefined();
  });

  it.each([undefined, 'thread'])(
    'accepted then dropped is found by the look, and not posted twice (%s)',
    async (where) => {
      const root = bench.sandbox.post(bench.channel, bench.ann, 'the first');
      const said = saying(
        'a',
        bench.room,
        'hello',
        where === undefined ? {} : { thread: { part: 0, id: remoteId(root) } },
      );
      bench.sandbox.faults.add({ method: 'POST', path: 'chat\\.postMessage', fault: { do: 'acceptThenDrop' } });
      expect((await failure(send(said))).failure.certainty).toBe('unknownAfterDisconnect');
      expect(texts().filter((text) => text === 'hello')).toHaveLength(1);
      const found = await look(said);
      expect(found).toMatchObject({ done: [{ part: 0, key: keyOf('a', 0) }] });
      // Nothing is sent again by itself either.
      expect(texts().filter((text) => text === 'hello')).toHaveLength(1);
    },
  );

  it('is found among more messages than come at once', async () => {
    await bench.close();
    bench = await SlackBench.open({ app: { distribution: 'unlisted' } });
    adapter = bench.make();
    await adapter.connect(bench.signal);
    const since = new Date();
    const said = saying('a', bench.room, 'hello');
    await send(said);
    for (let count = 0; count < 40; count += 1) bench.sandbox.post(bench.channel, bench.ann, `more ${String(count)}`);
    expect(await look(said, since)).toMatchObject({ done: [{ part: 0 }] });
    expect(await look(saying('b', bench.room, 'never sent'), since)).toMatchObject({ done: 'notFound' });
  });
});

describe('an edit', () => {
  it('changes what stands there, under the same name', async () => {
    const said = saying('a', bench.room, 'helo');
    await send(said);
    await send(editing('b', bench.room, said.made, 'hello'));
    expect(shown(said.made[0]?.id)).toMatchObject({ text: 'hello', username: 'Anna (Talk)' });
  });

  it('that is shorter takes parts away, and one that is longer adds them', async () => {
    const long = 'word '.repeat(4000);
    const said = saying('a', bench.room, long);
    await send(said);
    expect(said.made.length).toBeGreaterThan(1);
    const shorter = editing('b', bench.room, said.made, 'short');
    await send(shorter);
    expect(shorter.gone).toEqual(said.made.slice(1));
    const first = said.made.slice(0, 1);
    const longer = editing('c', bench.room, first, long);
    await send(longer);
    expect(longer.made.map(({ part }) => part)).toEqual(said.made.slice(1).map(({ part }) => part));
    expect(await look(longer)).toMatchObject({ done: longer.made.map(({ id }) => ({ id })) });
  });

  it('that was not made is not found, though the message shows its text already: it was bridged as it stood later', async () => {
    const said = saying('a', bench.room, 'hello');
    await send(said);
    expect(await look(editing('b', bench.room, said.made, 'hello'))).toMatchObject({ done: 'notFound' });
  });

  it('accepted then dropped is known by its key and the text', async () => {
    const said = saying('a', bench.room, 'helo');
    await send(said);
    const edit = editing('b', bench.room, said.made, 'hello :wave: there');
    expect(await look(edit)).toMatchObject({ done: 'notFound' });
    bench.sandbox.faults.add({ method: 'POST', path: 'chat\\.update', fault: { do: 'acceptThenDrop' } });
    await failure(send(edit));
    expect(await look(edit)).toMatchObject({ done: 'made' });
  });

  it('of what is gone has nothing to change, and of what a person wrote is to be answered', async () => {
    const said = saying('a', bench.room, 'hello');
    await send(said);
    await send(unsaying('b', bench.room, said.made));
    expect(await failure(send(editing('c', bench.room, said.made, 'changed')))).toBeInstanceOf(TargetGone);
    const others = [{ part: 0, id: remoteId(bench.sandbox.post(bench.channel, bench.ann, 'mine')) }];
    expect(await failure(send(editing('d', bench.room, others, 'changed')))).toBeInstanceOf(Uneditable);
  });
});

describe('a file that somebody deleted elsewhere', () => {
  const files = ['a.txt', 'b.txt'].map((name) => ({ name, mimetype: 'text/plain', bytes: Buffer.from(name) }));
  const gone = (ts: string, apart: readonly Copy[] = []): Asked<BridgeEvent> => {
    const target = [{ part: 0, id: remoteId(ts) }];
    const asked = editing(
      'gone',
      bench.room,
      target,
      { body: [] },
      {
        lost: { places: [1], apart, words: 'same', hasWords: true },
      },
    );
    return { ...asked, request: { ...asked.request, event: { ...asked.request.event, words: 'same' } } };
  };

  it('stays where a person shares it: it is not ours to delete', async () => {
    const ts = bench.sandbox.post(bench.channel, bench.ann, 'two of them', { files });
    expect(await failure(send(gone(ts)))).toMatchObject({
      code: 'messageRefused',
      message: expect.stringContaining('cant_delete_file') as string,
    });
    expect(JSON.stringify(shown(ts))).toContain('b.txt');
  });

  describe('which an edit added, so that it is a message of its own', () => {
    const kept = (): unknown[] =>
      bench.sandbox
        .messages(bench.channel)
        .flatMap(({ files: shows = [] }) => (shows as JsonObject[]).map(({ id }) => id));
    const added = async (part: number): Promise<{ readonly copies: Copy[]; readonly isDeleted: () => unknown }> => {
      const words = saying('a', bench.room, 'hello');
      await send(words);
      const file = saying('b', bench.room, '', {
        openFile: ({ name, mime }) => Promise.resolve({ name, mime, bytes: 1, body: inOne() }),
      });
      const { request } = file;
      const [ref] = [{ account: accountId('cloud'), id: 'c', name: 'c.txt', mime: 'text/plain' }];
      await send({ ...file, request: { ...request, event: { ...request.event, body: [], files: [ref] } } });
      const [id] = kept();
      const [copy] = file.made;
      const copies = [...words.made, { ...copy!, part }];
      return { copies, isDeleted: () => bench.sandbox.state.files.get(String(id))?.isDeleted };
    };

    it.each([500, 501])('goes with it, and alone: as the part %i', async (part) => {
      const { copies, isDeleted } = await added(part);
      const [words, copy] = copies;
      const lost = { places: [part - 500], apart: [copy!], words: 'same', hasWords: true } as const;
      const edit = editing('gone', bench.room, [words!], { body: [] }, { lost });
      await send(edit);
      await send(edit);
      expect([shown(words?.id)?.['text'], shown(copy?.id), isDeleted()]).toEqual(['hello', undefined, true]);
      expect(edit.gone).toEqual([copy, copy]);
    });

    it.each([500, 501])('leaves no file behind when all of it is deleted: as the part %i', async (part) => {
      const { copies, isDeleted } = await added(part);
      await send(unsaying('d', bench.room, copies));
      expect([...copies.map(({ id }) => shown(id)), isDeleted()]).toEqual([undefined, undefined, true]);
    });
  });
});

async function* inOne(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('c'));
}

it('a deletion takes every part away, and may be repeated', async () => {
  const said = saying('a', bench.room, 'hello');
  await send(said);
  const deletion = unsaying('b', bench.room, said.made);
  expect(await look(deletion)).toMatchObject({ done: 'notFound' });
  await send(deletion);
  await send(deletion);
  expect(shown(said.made[0]?.id)).toBeUndefined();
  expect(await look(deletion)).toMatchObject({ done: 'alreadySo' });
});
