import { remoteId, roomId, userId } from '../../src/model/ids.js';
import { BridgedRepository } from '../../src/persistence/bridged.repository.js';
import type { BridgeEvent } from '../../src/model/bridge-event.js';
import { deleted, leftRoom, linkedHouse, noSignal, payload, reacted, rightRoom, sent } from './house.js';

it('what the bridge has of a room: what was said there and its copies, with the reactions of the room’s own people', async () => {
  const { house, source, target, shards, lane } = await linkedHouse();
  const { room, actor: anna, at } = sent('3');
  const third = { room, id: remoteId('3') };
  const removed: BridgeEvent = {
    kind: 'reactionRemoved',
    room,
    actor: anna,
    at,
    message: third,
    emoji: '🎉',
    version: '2',
  };
  await house.ingest.accept(source, [
    payload('a', sent('1'), sent('2'), sent('3'), sent('4'), deleted('4', '9')),
    payload('b', reacted('2', '👍'), reacted('2', ':kazoo:'), reacted('3', '🎉'), removed),
  ]);
  await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
  expect(target.requests.length).toBeGreaterThan(3);
  const { actor } = sent('', {}, rightRoom);
  const message = { room: rightRoom, id: remoteId('right-3') };
  await house.ingest.accept(target, [
    payload('c', {
      kind: 'reactionAdded',
      room: rightRoom,
      actor,
      at,
      message,
      emoji: '👍',
      version: '1',
    }),
  ]);

  const bridged = new BridgedRepository(house.database);
  expect(await bridged.in(leftRoom, remoteId('2'), 10)).toEqual([
    { parts: ['3'], author: userId('anna'), version: '0', reactions: [] },
    {
      parts: ['2'],
      author: userId('anna'),
      version: '0',
      reactions: expect.arrayContaining([
        { emoji: '👍', person: 'anna' },
        { emoji: ':kazoo:', person: 'anna' },
      ]) as unknown,
    },
  ]);
  expect(await bridged.in(leftRoom, remoteId('0'), 1)).toEqual([]);
  expect(await bridged.in(rightRoom, remoteId('right-'), 10)).toEqual([
    { parts: ['right-3'], version: '0', reactions: [{ emoji: '👍', person: 'anna' }] },
    { parts: ['right-2'], version: '0', reactions: [] },
    { parts: ['right-1'], version: '0', reactions: [] },
  ]);
  expect(await bridged.in({ ...leftRoom, id: roomId('elsewhere') }, remoteId('0'), 10)).toEqual([]);
  await house.close();
});
