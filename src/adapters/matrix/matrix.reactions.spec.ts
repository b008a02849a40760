import {
  annasGhost,
  type Asked,
  keyOf,
  reacting,
  saying,
  unreacting,
} from '../../../test/contract/matrix-deliveries.js';
import { MatrixBench } from '../../../test/contract/matrix-bench.js';
import { deliverBy, failureOf, matrixTeam } from '../../../test/contract/matrix-team.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import { remoteId } from '../../model/ids.js';
import type { Copy } from '../../model/network-adapter.js';
import type { MatrixAdapter } from './matrix.adapter.js';

const bot = '@crosstalk:sandbox.test';

describe('matrix reactions', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let alice: string;
  let room: string;
  let target: readonly Copy[];

  beforeEach(async () => {
    ({ bench, adapter, alice, room } = await matrixTeam());
    target = [{ part: 0, id: remoteId(bench.sandbox.post(room, alice, 'hello')) }];
  });

  afterEach(async () => {
    await bench.close();
  });

  const deliver = (asked: Asked<BridgeEvent>): Promise<void> => deliverBy(adapter, asked, bench);
  const reactions = (): unknown[] =>
    bench.sandbox
      .messages(room)
      .filter(({ type, redactedBy }) => type === 'm.reaction' && redactedBy === undefined)
      .map(({ sender, content }) => [sender, (content['m.relates_to'] as { key?: string }).key]);

  it('a person’s ghost reacts, and the reaction is told as made', async () => {
    const reaction = reacting('one', room, target, '👍');
    await deliver(reaction);
    const made = bench.sandbox.messages(room).at(-1);
    expect(made).toMatchObject({
      type: 'm.reaction',
      sender: annasGhost,
      content: {
        'm.relates_to': { rel_type: 'm.annotation', event_id: target[0]?.id, key: '👍️' },
        'org.crosstalk.delivery': keyOf('one', 0),
      },
    });
    expect(reaction.made).toEqual([{ part: 0, id: made?.eventId, key: keyOf('one', 0) }]);
  });

  it.each([
    ['❤️', '❤️'],
    ['👍🏽', '👍🏽'],
    [':party_parrot:', ':party_parrot:'],
    ['well said', 'well said'],
  ])('%s has the key %s', async (emoji, key) => {
    await deliver(reacting('one', room, target, emoji));
    expect(reactions()).toEqual([[annasGhost, key]]);
  });

  it('where no ghost may speak, our own user reacts for all', async () => {
    await deliver(reacting('one', room, target, '👍', { speaker: { as: 'relay' } }));
    expect(reactions()).toEqual([[bot, '👍️']]);
  });

  it('one that is there already is told as made', async () => {
    const first = reacting('one', room, target, '👍');
    await deliver(first);
    await bench.restart(adapter);
    for (const name of ['one', 'two']) {
      const again = reacting(name, room, target, '👍');
      await deliver(again);
      expect(again.made).toEqual([{ part: 0, id: first.made[0]?.id, key: keyOf('one', 0) }]);
    }
    expect(reactions()).toHaveLength(1);
  });

  it('one that is there already is found among many', async () => {
    const first = reacting('one', room, target, '👍');
    await deliver(first);
    for (let count = 0; count < 150; count += 1) bench.sandbox.react(room, alice, target[0]?.id ?? '', `no ${count}`);
    const again = reacting('two', room, target, '👍');
    await deliver(again);
    expect(again.made[0]?.id).toBe(first.made[0]?.id);
  });

  it('a room that lets nobody react holds nothing up', async () => {
    await deliver(saying('said', room, 'hello'));
    const levels = bench.sandbox.messages(room).findLast(({ type }) => type === 'm.room.power_levels');
    bench.sandbox.sendState(room, alice, 'm.room.power_levels', '', {
      ...levels?.content,
      events: { 'm.reaction': 50 },
    });
    const refused = await failureOf(deliver(reacting('one', room, target, '👍')));
    expect([refused.code, refused.message]).toEqual(['messageRefused', 'the room does not let us react there']);
  });

  it('a reaction to nothing is for nobody', async () => {
    const nothing = [{ part: 0, id: remoteId('$nothing') }];
    expect((await failureOf(deliver(reacting('one', room, nothing, '👍')))).code).toBe('targetGone');
  });

  it('a reaction that is taken back is redacted by who made it', async () => {
    const made = reacting('one', room, target, '👍', { speaker: { as: 'relay' } });
    await deliver(made);
    const [reaction] = made.made;
    await deliver(unreacting('two', room, target, '👍', reaction === undefined ? {} : { reaction }));
    expect(reactions()).toEqual([]);
    expect(bench.sandbox.messages(room).at(-1)).toMatchObject({
      type: 'm.room.redaction',
      sender: bot,
      content: { 'org.crosstalk.delivery': keyOf('two', 0) },
    });
  });

  it('one of which nothing was written down is found', async () => {
    for (const emoji of ['👍', '🎉']) await deliver(reacting(emoji, room, target, emoji));
    bench.sandbox.react(room, alice, target[0]?.id ?? '', '👍️');
    await deliver(unreacting('two', room, target, '👍'));
    expect(reactions()).toEqual([
      [annasGhost, '🎉'],
      [alice, '👍️'],
    ]);
  });

  it('what is not there need not be taken back', async () => {
    const before = bench.sandbox.messages(room).length;
    await deliver(unreacting('one', room, target, '👍'));
    await deliver(unreacting('two', room, [{ part: 0, id: remoteId('$nothing') }], '👍'));
    await deliver(unreacting('three', room, target, '👍', { reaction: { part: 0, id: remoteId('$nothing') } }));
    expect(bench.sandbox.messages(room)).toHaveLength(before);
  });

  it('repeating both changes nothing', async () => {
    const added = reacting('one', room, target, '👍');
    await deliver(added);
    const removed = unreacting('two', room, target, '👍', { reaction: added.made[0]! });
    await deliver(removed);
    await bench.restart(adapter);
    await deliver(removed);
    expect(reactions()).toEqual([]);
  });
});
