import {
  knowing,
  knowingMessage,
  ref,
  at,
  sent,
  deleted,
  reacted,
  options,
  arrival,
  routed,
  lanesOf,
  notes,
} from '../../test/support/routing.js';
import type { BridgeEvent } from '../model/bridge-event.js';
import { inboxKey } from '../model/ids.js';
import { copyKey, type Known } from '../model/routing.js';
import type { Arrival, RouteOptions } from './arrival-route.js';
import { route } from './route.js';

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
