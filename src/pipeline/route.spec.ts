import fc from 'fast-check';
import type { BridgeEvent, CallChanged, MessageSent } from '../model/bridge-event.js';
import {
  accountId,
  type DeliveryKey,
  deliveryId,
  deliveryKey,
  inboxKey,
  type MessageRef,
  remoteId,
  roomId,
  type RoomRef,
  userId,
  type UserRef,
} from '../model/ids.js';
import { defaultLinkOptions } from '../model/link-options.js';
import { copyKey, type Known, type KnownDelivery, type PortalWiring, reactionKey, roomKey } from '../model/routing.js';
import type { Arrival, RouteOptions } from './arrival-route.js';
import { route } from './route.js';

const rooms: Record<'a' | 'b' | 'c', RoomRef> = {
  a: { account: accountId('left'), id: roomId('a') },
  b: { account: accountId('right'), id: roomId('b') },
  c: { account: accountId('third'), id: roomId('c') },
};
const names = ['a', 'b', 'c'] as const;
type Name = (typeof names)[number];
type Directions = Record<Name, PortalWiring['direction']>;
const both: Directions = { a: 'both', b: 'both', c: 'both' };

/** Link 7: rooms a, b, c are portals a, b, c. */
function knowing(directions: Directions = both, options = defaultLinkOptions): Known {
  const portals = names.map((name) => ({
    portal: name,
    account: rooms[name].account,
    room: rooms[name].id,
    direction: directions[name],
    shard: 1,
  }));
  const wiring = new Map(
    portals.map((own) => [
      roomKey({ account: own.account, id: own.room }),
      {
        link: '7',
        linkedAt: new Date('2026-01-01T00:00:00Z'),
        options,
        own,
        others: portals.filter((other) => other !== own),
      },
    ]),
  );
  return {
    wiring,
    copies: new Map(),
    told: new Set(),
    messages: new Map(),
    reactions: new Map(),
    reactionsByRemote: new Map(),
    calls: new Map(),
    polls: new Map(),
    deliveries: new Map(),
    parkedByMessage: new Map(),
    reached: new Map(),
  };
}

/** Message 5 came from room a as `m1` and has copies `b1` and `c1`. */
function knowingMessage(version = 0n, deleted = false): Known {
  const known = knowing();
  known.messages.set('5', { version, deleted });
  known.copies.set(copyKey(ref('a', 'm1')), { message: '5', portal: 'a', part: 0 });
  known.copies.set(copyKey(ref('b', 'b1')), { message: '5', portal: 'b', part: 0 });
  known.copies.set(copyKey(ref('c', 'c1')), { message: '5', portal: 'c', part: 0 });
  return known;
}

const ref = (room: Name, id: string): MessageRef => ({ room: rooms[room], id: remoteId(id) });
const by = (room: Name, standing: UserRef['standing'] = 'person', id = 'anna'): UserRef => ({
  account: rooms[room].account,
  id: userId(id),
  name: 'Anna',
  standing,
});
const at = '2026-01-02T03:04:05.000Z';

function sent(room: Name, id: string, more: Partial<MessageSent> = {}): MessageSent {
  const body: MessageSent['body'] = [{ type: 'paragraph', content: [{ type: 'text', text: id }] }];
  return {
    kind: 'messageSent',
    room: rooms[room],
    actor: by(room),
    at,
    message: ref(room, id),
    body,
    files: [],
    style: 'text',
    ...more,
  };
}
const edited = (room: Name, id: string, version: string): BridgeEvent => ({
  kind: 'messageEdited',
  room: rooms[room],
  actor: by(room),
  at,
  message: ref(room, id),
  body: [],
  style: 'text',
  version,
});
const deleted = (room: Name, id: string, version: string, actor = by(room)): BridgeEvent => ({
  kind: 'messageDeleted',
  room: rooms[room],
  actor,
  at,
  message: ref(room, id),
  version,
});
const reacted = (room: Name, id: string, version: string, row?: string): BridgeEvent => ({
  kind: 'reactionAdded',
  room: rooms[room],
  actor: by(room),
  at,
  message: ref(room, id),
  emoji: '👍',
  version,
  ...(row === undefined ? {} : { row: remoteId(row) }),
});
const unreacted = (room: Name, id: string, version: string): BridgeEvent => ({
  kind: 'reactionRemoved',
  room: rooms[room],
  actor: by(room),
  at,
  message: ref(room, id),
  emoji: '👍',
  version,
});

const keyOf = (delivery: string, part = 0): DeliveryKey => deliveryKey(`${delivery}/${String(part)}`);

function options(more: Partial<RouteOptions> = {}): RouteOptions {
  let messages = 100;
  let deliveries = 0;
  return {
    now: new Date('2026-01-02T03:05:00.000Z'),
    heldEventsMs: 600_000,
    firstTold: () => undefined,
    label: () => 'Talk',
    verify: (key) => {
      const [delivery, part] = key.split('/');
      return delivery === undefined || delivery === 'forged'
        ? undefined
        : { delivery: deliveryId(delivery), part: Number(part) };
    },
    newMessageId: () => String((messages += 1)),
    newDeliveryId: () => deliveryId(`d${String((deliveries += 1))}`),
    ...more,
  };
}

function arrival(inbox: string, events: readonly BridgeEvent[], more: Partial<Arrival> = {}): Arrival {
  return { inbox, account: accountId('left'), order: 'kept', content: { events }, from: 'source', ...more };
}

function routed(known: Known, events: readonly BridgeEvent[], more: Partial<Arrival> = {}) {
  return route(
    events.map((event, index) => arrival(String(index + 1), [event], more)),
    known,
    options(),
  );
}

const lanesOf = ({ deliveries }: ReturnType<typeof route>) => deliveries.map(({ lane, event }) => [lane, event.kind]);
const notes = ({ inbox }: ReturnType<typeof route>) =>
  inbox.map(({ state, note }) => (note === null ? state : `${state}: ${note}`));

describe('route: new messages', () => {
  it('one delivery for each other portal, and the origin is a copy', () => {
    const plan = routed(knowing(), [sent('a', 'm1')]);
    expect(lanesOf(plan)).toEqual([
      ['b', 'messageSent'],
      ['c', 'messageSent'],
    ]);
    expect(plan.messages).toEqual([
      { id: '101', link: '7', account: 'left', author: 'anna', sentAt: new Date('2026-01-02T03:04:05.000Z') },
    ]);
    expect(plan.copies).toEqual([
      { account: 'left', room: 'a', remote: 'm1', message: '101', portal: 'a', part: 0, delivery: null },
    ]);
    expect(plan.inbox).toEqual([{ inbox: '1', state: 'routed', note: null, message: '101' }]);
  });

  it.each<[string, Directions, string[], string]>([
    ['nothing goes to a room that only gives', { a: 'both', b: 'out', c: 'both' }, ['c'], 'routed'],
    ['a room that only takes is written to', { a: 'both', b: 'in', c: 'both' }, ['b', 'c'], 'routed'],
    ['a room that only gives is read', { a: 'out', b: 'in', c: 'both' }, ['b', 'c'], 'routed'],
    [
      'a room that only takes is not read',
      { a: 'in', b: 'both', c: 'both' },
      [],
      'ignored: the link takes nothing from this room',
    ],
  ])('%s', (_, directions, lanes, verdict) => {
    const plan = routed(knowing(directions), [sent('a', 'm1')]);
    expect(plan.deliveries.map(({ lane }) => lane)).toEqual(lanes);
    expect(notes(plan)).toEqual([verdict]);
  });

  it('what comes from a room that is not linked is none of our business', () => {
    const plan = routed({ ...knowing(), wiring: new Map() }, [sent('a', 'm1')]);
    expect(notes(plan)).toEqual(['unlinked: the room is not linked']);
    expect(plan.messages).toEqual([]);
  });

  it('a message that is known already is not bridged again', () => {
    const plan = routed(knowing(), [sent('a', 'm1'), sent('a', 'm1')]);
    expect(plan.messages).toHaveLength(1);
    expect(notes(plan)).toEqual(['routed', 'ignored: known already']);
  });

  it('a payload that cannot be read is malformed, and one that is not for us ignored; neither stops the others', () => {
    const plan = route(
      [
        arrival('1', [], { content: { malformed: 'no room' } }),
        arrival('2', [], { content: { ignored: 'a greeting' } }),
        arrival('3', []),
        arrival('4', [sent('a', 'm1')]),
      ],
      knowing(),
      options(),
    );
    expect(notes(plan)).toEqual(['malformed: no room', 'ignored: a greeting', 'ignored: nothing to bridge', 'routed']);
  });

  it('of several events in one payload the one that counts is what its row says', () => {
    const plan = route([arrival('1', [reacted('a', 'gone', '1'), sent('a', 'm1')])], knowing(), options());
    expect(plan.inbox).toEqual([{ inbox: '1', state: 'routed', note: null, message: '101' }]);
  });
});

describe('route: echoes', () => {
  const echo = (id: string, key?: DeliveryKey, room: Name = 'b'): BridgeEvent =>
    sent(room, id, { actor: by(room, 'ours'), ...(key === undefined ? {} : { key }) });

  function knowingDelivery(copies: KnownDelivery['copies'] = new Map(), message: string | null = '5'): Known {
    const { account, id: room } = rooms.b;
    const delivery: KnownDelivery = { id: '9', message, portal: 'b', account, room, copies, parked: false };
    return { ...knowingMessage(), deliveries: new Map([[deliveryId('one'), delivery]]) };
  }

  it('our own message with our key completes its copy', () => {
    const plan = routed(knowingDelivery(), [echo('b7', keyOf('one', 1))]);
    expect(plan.copies).toEqual([
      { account: 'right', room: 'b', remote: 'b7', message: '5', portal: 'b', part: 1, delivery: '9' },
    ]);
    expect(plan.deliveries).toEqual([]);
    expect(notes(plan)).toEqual(['ignored: our own act']);
  });

  it('its payload is emptied with the message that it shows', () => {
    expect(routed(knowingDelivery(), [echo('b7', keyOf('one'))]).inbox[0]?.message).toBe('5');
  });

  it('a copy that is known already stays as it is', () => {
    const plan = routed(knowingDelivery(new Map([[0, remoteId('b7')]])), [echo('b7', keyOf('one'))]);
    expect([plan.copies, plan.deliveries]).toEqual([[], []]);
  });

  it('a second copy is deleted in its room', () => {
    const plan = routed(knowingDelivery(new Map([[0, remoteId('b7')]])), [echo('b8', keyOf('one'))]);
    expect(plan.copies).toEqual([]);
    expect(plan.deliveries).toMatchObject([
      { lane: 'b', message: null, event: { kind: 'messageDeleted', message: { id: 'b8' } } },
    ]);
  });

  it('a second copy in the same batch is deleted too', () => {
    const plan = routed(knowingDelivery(), [echo('b7', keyOf('one')), echo('b8', keyOf('one'))]);
    expect(plan.copies.map(({ remote }) => remote)).toEqual(['b7']);
    expect(plan.deliveries).toMatchObject([{ lane: 'b', event: { kind: 'messageDeleted', message: { id: 'b8' } } }]);
  });

  it.each<[string, BridgeEvent]>([
    ['without a key', echo('b7')],
    ['with a forged key', echo('b7', keyOf('forged'))],
    ['with the key of a delivery that is unknown', echo('b7', keyOf('two'))],
    ['with the key of a delivery to another room', echo('c7', keyOf('one'), 'c')],
  ])('our own act %s is dropped, and makes no copy', (_, event) => {
    const plan = routed(knowingDelivery(), [event]);
    expect([plan.copies, plan.deliveries, plan.messages]).toEqual([[], [], []]);
    expect(notes(plan)).toEqual(['ignored: our own act']);
  });

  it("a person's message with a copied key is a message like any other", () => {
    const plan = routed(knowingDelivery(), [sent('b', 'b7', { key: keyOf('one') })]);
    expect(plan.messages).toHaveLength(1);
    expect(plan.deliveries.map(({ lane }) => lane)).toEqual(['a', 'c']);
  });
});

describe('route: edits and deletions', () => {
  it('an edit goes where the message went, whichever copy was edited', () => {
    expect(lanesOf(routed(knowingMessage(), [edited('a', 'm1', '3')]))).toEqual([
      ['b', 'messageEdited'],
      ['c', 'messageEdited'],
    ]);
    expect(lanesOf(routed(knowingMessage(), [edited('b', 'b1', '3')]))).toEqual([
      ['a', 'messageEdited'],
      ['c', 'messageEdited'],
    ]);
  });

  it.each<[string, Known, BridgeEvent, string]>([
    ['as new as the last', knowingMessage(3n), edited('a', 'm1', '3'), 'ignored: stale: a newer change is known'],
    ['older than the last', knowingMessage(3n), edited('a', 'm1', '2'), 'ignored: stale: a newer change is known'],
    ['of a deleted message', knowingMessage(3n, true), edited('a', 'm1', '9'), 'ignored: stale: deleted already'],
    ['of a message never bridged', knowing(), edited('a', 'm1', '9'), 'ignored: what it is about was not bridged'],
  ])('an edit %s is not delivered', (_, known, event, note) => {
    const plan = routed(known, [event]);
    expect(plan.deliveries).toEqual([]);
    expect(plan.versions).toEqual([]);
    expect(notes(plan)).toEqual([note]);
  });

  it('what was stale still belongs to its message, so that it is emptied with it', () => {
    expect(routed(knowingMessage(3n), [edited('a', 'm1', '2')]).inbox[0]?.message).toBe('5');
    expect(routed(knowingMessage(3n, true), [edited('a', 'm1', '4')]).inbox[0]?.message).toBe('5');
    expect(routed(knowingMessage(), [sent('a', 'm1')]).inbox[0]?.message).toBe('5');
  });

  it('edits in one batch count from each other', () => {
    const plan = routed(knowing(), [sent('a', 'm1'), edited('a', 'm1', '2'), edited('a', 'm1', '1')]);
    expect(notes(plan)).toEqual(['routed', 'routed', 'ignored: stale: a newer change is known']);
  });

  it('an edit that is told as it happens is the newest, also after a clock that ran ahead', () => {
    const plan = routed(knowingMessage(9n), [edited('a', 'm1', '2'), edited('a', 'm1', '3')], { isNews: true });
    expect(notes(plan)).toEqual(['routed', 'routed']);
    expect(plan.versions.map(({ version }) => version)).toEqual([10n, 11n]);
  });

  it('a deletion is final, whatever its version, and comes once', () => {
    const plan = routed(knowingMessage(9n), [
      deleted('a', 'm1', '1'),
      edited('a', 'm1', '10'),
      deleted('b', 'b1', '2'),
    ]);
    expect(lanesOf(plan)).toEqual([
      ['b', 'messageDeleted'],
      ['c', 'messageDeleted'],
    ]);
    expect(plan.versions).toEqual([{ message: '5', version: 1n, deleted: true }]);
    expect(notes(plan).slice(1)).toEqual(['ignored: stale: deleted already', 'ignored: stale: deleted already']);
  });

  it('a parked delivery says what an edit says, and nothing after a deletion', () => {
    const known = { ...knowingMessage(), parkedByMessage: new Map([['5', [{ delivery: '9', portal: 'b' }]]]) };
    const edit = edited('a', 'm1', '2');
    expect(routed(known, [edit, deleted('a', 'm1', '3')]).parked).toEqual([
      { delivery: '9', change: { event: edit } },
      { delivery: '9', change: 'cancel' },
    ]);
  });
});

describe('route: reactions', () => {
  it('a reaction goes where its message went, and is remembered', () => {
    const plan = routed(knowingMessage(), [reacted('b', 'b1', '4', 'r1')]);
    expect(lanesOf(plan)).toEqual([
      ['a', 'reactionAdded'],
      ['c', 'reactionAdded'],
    ]);
    expect(plan.reactions).toEqual([
      { message: '5', emoji: '👍', account: 'right', person: 'anna', state: 'added', version: 4n, remote: 'r1' },
    ]);
  });

  it('an older addition does not undo a removal', () => {
    const plan = routed(knowingMessage(), [unreacted('a', 'm1', '5'), reacted('a', 'm1', '4')]);
    expect(lanesOf(plan)).toEqual([
      ['b', 'reactionRemoved'],
      ['c', 'reactionRemoved'],
    ]);
    expect(notes(plan)).toEqual(['routed', 'ignored: stale: a newer change is known']);
  });

  it('a removal that is told as it happens is the newest, also after a clock that ran ahead', () => {
    const plan = routed(knowingMessage(), [reacted('a', 'm1', '9'), unreacted('a', 'm1', '4')], { isNews: true });
    expect(notes(plan)).toEqual(['routed', 'routed']);
    expect(plan.reactions.map(({ state, version }) => [state, version])).toEqual([
      ['added', 9n],
      ['removed', 10n],
    ]);
  });

  it('versions count for each emoji and person', () => {
    const known = knowingMessage();
    known.reactions.set(reactionKey('5', '❤️', accountId('left'), 'anna'), {
      message: '5',
      emoji: '❤️',
      person: 'anna',
      state: 'added',
      version: 9n,
    });
    expect(notes(routed(known, [reacted('a', 'm1', '4')]))).toEqual(['routed']);
  });

  it('a reaction to a deleted message is not delivered', () => {
    expect(notes(routed(knowingMessage(1n, true), [reacted('a', 'm1', '4')]))).toEqual([
      'ignored: stale: deleted already',
    ]);
  });

  it('the deletion of a reaction takes it back', () => {
    const plan = routed(knowingMessage(), [reacted('a', 'm1', '4', 'r1'), deleted('a', 'r1', '5')]);
    expect(plan.deliveries.slice(2)).toMatchObject([
      { lane: 'b', message: '5', event: { kind: 'reactionRemoved', emoji: '👍', actor: { id: 'anna' } } },
      { lane: 'c', message: '5', event: { kind: 'reactionRemoved', emoji: '👍', actor: { id: 'anna' } } },
    ]);
    expect(plan.versions).toEqual([]);
  });

  it('a reaction that a moderator removes is taken back as that of the person who gave it', () => {
    const plan = routed(knowingMessage(), [
      reacted('a', 'm1', '4', 'r1'),
      deleted('a', 'r1', '5', by('a', 'person', 'moderator')),
    ]);
    expect(plan.deliveries[2]?.event.actor).toEqual({ account: 'left', id: 'anna', name: '', standing: 'person' });
    expect(plan.reactions[1]).toMatchObject({ person: 'anna', state: 'removed' });
  });

  it('a removal that names only its row finds the reaction by it', () => {
    const known = knowingMessage();
    const { emoji: _, ...unnamed } = unreacted('a', 'm1', '5') as Extract<BridgeEvent, { kind: 'reactionRemoved' }>;
    const plan = routed(known, [
      reacted('a', 'm1', '4', 'r1'),
      { ...unnamed, row: remoteId('r1') },
      { ...unnamed, row: remoteId('r2') },
    ]);
    expect(plan.reactions[1]).toMatchObject({ emoji: '👍', state: 'removed', remote: 'r1' });
    expect(notes(plan)[2]).toBe('ignored: the reaction that it takes back is not known');
  });
});

describe('route: what is about something unknown', () => {
  const late = { order: 'notKept' } as const;

  it('waits where the source keeps no order', () => {
    const event = reacted('a', 'm1', '4');
    const plan = routed(knowing(), [event], late);
    expect(plan.held).toEqual([
      {
        account: 'left',
        room: 'a',
        remote: 'm1',
        inbox: '1',
        event,
        forMs: 545_000,
        then: 'drop',
      },
    ]);
    expect(notes(plan)).toEqual(['held']);
  });

  it.each<[string, BridgeEvent, Partial<Arrival>]>([
    ['where the source keeps order', reacted('a', 'm1', '4'), {}],
    ['when it is too old', { ...reacted('a', 'm1', '4'), at: '2026-01-02T02:54:59.000Z' }, late],
    ['when it is older than the link', { ...reacted('a', 'm1', '4'), at: '2025-12-31T00:00:00.000Z' }, late],
  ])('is skipped %s', (_, event, more) => {
    const plan = routed(knowing(), [event], more);
    expect(plan.held).toEqual([]);
    expect(notes(plan)).toEqual(['ignored: what it is about was not bridged']);
  });

  it('a deletion waits also where the source keeps order: it may be of what we said, and do not know yet', () => {
    const event = { ...deleted('a', 'm1', '4'), at: '2026-01-01T00:00:00.000Z' };
    const plan = routed(knowing(), [event]);
    expect(plan.held).toEqual([
      { account: 'left', room: 'a', remote: 'm1', inbox: '1', event, forMs: 600_000, then: 'drop' },
    ]);
    expect(notes(plan)).toEqual(['held']);
    expect(notes(routed(knowing(), [event], { from: 'overdue' }))).toEqual(['ignored: what it is about never came']);
  });

  it('once its target is known it is routed', () => {
    const plan = route(
      [arrival('1', [sent('a', 'm1')], late), arrival('2', [reacted('a', 'm1', '4')], { ...late, from: 'held' })],
      knowing(),
      options(),
    );
    expect(notes(plan)).toEqual(['routed', 'routed']);
  });

  it('released too early it goes on waiting, no longer than it would have', () => {
    const plan = routed(knowing(), [reacted('a', 'm1', '4')], { ...late, from: 'held' });
    expect(plan.held).toMatchObject([{ remote: 'm1', forMs: 545_000 }]);
  });

  it('has waited for long enough, and is skipped', () => {
    const plan = routed(knowing(), [reacted('a', 'm1', '4')], { ...late, from: 'overdue' });
    expect(notes(plan)).toEqual(['ignored: what it is about never came']);
  });

  it('a reply goes at once', () => {
    const plan = routed(knowing(), [sent('a', 'm2', { replyTo: ref('a', 'm1') })], late);
    expect(notes(plan)).toEqual(['routed']);
  });
});

describe('route: what answers something unknown, where ids tell when it was said', () => {
  const late = { order: 'notKept' } as const;
  const minuteBefore = '2026-01-02T03:04:00.000Z';
  /** Ids are the times at which they were said. */
  const firstTold: RouteOptions['firstTold'] = ({ id }) => ({ key: inboxKey(`key of ${id}`), sentAt: new Date(id) });
  const answers = (root: string, how: 'thread' | 'replyTo' = 'thread'): BridgeEvent =>
    sent('a', at, { [how]: ref('a', root) });
  const told = (event: BridgeEvent, known: Known, from: Arrival['from'] = 'source') =>
    route([arrival('1', [event], { ...late, from })], known, options({ firstTold }));

  it.each(['thread', 'replyTo'] as const)('waits for its %s, until that cannot come any more', (how) => {
    const event = answers(minuteBefore, how);
    const plan = told(event, knowing());
    expect(plan.held).toEqual([
      { account: 'left', room: 'a', remote: minuteBefore, inbox: '1', event, forMs: 540_000, then: 'deliver' },
    ]);
    expect([notes(plan), plan.deliveries, plan.messages]).toEqual([['held'], [], []]);
  });

  const knownAlready = knowingMessage();
  knownAlready.copies.set(copyKey(ref('a', minuteBefore)), { message: '5', portal: 'a', part: 0 });
  it.each<[string, BridgeEvent, Known, Arrival['from']]>([
    ['it is known', answers(minuteBefore), knownAlready, 'source'],
    ['it was said before the room was linked', answers('2025-12-31T23:59:59.000Z'), knowing(), 'source'],
    ['it was said so long ago that it would have come', answers('2026-01-02T02:55:00.000Z'), knowing(), 'source'],
    [
      'it was told, and not bridged',
      answers(minuteBefore),
      { ...knowing(), told: new Set([inboxKey(`key of ${minuteBefore}`)]) },
      'source',
    ],
    ['it was waited for long enough', answers(minuteBefore), knowing(), 'overdue'],
  ])('goes at once where %s', (_, event, known, from) => {
    const plan = told(event, known, from);
    expect([notes(plan), lanesOf(plan), plan.held]).toEqual([
      ['routed'],
      [
        ['b', 'messageSent'],
        ['c', 'messageSent'],
      ],
      [],
    ]);
  });

  it('and what answers nothing waits for nobody', () => {
    const plan = route(
      [arrival('1', [answers(minuteBefore)], late), arrival('2', [sent('a', 'm9')], late)],
      knowing(),
      options({ firstTold }),
    );
    expect(notes(plan)).toEqual(['held', 'routed']);
  });
});

describe('route: replay', () => {
  const again = { from: 'replay' } as const;

  it('what was not bridged is bridged', () => {
    expect(lanesOf(routed(knowing(), [sent('a', 'm1')], again))).toEqual([
      ['b', 'messageSent'],
      ['c', 'messageSent'],
    ]);
  });

  it('what was bridged is edited, which the lane skips where it shows the same', () => {
    const known = { ...knowingMessage(), reached: new Map([['5', new Set(['a', 'b'])]]) };
    expect(lanesOf(routed(known, [sent('a', 'm1')], again))).toEqual([
      ['b', 'messageEdited'],
      // It never came there.
      ['c', 'messageSent'],
    ]);
  });

  it.each([
    ['edited', knowingMessage(1n)],
    ['deleted', knowingMessage(1n, true)],
  ])('what was %s since stays as it is', (_, known) => {
    expect(notes(routed(known, [sent('a', 'm1')], again))).toEqual(['ignored: known already, and changed since']);
  });
});

describe('route: always', () => {
  const room = fc.constantFrom(...names);
  const id = fc.constantFrom('1', '2', '3');
  const version = fc.integer({ min: 0, max: 5 }).map(String);
  const anyEvent: fc.Arbitrary<BridgeEvent> = fc.oneof(
    fc.tuple(room, id).map(([where, which]) => sent(where, which)),
    fc.tuple(room, id).map(([where, which]) => sent(where, which, { actor: by(where, 'ours'), key: keyOf(which) })),
    fc.tuple(room, id, version).map(([where, which, v]) => edited(where, which, v)),
    fc.tuple(room, id, version).map(([where, which, v]) => deleted(where, which, v)),
    fc.tuple(room, id, version).map(([where, which, v]) => reacted(where, which, v, `r${which}`)),
    fc.tuple(room, id, version).map(([where, which, v]) => unreacted(where, which, v)),
    fc.tuple(room, id, version).map(([where, which, v]) => deleted(where, `r${which}`, v)),
  );
  const anyArrivals = fc.array(
    fc.tuple(
      anyEvent,
      fc.constantFrom<Arrival['order']>('kept', 'notKept'),
      fc.constantFrom<Arrival['from']>('source', 'held', 'overdue', 'replay'),
    ),
    { maxLength: 30 },
  );

  it('makes at most one delivery for each event and other portal, no id twice, one verdict for each arrival', () => {
    fc.assert(
      fc.property(anyArrivals, (given) => {
        const arrivals = given.map(([event, order, from], index) => arrival(String(index), [event], { order, from }));
        const { account, id: where } = rooms.b;
        const deliveries = new Map(
          ['1', '2', '3'].map((name): [ReturnType<typeof deliveryId>, KnownDelivery] => [
            deliveryId(name),
            { id: name, message: '5', portal: 'b', account, room: where, copies: new Map(), parked: false },
          ]),
        );
        const plan = route(arrivals, { ...knowingMessage(), deliveries }, options());
        expect(plan.deliveries.length).toBeLessThanOrEqual(arrivals.length * 2);
        expect(plan.inbox.map(({ inbox }) => inbox)).toEqual(arrivals.map(({ inbox }) => inbox));
        expect(new Set(plan.messages.map((message) => message.id)).size).toBe(plan.messages.length);
        expect(new Set(plan.deliveries.map(({ uuid }) => uuid)).size).toBe(plan.deliveries.length);
        const origins = plan.copies.map((copy) => [copy.account, copy.room, copy.remote].join());
        expect(new Set(origins).size).toBe(origins.length);
        const parts = plan.copies.flatMap(({ delivery, part }) =>
          delivery === null ? [] : [`${delivery}/${String(part)}`],
        );
        expect(new Set(parts).size).toBe(parts.length);
      }),
    );
  });
});

describe('route: calls', () => {
  const call = (change: CallChanged['change'], version: string, actor = by('a')): CallChanged => ({
    kind: 'callChanged',
    room: rooms.a,
    actor,
    at,
    version,
    change,
  });
  const started = (id: string) => call({ of: 'start', call: ref('a', id) }, '10');
  const came = (who: string, version: string) => call({ of: 'arrival' }, version, by('a', 'person', who));
  const over = call({ of: 'end', how: 'over', people: [] }, '12');
  const sayingOf = ({ deliveries }: ReturnType<typeof route>) =>
    deliveries.map(({ lane, message, event }) => [
      lane,
      message,
      event.kind,
      'message' in event ? event.message.id : undefined,
      'by' in event ? event.by : undefined,
    ]);

  it('a call is one message of the bridge in each other room, which begins with it and changes as it goes on', () => {
    const known = knowing();
    const plan = routed(known, [started('r1'), came('bob', '11'), over]);
    expect(sayingOf(plan)).toEqual([
      ['b', '101', 'messageSent', 'r1', 'bridge'],
      ['c', '101', 'messageSent', 'r1', 'bridge'],
      ['b', '101', 'messageEdited', 'r1', 'bridge'],
      ['c', '101', 'messageEdited', 'r1', 'bridge'],
      ['b', '101', 'messageEdited', 'r1', 'bridge'],
      ['c', '101', 'messageEdited', 'r1', 'bridge'],
    ]);
    expect(plan.copies).toEqual([
      { account: 'left', room: 'a', remote: 'r1', message: '101', portal: 'a', part: 0, delivery: null },
    ]);
    expect(plan.calls.map(({ call: now }) => now?.call.people.map(({ id }) => id) ?? null)).toEqual([
      ['anna'],
      ['anna', 'bob'],
      null,
    ]);
    expect(known.calls.size).toBe(0);
  });

  it('it goes on where it was left: what is known of it comes with the next batch', () => {
    const known = knowing();
    known.calls.set(roomKey(rooms.a), {
      message: '5',
      remote: remoteId('r1'),
      call: { startedAt: at, people: [{ id: userId('anna'), name: 'Anna' }] },
    });
    expect(sayingOf(routed(known, [over]))).toEqual([
      ['b', '5', 'messageEdited', 'r1', 'bridge'],
      ['c', '5', 'messageEdited', 'r1', 'bridge'],
    ]);
  });

  it('a notice that is parked says the newest when it is sent', () => {
    const known = knowing();
    known.calls.set(roomKey(rooms.a), {
      message: '5',
      remote: remoteId('r1'),
      call: { startedAt: at, people: [{ id: userId('anna'), name: 'Anna' }] },
    });
    const parked = new Map([['5', [{ delivery: '9', portal: 'b' }]]]);
    const plan = routed({ ...known, parkedByMessage: parked }, [over]);
    expect(plan.parked).toMatchObject([{ delivery: '9', change: { event: { kind: 'messageEdited', by: 'bridge' } } }]);
  });

  it('what is told of a call whose start was not is passed over', () => {
    expect(notes(routed(knowing(), [came('bob', '11'), over]))).toEqual([
      'ignored: the call began before it could be told of',
      'ignored: the call began before it could be told of',
    ]);
  });

  it('who comes again changes nothing, and a start that is read again begins nothing', () => {
    expect(notes(routed(knowing(), [started('r1'), came('bob', '11'), came('bob', '13'), started('r1')]))).toEqual([
      'routed',
      'routed',
      'ignored: the notice of the call stays as it is',
      'ignored: known already',
    ]);
  });

  it('a call that begins while another is known to go on ends that one', () => {
    const plan = routed(knowing(), [started('r1'), started('r2')]);
    expect(sayingOf(plan).filter(([lane]) => lane === 'b')).toEqual([
      ['b', '101', 'messageSent', 'r1', 'bridge'],
      ['b', '101', 'messageEdited', 'r1', 'bridge'],
      ['b', '102', 'messageSent', 'r2', 'bridge'],
    ]);
    expect(plan.calls.map(({ call: now }) => now?.remote)).toEqual(['r1', 'r2']);
  });

  it('a notice that somebody deleted is changed no more, and the call is known to be over all the same', () => {
    const known = knowing();
    routed(known, [started('r1')]);
    known.messages.set('101', { version: 0n, deleted: true });
    const plan = routed(known, [came('bob', '11'), over]);
    expect(notes(plan)).toEqual([
      'ignored: the notice of the call was deleted',
      'ignored: the notice of the call was deleted',
    ]);
    expect([plan.deliveries, plan.calls.map(({ call: now }) => now?.call.people.length ?? null)]).toEqual([
      [],
      [2, null],
    ]);
  });

  it('what is told of an earlier call, where that is read again, changes nothing', () => {
    const earlier = { ...over, at: '2026-01-02T03:04:04.999Z' };
    const plan = routed(knowing(), [started('r1'), earlier, { ...came('bob', '11'), at: earlier.at }, over]);
    expect(notes(plan).slice(1)).toEqual([
      'ignored: it tells of an earlier call',
      'ignored: it tells of an earlier call',
      'routed',
    ]);
  });

  it('a link that tells of no calls tells of none, nor that one is recorded', () => {
    const recorded = call({ of: 'recording', media: 'video', state: 'started' }, '11');
    const silent = routed(knowing(both, { ...defaultLinkOptions, calls: 'off' }), [started('r1'), recorded]);
    expect([silent.deliveries, silent.calls]).toEqual([[], []]);
    expect(lanesOf(routed(knowing(), [recorded]))).toEqual([
      ['b', 'callChanged'],
      ['c', 'callChanged'],
    ]);
  });
});

describe('route: messages that vanish by themselves', () => {
  const vanishing = sent('a', 'm1', { expiresAt: '2026-01-03T03:04:05.000Z' });

  it('are written down with the time at which they do', () => {
    const plan = routed(knowing(), [vanishing, sent('a', 'm2')]);
    expect(plan.expirations).toEqual([{ message: '101', dueAt: new Date('2026-01-03T03:04:05.000Z') }]);
  });

  it('are not where the link keeps their copies', () => {
    expect(routed(knowing(both, { ...defaultLinkOptions, expired: 'keep' }), [vanishing]).expirations).toEqual([]);
  });
});

describe('route: what the bridge itself knows', () => {
  it('is told without a payload, whichever way the words go', () => {
    const lost: BridgeEvent = {
      kind: 'roomChanged',
      room: rooms.a,
      actor: by('a', 'system', ''),
      at,
      change: { of: 'reach', state: 'lost', why: 'the room is gone' },
    };
    const plan = route([arrival('1', [lost], { inbox: null })], knowing({ a: 'in', b: 'both', c: 'out' }), options());
    expect(plan.deliveries).toMatchObject([{ lane: 'b', inbox: null, message: null }]);
    expect(plan.inbox).toEqual([]);
  });
});
