import { annasGhost, type Asked, editing, keyOf, saying, unsaying } from '../../../test/contract/matrix-deliveries.js';
import { MatrixBench } from '../../../test/contract/matrix-bench.js';
import { deliverBy, failureOf, matrixTeam } from '../../../test/contract/matrix-team.js';
import type { BridgeEvent, MessageEdited } from '../../model/bridge-event.js';
import { accountId, remoteId, userId } from '../../model/ids.js';
import type { Outcome } from '../../model/network-adapter.js';
import type { RichText } from '../../model/rich-text.js';
import type { MatrixAdapter } from './matrix.adapter.js';

const bot = '@crosstalk:sandbox.test';
const long = 'word '.repeat(20_000);

describe('matrix edits', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let alice: string;
  let room: string;

  beforeEach(async () => {
    ({ bench, adapter, alice, room } = await matrixTeam());
  });

  afterEach(async () => {
    await bench.close();
  });

  const deliver = (asked: Asked<BridgeEvent>, by = adapter): Promise<void> => deliverBy(by, asked, bench);
  const said = async (text: string, changes = {}): Promise<Asked<BridgeEvent>['made']> => {
    const sent = saying('said', room, text, changes);
    await deliver(sent);
    return sent.made;
  };
  const outcomeOf = async (asked: Asked<MessageEdited>, since = new Date(0)): Promise<Outcome['done'] | undefined> =>
    (await adapter.wasDone([asked.uncertain], since, bench.signal))[0]?.done;
  /** What people see: each message with its latest edit, without what was redacted. */
  const shown = (): unknown[] =>
    bench.sandbox
      .messages(room)
      .filter(({ type, content, redactedBy }) => {
        const isEdit = (content['m.relates_to'] as { rel_type?: string } | undefined)?.rel_type === 'm.replace';
        return type === 'm.room.message' && redactedBy === undefined && !isEdit;
      })
      .map(({ eventId, sender, content }) => {
        const edits = bench.sandbox.messages(room).filter(({ content: edit, sender: by }) => {
          const relation = edit['m.relates_to'] as { rel_type?: string; event_id?: string } | undefined;
          return relation?.rel_type === 'm.replace' && relation.event_id === eventId && by === sender;
        });
        const latest = edits.at(-1)?.content['m.new_content'] as { body?: string } | undefined;
        return [sender, latest?.body ?? content['body']];
      });

  it('words whose file somebody deleted elsewhere stand alone, as they were said last', async () => {
    await said('a ghost is there');
    const content = { msgtype: 'm.image', body: 'a meadow', filename: 'a.png', url: 'mxc://sandbox.test/a' };
    const picture = bench.sandbox.sendEvent(room, annasGhost, 'm.room.message', content);
    const target = [{ part: 0, id: remoteId(picture) }];
    await deliver(editing('words', room, target, 'a field'));
    const gone = editing(
      'gone',
      room,
      target,
      { body: [] },
      {
        lost: { places: [0], apart: [], words: 'same', hasWords: true },
      },
    );
    await deliver({ ...gone, request: { ...gone.request, event: { ...gone.request.event, words: 'same' } } });
    expect(bench.sandbox.messages(room).at(-1)?.content['m.new_content']).toMatchObject({
      msgtype: 'm.text',
      body: 'a field',
    });
    expect(bench.sandbox.messages(room).at(-1)?.content['m.new_content']).not.toHaveProperty('url');
  });

  it('words for what has none there any more, while others of its parts stand, are said once', async () => {
    const late = editing('late', room, [], 'late words');
    await deliver(late);
    expect(shown().at(-1)).toEqual([annasGhost, 'late words']);
    expect(late.made).toMatchObject([{ part: 0 }]);
    await deliver(editing('late', room, [], 'late words', { made: late.made }));
    expect(shown().filter((each) => JSON.stringify(each).includes('late words'))).toHaveLength(1);
  });

  it('a part that the new words do not need goes with what earlier edits made of it', async () => {
    const target = await said(`${long}one`);
    await deliver(editing('longer', room, target, `${long}a secret`));
    await deliver(editing('shorter', room, target, 'short'));
    const readable = bench.sandbox.messages(room).filter(({ redactedBy }) => redactedBy === undefined);
    expect(JSON.stringify(readable)).not.toContain('a secret');
    expect(shown()).toEqual([[annasGhost, 'short']]);
  });

  it('what a ghost said it says otherwise', async () => {
    const target = await said('hello');
    const edit = editing('edit', room, target, 'hello, all');
    await deliver(edit);
    expect(bench.sandbox.messages(room).at(-1)).toMatchObject({
      type: 'm.room.message',
      sender: annasGhost,
      content: {
        msgtype: 'm.text',
        body: '* hello, all',
        'm.new_content': { msgtype: 'm.text', body: 'hello, all', 'm.mentions': {} },
        'm.relates_to': { rel_type: 'm.replace', event_id: target[0]?.id },
        'm.mentions': {},
        'org.crosstalk.delivery': keyOf('edit', 0),
      },
    });
    expect(shown()).toEqual([[annasGhost, 'hello, all']]);
    expect([edit.made, edit.gone]).toEqual([[], []]);
  });

  it('what we said in somebody’s name keeps the name', async () => {
    const relay = { speaker: { as: 'relay' as const } };
    const target = await said('hello', relay);
    await deliver(editing('edit', room, target, 'hello, all', relay));
    expect(shown()).toEqual([[bot, 'Anna (Talk): hello, all']]);
  });

  it('whoever said it changes it, also where another one would speak now', async () => {
    const target = await said('hello', { speaker: { as: 'relay' } });
    await deliver(editing('edit', room, target, 'by now a ghost'));
    expect(shown()).toEqual([[bot, 'Anna (Talk): by now a ghost']]);
  });

  it('a longer text gets more parts, in the thread of the first one', async () => {
    const root = remoteId(bench.sandbox.post(room, alice, 'root'));
    const target = await said('short', { thread: { part: 0, id: root } });
    const edit = editing('edit', room, target, long);
    await deliver(edit);
    expect(edit.made.map(({ part, key }) => [part, key])).toEqual([[1, keyOf('edit', 1)]]);
    const [, , added] = bench.sandbox
      .messages(room)
      .filter(({ type }) => type === 'm.room.message')
      .slice(-3);
    expect(added).toMatchObject({
      eventId: edit.made[0]?.id,
      sender: annasGhost,
      content: { 'm.relates_to': { rel_type: 'm.thread', event_id: root } },
    });
    expect(
      shown()
        .slice(1)
        .map((each) => String((each as string[])[1]).length),
    ).toEqual([expect.any(Number), expect.any(Number)]);
  });

  it('a shorter text takes parts away', async () => {
    const target = await said(long);
    expect(target).toHaveLength(2);
    const edit = editing('edit', room, target, 'short');
    await deliver(edit);
    expect(shown()).toEqual([[annasGhost, 'short']]);
    expect(edit.gone).toEqual([target[1]]);
    expect(bench.sandbox.messages(room).at(-1)).toMatchObject({
      type: 'm.room.redaction',
      sender: annasGhost,
      redacts: target[1]?.id,
      content: { 'org.crosstalk.delivery': keyOf('edit', 1) },
    });
  });

  it('parts that were added before are not added again', async () => {
    const target = await said('short');
    const first = editing('edit', room, target, long);
    await deliver(first);
    await bench.restart(adapter);
    const again = editing('edit', room, target, long, { made: first.made });
    await deliver(again);
    expect(again.made).toEqual([]);
    expect(shown()).toHaveLength(2);
  });

  it('only whom an edit adds is notified of it', async () => {
    const home = accountId('home');
    const naming = (...ids: string[]): RichText => [
      {
        type: 'paragraph',
        content: ids.map((id) => ({
          type: 'mention',
          of: { kind: 'person', user: { account: home, id: userId(id) } },
          label: id,
        })),
      },
    ];
    const sent = saying('said', room, '');
    const target =
      (await deliver({ ...sent, request: { ...sent.request, event: { ...sent.request.event, body: naming(alice) } } }),
      sent.made);
    const bob = bench.sandbox.addUser('bob', 'Bob');
    await deliver(editing('one', room, target, { body: naming(alice, bob) }));
    const mentions = (): unknown => bench.sandbox.messages(room).at(-1)?.content['m.mentions'];
    expect(mentions()).toEqual({ user_ids: [bob] });
    await deliver(editing('two', room, target, { body: naming(bob) }));
    expect(mentions()).toEqual({});
    expect(bench.sandbox.messages(room).at(-1)?.content['m.new_content']).toMatchObject({
      'm.mentions': { user_ids: [bob] },
    });
  });

  it('what was redacted is not said again', async () => {
    const target = await said('hello');
    bench.sandbox.redact(room, annasGhost, target[0]?.id ?? '');
    expect((await failureOf(deliver(editing('edit', room, target, 'again')))).code).toBe('targetGone');
    expect((await failureOf(deliver(editing('edit', room, [{ part: 0, id: remoteId('$no') }], 'x')))).code).toBe(
      'targetGone',
    );
    expect(shown()).toEqual([]);
  });

  it('a part that was redacted stays so, the others change', async () => {
    const target = await said(long);
    bench.sandbox.redact(room, annasGhost, target[0]?.id ?? '');
    const edit = editing('edit', room, target, `new ${long}`);
    await deliver(edit);
    expect(shown()).toHaveLength(1);
    const shorter = editing('shorter', room, target, 'short');
    await deliver(shorter);
    expect(shorter.gone).toEqual([target[1]]);
    expect(shown()).toEqual([]);
  });

  it('what is deleted takes with it what its edits said', async () => {
    const target = await said('hello');
    for (const name of ['one', 'two']) await deliver(editing(name, room, target, `hello ${name}`));
    bench.sandbox.edit(room, alice, target[0]?.id ?? '', 'an edit by somebody else is none');
    await deliver(unsaying('gone', room, target));
    const left = bench.sandbox.messages(room).filter((each) => {
      return each.type === 'm.room.message' && each.sender === annasGhost && each.redactedBy === undefined;
    });
    expect(left).toEqual([]);
    const redactions = bench.sandbox.messages(room).filter(({ type }) => type === 'm.room.redaction');
    expect(redactions.map(({ sender }) => sender)).toEqual([annasGhost, annasGhost, annasGhost]);
    expect(redactions.at(-1)?.redacts).toBe(target[0]?.id);
  });

  it('what somebody else wrote is not ours to change: the new words are to be an answer', async () => {
    const id = remoteId(bench.sandbox.post(room, alice, 'hers'));
    expect((await failureOf(deliver(editing('edit', room, [{ part: 0, id }], 'ours')))).code).toBe('uneditable');
  });

  describe('when the outcome is unknown', () => {
    it('an edit is found by its key on each part', async () => {
      const since = new Date();
      const target = await said(long);
      const edit = editing('edit', room, target, `new ${long}`);
      expect(await outcomeOf(edit, since)).toBe('notFound');
      await deliver(edit);
      expect(await outcomeOf(edit, since)).toBe('made');
      expect(await outcomeOf(editing('other', room, target, `new ${long}`), since)).toBe('notFound');
    });

    it('half an edit is not found', async () => {
      const target = await said(long);
      bench.sandbox.faults.add({ method: 'PUT', path: keyOf('edit', 1), fault: { do: 'drop' } });
      const edit = editing('edit', room, target, `new ${long}`);
      expect((await failureOf(deliver(edit))).failure.certainty).toBe('unknownAfterDisconnect');
      expect(await outcomeOf(edit)).toBe('notFound');
      await deliver(edit);
      expect(await outcomeOf(edit)).toBe('made');
    });

    it('parts that were added are found as copies', async () => {
      const target = await said('short');
      const edit = editing('edit', room, target, long);
      bench.sandbox.faults.add({ method: 'PUT', path: keyOf('edit', 1), fault: { do: 'acceptThenDrop' } });
      await failureOf(deliver(edit));
      const outcome = await outcomeOf(edit);
      expect(outcome).toMatchObject([{ part: 1, key: keyOf('edit', 1) }]);
      const again = editing('edit', room, target, long, { made: outcome as never });
      await bench.restart(adapter);
      await deliver(again);
      expect(shown()).toHaveLength(2);
    });

    it('an edit that has still to take a part away is not found', async () => {
      const target = await said(long);
      bench.sandbox.faults.add({ method: 'PUT', path: '/redact/', fault: { do: 'drop' } });
      const edit = editing('edit', room, target, 'short');
      await failureOf(deliver(edit));
      expect(await outcomeOf(edit)).toBe('notFound');
      await deliver(edit);
      expect(await outcomeOf(edit)).toBe('made');
    });

    it('an edit of what was redacted since is not found', async () => {
      const target = await said('hello');
      const edit = editing('edit', room, target, 'again');
      await deliver(edit);
      bench.sandbox.redact(room, annasGhost, target[0]?.id ?? '');
      expect(await outcomeOf(edit)).toBe('notFound');
    });
  });
});
