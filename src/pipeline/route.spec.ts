import fc from 'fast-check';
import {
  rooms,
  names,
  Name,
  Directions,
  both,
  knowing,
  knowingMessage,
  by,
  at,
  sent,
  edited,
  deleted,
  reacted,
  unreacted,
  keyOf,
  options,
  arrival,
  routed,
  lanesOf,
  notes,
  ref,
} from '../../test/support/routing.js';
import { copyKey } from '../model/routing.js';
import type { BridgeEvent } from '../model/bridge-event.js';
import { type DeliveryKey, deliveryId, remoteId } from '../model/ids.js';
import { firstLine } from '../model/in-line.js';
import { defaultLinkOptions } from '../model/link-options.js';
import { type Known, type KnownDelivery } from '../model/routing.js';
import type { Arrival } from './arrival-route.js';
import { route } from './route.js';
import { hashOf } from './shown-hash.js';

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

  it('a line that told of something is no copy of what it was about', () => {
    const plan = routed(knowingDelivery(), [echo('b7', keyOf('one', firstLine))]);
    expect([plan.copies, plan.deliveries, notes(plan)]).toEqual([[], [], ['ignored: our own act']]);
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

  it('what tells of a reaction in words may be edited and deleted, and nothing else is for that', () => {
    const known = knowingMessage();
    known.copies.set(copyKey(ref('b', 'told')), { message: '5', portal: 'b', part: 2000 });
    const plan = routed(known, [edited('b', 'told', '1'), deleted('b', 'told', '2')]);
    expect(lanesOf(plan)).toEqual([]);
    expect(plan.versions).toEqual([]);
    const ignored = 'ignored: it told of a reaction, which stands elsewhere';
    expect(notes(plan)).toEqual([ignored, ignored]);
  });

  describe('of one part, in its room', () => {
    const textOrFiles = (hash: Buffer | null, ...parts: readonly number[]): Known => {
      const known = knowingMessage(9n);
      known.copies.set(copyKey(ref('b', 'b1')), { message: '5', portal: 'b', part: 0, hash });
      for (const part of parts) {
        known.copies.set(copyKey(ref('b', `b${String(part)}`)), { message: '5', portal: 'b', part, hash });
      }
      return known;
    };
    const noWords = hashOf({ ...sent('a', 'm1'), body: [] });
    const elsewhereAndHere = ['a', 'c', 'b'];
    const parked = { delivery: '9', portal: 'b' };

    it('a file goes alone, in every room, and the message is as new as it was', () => {
      const known = { ...textOrFiles(noWords, 501, 502), parkedByMessage: new Map([['5', [parked]]]) };
      const plan = routed(known, [deleted('b', 'b501', '3'), deleted('b', 'b1', '4')]);
      const gone = (place: number) => elsewhereAndHere.map((lane) => [lane, 'messageEdited', [place], 'same']);
      expect(
        plan.deliveries.map(({ lane, event }) =>
          event.kind === 'messageEdited' ? [lane, event.kind, event.filesGone, event.words] : [lane, event.kind],
        ),
      ).toEqual([...gone(1), ...gone(0)]);
      expect(plan.versions).toEqual([]);
      expect(plan.parked.map(({ delivery, change }) => [delivery, typeof change])).toEqual([
        ['9', 'object'],
        ['9', 'object'],
      ]);
      expect(notes(plan)).toEqual(['routed', 'routed']);
      expect(plan.inbox[0]?.message).toBe('5');
    });

    it('the last file that is left takes the message with it', () => {
      const plan = routed(textOrFiles(noWords, 501), [deleted('b', 'b501', '3'), deleted('b', 'b1', '4')]);
      expect(lanesOf(plan).slice(3)).toEqual([
        ['a', 'messageDeleted'],
        ['c', 'messageDeleted'],
      ]);
    });

    it('a piece of a text takes the message with it, and what is left of it in the room', () => {
      const plan = routed(textOrFiles(null, 1, 2), [deleted('b', 'b2', '3'), deleted('b', 'b1', '4')]);
      expect(lanesOf(plan)).toEqual(elsewhereAndHere.map((lane) => [lane, 'messageDeleted']));
      expect(plan.versions).toEqual([{ message: '5', version: 3n, deleted: true }]);
      expect(notes(plan)[1]).toBe('ignored: stale: deleted already');
    });

    it('what is known of a message in other rooms says nothing of this one', () => {
      const known = textOrFiles(noWords, 501);
      known.copies.set(copyKey(ref('c', 'c2')), { message: '5', portal: 'c', part: 1 });
      expect(lanesOf(routed(known, [deleted('a', 'm1', '3')]))).toEqual([
        ['b', 'messageDeleted'],
        ['c', 'messageDeleted'],
      ]);
    });
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
