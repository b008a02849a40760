import { knowingMessage, by, deleted, reacted, unreacted, routed, lanesOf, notes } from '../../test/support/routing.js';
import type { BridgeEvent } from '../model/bridge-event.js';
import { accountId, remoteId } from '../model/ids.js';
import { reactionKey } from '../model/routing.js';

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
