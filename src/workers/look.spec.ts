import type { BridgeEvent, MessageSent } from '../model/bridge-event.js';
import { toPlain } from '../formatting/plain.js';
import { firstLine } from '../model/in-line.js';
import { defaultLinkOptions } from '../model/link-options.js';
import { accountId, deliveryId, remoteId, roomId, userId } from '../model/ids.js';
import type { Copy, NetworkAdapter, Outcome, UncertainDelivery } from '../model/network-adapter.js';
import type { Lane, WaitingDelivery } from '../model/delivery.js';
import type { Deliverer } from '../pipeline/deliver.js';
import { look } from './look.js';

const room = { account: accountId('left'), id: roomId('a') };
const lane: Lane = { id: '1', account: accountId('right'), room: roomId('b'), shard: 0, options: defaultLinkOptions };
const now = new Date('2026-01-02T03:05:00Z');
const earlier = new Date('2026-01-02T03:04:00Z');
const later = new Date('2026-01-02T03:06:00Z');

function message(more: Partial<MessageSent> = {}, text = 'short'): MessageSent {
  return {
    kind: 'messageSent',
    room,
    actor: { account: room.account, id: userId('anna'), name: 'Anna', standing: 'person' },
    at: '2026-01-02T03:04:00.000Z',
    message: { room, id: remoteId('1') },
    body: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
    files: [],
    style: 'text',
    ...more,
  };
}

function waiting(name: string, more: Partial<WaitingDelivery> = {}): WaitingDelivery {
  return {
    id: name,
    uuid: deliveryId(name),
    message: name,
    event: message(),
    author: null,
    attempts: 1,
    made: [],
    uncertain: { since: earlier, settledAt: later },
    readAt: earlier,
    ...more,
  };
}

/** A pin, which becomes a line where the room takes none. */
function pinned(name: string): WaitingDelivery {
  const { actor, at, message: of } = message();
  return waiting(name, { event: { kind: 'pinChanged', room, actor, at, message: of, state: 'pinned' } });
}

const copy = (part: number, id: string): Copy => ({ part, id: remoteId(id) });

async function looked(due: readonly WaitingDelivery[], found: Record<string, Outcome['done']>) {
  const asked: { names: string[]; since: Date }[] = [];
  const lines: UncertainDelivery[] = [];
  const adapter = {
    deliver: {
      messageSent: { repeat: 'look' },
      messageEdited: { repeat: 'look' },
      messageDeleted: { repeat: 'look' },
      reactionAdded: { repeat: 'harmless' },
      pinChanged: { repeat: 'harmless' },
    },
    capabilities: () => Promise.resolve({ maxTextChars: 1_000 }),
    wasDone: (deliveries: readonly UncertainDelivery[], since: Date) => {
      asked.push({ names: deliveries.map(({ delivery }) => delivery), since });
      lines.push(...deliveries.filter(({ event }) => 'body' in event && toPlain(event.body) === 'told'));
      return Promise.resolve(deliveries.map(({ delivery }) => ({ delivery, done: found[delivery] ?? 'notFound' })));
    },
  } as unknown as NetworkAdapter;
  const deliverer = {
    // What the network cannot show is told in a line.
    uncertain: (_: NetworkAdapter, __: Lane, { uuid, event }: WaitingDelivery) =>
      Promise.resolve({
        delivery: uuid,
        event: event.kind === 'memberJoined' ? message() : event,
        firstPart: 0,
        partOf: (key: string) => ({ line: firstLine, pin: 0 })[key],
        ...(event.kind === 'pinChanged' ? { inLine: message({}, 'told') } : {}),
      }),
  } as unknown as Deliverer;
  const { done, left, outcomes } = await look(adapter, deliverer, lane, due, now, new AbortController().signal);
  return {
    asked,
    lines,
    parts: done.flatMap(({ made }) => made.map(({ part }) => part)),
    outcomes,
    done: done.map(({ delivery, made }) => [delivery.uuid, ...made.map(({ id }) => id)].join(' ')),
    left: left.map(({ uuid, made, uncertain }) =>
      [uuid, ...made.map(({ id }) => id), uncertain === null ? 'send' : 'wait'].join(' '),
    ),
  };
}

describe('look', () => {
  it('what comes before the last that was found was made too', async () => {
    const due = ['1', '2', '3', '4'].map((name) => waiting(name));
    const seen = await looked(due, { '1': [copy(0, 'a')], '3': [copy(0, 'c')] });
    expect(seen.done).toEqual(['1 a', '2', '3 c']);
    expect(seen.left).toEqual(['4 wait']);
    expect(seen.outcomes).toEqual(['found', 'notFound', 'found', 'notFound']);
  });

  it('what is told in a line is looked for as the message that it is', async () => {
    const { actor, at } = message();
    const joined: BridgeEvent = { kind: 'memberJoined', room, actor, at, member: actor };
    const seen = await looked([waiting('1', { event: joined, message: null })], { '1': [copy(0, 'a')] });
    expect([seen.asked.map(({ names }) => names), seen.done]).toEqual([[['1']], ['1 a']]);
  });

  it('asks once, since the first attempt of all', async () => {
    const first = new Date('2026-01-02T03:00:00Z');
    const due = [waiting('1'), waiting('2', { uncertain: { since: first, settledAt: later } }), waiting('3')];
    expect((await looked(due, {})).asked).toEqual([{ names: ['1', '2', '3'], since: first }]);
  });

  it('what was not found is sent again only when the look was conclusive', async () => {
    const settled = waiting('2', { uncertain: { since: earlier, settledAt: now } });
    expect((await looked([waiting('1'), settled], {})).left).toEqual(['1 wait', '2 send']);
  });

  it('what may be repeated is not asked for', async () => {
    const event: BridgeEvent = {
      kind: 'reactionAdded',
      room,
      actor: message().actor,
      at: message().at,
      message: message().message,
      emoji: '👍',
      version: '1',
    };
    const seen = await looked([waiting('1', { event })], {});
    expect([seen.asked, seen.left]).toEqual([[], ['1 send']]);
  });

  it('of what may be repeated, and is told in a line where it is refused, that line is looked for', async () => {
    const due = [pinned('1'), pinned('2'), waiting('3')];
    const seen = await looked(due, { '1': [copy(0, 'a')] });
    expect(seen.asked.map(({ names }) => names)).toEqual([['3'], ['1', '2']]);
    expect([seen.done, seen.left]).toEqual([['1 a'], ['2 wait', '3 wait']]);
    expect(seen.parts).toEqual([firstLine]);
    expect(
      seen.lines.map(({ event, partOf }) => [event.kind, partOf('line' as never), partOf('pin' as never)]),
    ).toEqual(Array(2).fill(['messageSent', 0, undefined]));
  });

  it('what was never attempted is not asked for', async () => {
    const seen = await looked([waiting('1'), waiting('2', { uncertain: null })], { '1': [copy(0, 'a')] });
    expect(seen.asked[0]?.names).toEqual(['1']);
    expect([seen.done, seen.left]).toEqual([['1 a'], ['2 send']]);
  });

  it('of a long message parts may be missing: it is sent again with those that are there', async () => {
    const long = waiting('2', { event: message({}, 'x'.repeat(2_000)) });
    const seen = await looked([waiting('1'), long], { '2': [copy(1, 'b'), copy(0, 'a')] });
    expect(seen.done).toEqual(['1']);
    expect(seen.left).toEqual(['2 a b wait']);
  });

  it('of a message with files parts may be missing as well', async () => {
    const file = { account: room.account, id: 'f', name: 'a.png', mime: 'image/png', bytes: 1 };
    const withFile = waiting('1', { event: message({ files: [file] }) });
    expect((await looked([withFile], { '1': [copy(0, 'a')] })).left).toEqual(['1 a wait']);
    const fileAlone = waiting('1', { event: message({ files: [file], body: [] }) });
    expect((await looked([fileAlone], { '1': [copy(0, 'a')] })).done).toEqual(['1 a']);
  });

  it('parts that an echo told of count as found', async () => {
    const seen = await looked([waiting('1', { made: [copy(0, 'a')] }), waiting('2')], {});
    expect([seen.done, seen.left]).toEqual([['1 a'], ['2 wait']]);
  });

  describe('of what is so already', () => {
    const about = { room, actor: message().actor, at: message().at, message: message().message };
    const edit = (name: string, of: string): WaitingDelivery => {
      const event: BridgeEvent = { ...about, kind: 'messageEdited', body: [], style: 'text', version: '2' };
      return waiting(name, { message: of, event });
    };
    const reaction = (name: string, of: string): WaitingDelivery =>
      waiting(name, { message: of, event: { ...about, kind: 'reactionAdded', emoji: '🎉', version: '2' } });
    const deletion = (name: string, of: string): WaitingDelivery =>
      waiting(name, { message: of, event: { ...about, kind: 'messageDeleted', version: '3' } });

    it('it is done, without a copy', async () => {
      const seen = await looked([edit('1', 'a')], { '1': 'alreadySo' });
      expect([seen.done, seen.left]).toEqual([['1'], []]);
    });

    it('nothing follows for what comes before it: an equal edit may have been made earlier, and somebody else may delete', async () => {
      const due = [
        waiting('1'),
        reaction('2', 'b'),
        edit('3', 'c'),
        edit('4', 'a'),
        deletion('5', 'd'),
        reaction('6', 'a'),
      ];
      const seen = await looked(due, { '4': 'alreadySo', '5': 'alreadySo' });
      expect(seen.done).toEqual(['4', '5']);
      expect(seen.left).toEqual(['1 wait', '2 send', '3 wait', '6 send']);
    });

    it('what it has outdone needs nothing either: words by an edit, everything by a deletion', async () => {
      const due = [waiting('1', { message: 'a' }), edit('2', 'a'), reaction('3', 'a'), edit('4', 'a')];
      const edited = await looked(due, { '1': [copy(0, 'x')], '4': 'alreadySo' });
      expect([edited.done, edited.left]).toEqual([['1 x', '2', '4'], ['3 send']]);
      const deleted = await looked([...due, deletion('5', 'a')], { '1': [copy(0, 'x')], '5': 'alreadySo' });
      expect([deleted.done, deleted.left]).toEqual([['1 x', '2', '3', '4', '5'], []]);
    });

    it('an edit that left its key behind was made after all before, which was made too', async () => {
      const seen = await looked([waiting('1'), reaction('2', 'b'), edit('3', 'a'), waiting('4')], { '3': 'made' });
      expect([seen.done, seen.left]).toEqual([['1', '2', '3'], ['4 wait']]);
    });

    it('what is made after it under our key was made after it, and after all before', async () => {
      const seen = await looked([reaction('1', 'b'), edit('2', 'a'), waiting('3')], {
        '2': 'alreadySo',
        '3': [copy(0, 'c')],
      });
      expect([seen.done, seen.left]).toEqual([['1', '2', '3 c'], []]);
    });
  });
});
