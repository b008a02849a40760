import type { BridgeEvent } from '../../src/model/bridge-event.js';
import { remoteId, roomId, type RemoteId } from '../../src/model/ids.js';
import { ReadingRepository } from '../../src/persistence/reading.repository.js';
import {
  edited,
  type House,
  leftRoom,
  type LinkedHouse,
  linkedHouse,
  noSignal,
  payload,
  reacted,
  refOf,
  rightRoom,
  sent,
} from './house.js';

let rows: ReadingRepository;
let linked: LinkedHouse;
let house: House;
let places: (id: string, from: typeof leftRoom, other: typeof leftRoom) => Promise<bigint | undefined>;
let reached: (id: string, from?: typeof leftRoom, other?: typeof leftRoom) => Promise<RemoteId | undefined>;

beforeEach(async () => {
  linked = await linkedHouse();
  ({ house } = linked);
  const { source, target, shards, lane } = linked;
  const reaction = { ...reacted('2', '👍'), row: remoteId('reaction') };
  await house.ingest.accept(source, [payload('a', sent('1'), sent('2'), reaction)]);
  await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
  await house.ingest.accept(target, [payload('b', sent('there', {}, rightRoom))]);
  // Nobody brings it to the other room.
  await house.ingest.accept(source, [payload('c', sent('3'))]);
  rows = new ReadingRepository(house.database);
  reached = async (id, from = leftRoom, other = rightRoom) =>
    (await rows.reached({ message: refOf(from, id) }, other))?.message;
  places = async (id, from, other) => {
    const found = await rows.reached({ message: refOf(from, id) }, other);
    return found === undefined ? undefined : found.read - found.place;
  };
});

afterEach(() => house.close());

describe('how far somebody who has read one room has read another one', () => {
  it('up to what was said there, or here', async () => {
    expect([await reached('1'), await reached('2')]).toEqual(['right-1', 'right-2']);
    expect(await reached('right-1', rightRoom, leftRoom)).toBe('1');
    expect(await reached('there', rightRoom, rightRoom)).toBe('there');
  });

  it('up to the last before it, where it is not there itself', async () => {
    expect(await reached('3')).toBe('there');
    expect(await reached('there', rightRoom, leftRoom)).toBe('2');
  });

  it('and at which place each of the two stands', async () => {
    expect(await places('2', leftRoom, rightRoom)).toBe(0n);
    expect(await places('3', leftRoom, rightRoom)).toBeGreaterThan(0n);
  });

  it('up to the last before what was not bridged, where ids are numbers that grow', async () => {
    const upTo = async (id: string): Promise<RemoteId | undefined> =>
      (await rows.reached({ message: refOf(leftRoom, id), ids: 'ascending' }, rightRoom))?.message;
    await house.ingest.accept(linked.source, [payload('d', sent('100'), sent('120'))]);
    await house.laneWorker(linked.shards).run(await house.lane(linked.lane), () => false, noSignal);
    expect(await Promise.all(['99', '100', '110', '119', '120', '2000'].map(upTo))).toEqual([
      'right-3',
      'right-4',
      'right-4',
      'right-4',
      'right-5',
      'right-5',
    ]);
    expect(await upTo('0')).toBeUndefined();
    expect(await reached('110')).toBeUndefined();
  });

  it('up to the message that a reaction stands on', async () => {
    expect(await reached('reaction')).toBe('right-2');
  });

  it('with all that a message was said in, and with nothing that was said of it later', async () => {
    const { source, target, shards, lane } = linked;
    const come = async (event: BridgeEvent): Promise<void> => {
      await house.ingest.accept(source, [payload(event.kind, event)]);
      await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
    };
    target.onSend = (request) => {
      request.beforeSend();
      target.made(request);
      if (request.event.kind === 'messageSent') target.made(request, 1);
    };
    // 3 is brought there before it, in two parts as well.
    await come(sent('long'));
    expect(await reached('long')).toBe('right-6');
    // A correction answers it, below what was said meanwhile.
    target.able = { editWindowMs: -1 };
    await come(edited('long', 'shorter', '2'));
    expect(target.said.at(-1)).toContain('shorter');
    expect(target.requests.at(-1)?.event.kind).toBe('messageSent');
    expect(await reached('long')).toBe('right-6');
  });

  it('is not known of what nobody told, nor of rooms that are not linked', async () => {
    expect(await reached('never')).toBeUndefined();
    expect(await reached('1', leftRoom, { ...rightRoom, id: roomId('elsewhere') })).toBeUndefined();
  });
});
