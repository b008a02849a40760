import { rooms, both, knowing, ref, by, at, routed, lanesOf, notes } from '../../test/support/routing.js';
import type { CallChanged } from '../model/bridge-event.js';
import { remoteId, userId } from '../model/ids.js';
import { defaultLinkOptions } from '../model/link-options.js';
import { roomKey } from '../model/routing.js';
import { route } from './route.js';

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

  it('a call whose end comes with its beginning, before that is told by itself, is one notice', () => {
    const known = knowing();
    const plan = routed(known, [started('r1'), over, started('r1'), came('bob', '11'), started('r1'), over]);
    expect(sayingOf(plan)).toEqual([
      ['b', '101', 'messageSent', 'r1', 'bridge'],
      ['c', '101', 'messageSent', 'r1', 'bridge'],
      ['b', '101', 'messageEdited', 'r1', 'bridge'],
      ['c', '101', 'messageEdited', 'r1', 'bridge'],
    ]);
    expect(known.calls.size).toBe(0);
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
