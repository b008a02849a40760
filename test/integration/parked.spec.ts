import type { BridgeEvent, MessageEdited, ReactionAdded, RoomChanged } from '../../src/model/bridge-event.js';
import { MessageRefused } from '../../src/model/errors.js';
import { ParkedDeliveries } from '../../src/workers/parked-deliveries.js';
import type { Shards } from '../../src/workers/shards.js';
import {
  deleted,
  edited,
  House,
  leftRoom,
  MadeUpNetwork,
  noSignal,
  payload,
  person,
  reacted,
  right,
  sent,
  linkedHouse,
} from './house.js';

let house: House;
let source: MadeUpNetwork;
let target: MadeUpNetwork;
let shards: Shards;
let lane: string;

beforeEach(async () => {
  ({ house, source, target, shards, lane } = await linkedHouse(
    new MadeUpNetwork(right, 'kept', {
      messageSent: 'look',
      messageEdited: 'look',
      messageDeleted: 'harmless',
      reactionAdded: 'harmless',
      reactionRemoved: 'harmless',
      roomChanged: 'harmless',
    }),
  ));
});
afterEach(() => house.close());

let next = 0;
const said = async (...events: BridgeEvent[]): Promise<void> => {
  next += 1;
  await house.ingest.accept(source, [payload(String(next), ...events)]);
};
const run = async (): Promise<void> => {
  await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
};
const refuses = (): void => {
  target.onSend = () => {
    throw new MessageRefused('too long');
  };
};
const takes = (): void => {
  target.requests.length = 0;
  target.onSend = (request) => {
    target.made(request);
  };
};
const retryAll = async (): Promise<string[]> => {
  const retried = await new ParkedDeliveries(house.deliveries, { tell: () => undefined }).retry('all');
  await run();
  return retried.map(({ became }) => became);
};
const renamed = (name: string): RoomChanged => ({
  kind: 'roomChanged',
  room: leftRoom,
  actor: person(leftRoom),
  at: '2026-01-02T03:04:05.000Z',
  change: { of: 'name', name },
});

describe('a parked delivery that is retried', () => {
  it('is not made where the message was deleted before it parked', async () => {
    await said(sent('1'), deleted('1', '5'));
    refuses();
    await run();
    takes();
    await retryAll();
    expect(target.said).toEqual([]);
    expect(await house.rows(`select 1 from deliveries where event is not null`)).toEqual([]);
  });

  it('says what an edit said that came before it parked', async () => {
    await said(sent('1'), edited('1', 'new words', '5'));
    refuses();
    await run();
    takes();
    expect(await retryAll()).toEqual(['put at the end of its lane']);
    expect(target.said).toEqual(['new words']);
  });

  it('says the newest words where a file went after them', async () => {
    const { body: _body, ...gone } = edited('1', '', '7') as MessageEdited;
    await said(sent('1'), edited('1', 'new words', '5'), { ...gone, body: [], filesGone: [0], words: 'same' });
    refuses();
    await run();
    takes();
    expect(await retryAll()).toEqual(['put at the end of its lane']);
    expect(target.said).toEqual(['new words']);
  });

  it('does not take a newer edit back', async () => {
    await said(sent('1'));
    await run();
    refuses();
    await said(edited('1', 'old words', '5'));
    await run();
    takes();
    await said(edited('1', 'new words', '6'));
    await run();
    expect(await retryAll()).toEqual(['skipped: it is no longer so']);
    expect(target.said).toEqual(['new words']);
    expect(await house.states(lane)).toEqual(['delivered', 'skipped: a newer edit came', 'delivered']);
  });

  it('does not bring a reaction back that was taken back', async () => {
    await said(sent('1'));
    await run();
    refuses();
    await said(reacted('1', '👍'));
    await run();
    takes();
    await said({ ...(reacted('1', '👍') as ReactionAdded), kind: 'reactionRemoved', version: '9' });
    await run();
    await retryAll();
    expect(target.said).toEqual([]);
  });

  it('does not rename a room that was renamed since; what else was changed is', async () => {
    refuses();
    await said(renamed('old'), { ...renamed(''), change: { of: 'topic', topic: 'plans' } });
    await run();
    takes();
    await said(renamed('new'));
    await run();
    await retryAll();
    expect(target.requests.map(({ event }) => event.kind === 'roomChanged' && event.change)).toEqual([
      { of: 'name', name: 'new' },
      { of: 'topic', topic: 'plans' },
    ]);
  });
});

it('an edit that changes the style alone is made', async () => {
  await said(sent('1'));
  await run();
  takes();
  await said({ ...(edited('1', 'text of 1', '5') as MessageEdited), style: 'emote' });
  await run();
  expect(target.said).toEqual(['text of 1']);
});
