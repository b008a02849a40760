import { MovedClock } from '../../test/support/moved-clock.js';
import type { BridgeEvent, MessageSent } from '../model/bridge-event.js';
import type { DeliveryResult, Lane, WaitingDelivery } from '../model/delivery.js';
import {
  LoginRefused,
  MessageRefused,
  NetworkUnavailable,
  RateLimited,
  RoomClosed,
  ShardLost,
} from '../model/errors.js';
import { accountId, deliveryId, remoteId, roomId, type RoomRef, userId } from '../model/ids.js';
import { defaultLinkOptions } from '../model/link-options.js';
import type { Copy, NetworkAdapter } from '../model/network-adapter.js';
import { silentLog } from '../observability/log.js';
import { Metrics } from '../observability/metrics.js';
import type { DeliveryRepository } from '../persistence/delivery.repository.js';
import type { Deliverer, Delivered, DeliveryHooks } from '../pipeline/deliver.js';
import { WrittenCopies } from '../pipeline/written-copies.js';
import { LaneBatch } from './lane-batch.js';
import type { Shards } from './shards.js';

const room = { account: accountId('left'), id: roomId('a') };
const lane: Lane = { id: '1', account: accountId('right'), room: roomId('b'), shard: 7, options: defaultLinkOptions };
const fence = { shard: 7, fence: '4' };
/** PostgreSQL's clock is far from ours. */
const readAt = new Date('2031-05-05T00:00:00.000Z');
const inDoubt = { since: readAt, settledAt: new Date(readAt.getTime() + 30_000) };

const said: MessageSent = {
  kind: 'messageSent',
  room,
  actor: { account: room.account, id: userId('anna'), name: 'Anna', standing: 'person' },
  at: '2026-01-02T03:04:00.000Z',
  message: { room, id: remoteId('m') },
  body: [{ type: 'paragraph', content: [{ type: 'text', text: 'hello' }] }],
  files: [],
  style: 'text',
};
const about = { room, actor: said.actor, at: said.at, message: said.message, version: '1' };
const edit: BridgeEvent = { ...about, kind: 'messageEdited', body: said.body, style: 'text' };
const deletion: BridgeEvent = { ...about, kind: 'messageDeleted' };
const reaction: BridgeEvent = { ...about, kind: 'reactionAdded', emoji: '👍' };

function waiting(name: string, more: Partial<WaitingDelivery> = {}): WaitingDelivery {
  const uuid = deliveryId(name);
  return {
    id: name,
    uuid,
    message: name,
    event: said,
    author: null,
    attempts: 0,
    made: [],
    uncertain: null,
    readAt,
    ...more,
  };
}

const copy = (part: number, id: string): Copy => ({ part, id: remoteId(id) });

/** A lane whose network and database answer as a spec says, on a clock that the spec moves. */
class Line {
  readonly clock = new MovedClock();
  readonly stop = new AbortController();
  /** What happened, in its order: `send 1`, `write 1 2`. */
  readonly acts: string[] = [];
  readonly written: DeliveryResult[] = [];
  readonly fences: unknown[] = [];
  readonly remembered = new WrittenCopies();
  readonly doubted: number[] = [];
  readonly told: string[] = [];
  readonly refused: string[] = [];
  readonly mute: string[] = [];
  readonly openAgain: string[] = [];
  tellOfMute: () => Promise<void> = () => Promise.resolve();
  stopping = false;
  /** What comes of a delivery; default: it is made as part 0. */
  send: (name: string, hooks: DeliveryHooks) => Promise<Delivered> | Delivered = (name, hooks) => {
    hooks.beforeSend();
    hooks.onMade(copy(0, `made ${name}`));
    return { state: 'delivered', hash: null };
  };
  /** What comes of the attempt to write something down. */
  write: () => Promise<void> = () => Promise.resolve();
  copies: 'all' | 'notAllCopies' = 'all';
  maySend: () => void = () => undefined;
  probe: () => Promise<void> = () => Promise.resolve();

  async run(...due: WaitingDelivery[]): Promise<'go' | 'hold'> {
    const deliverer: Pick<Deliverer, 'deliver' | 'uncertain'> = {
      deliver: async (_adapter, _lane, { uuid }, hooks) => {
        this.acts.push(`send ${uuid}`);
        return this.send(uuid, hooks);
      },
      uncertain: () => Promise.resolve(undefined),
    };
    const repository: Pick<DeliveryRepository, 'commit'> = {
      commit: async (_, under, results) => {
        const names = results.map(({ delivery }) => delivery.uuid).join(' ');
        this.acts.push(`try ${names}`);
        await this.write();
        this.acts[this.acts.length - 1] = `write ${names}`;
        this.fences.push(under);
        this.written.push(...results);
        return this.copies;
      },
    };
    const shards: Pick<Shards, 'assertMaySend' | 'doubt'> = {
      assertMaySend: (under) => {
        this.fences.push(under);
        this.maySend();
      },
      doubt: (shard) => this.doubted.push(shard),
    };
    const adapter = {
      account: lane.account,
      settling: { afterTimeoutMs: 30_000, afterDisconnectMs: 2_000 },
      deliver: { messageSent: { repeat: 'look' } },
      describeRoom: async () => {
        await this.probe();
        return { name: 'Room' };
      },
    } as unknown as NetworkAdapter;
    const parts = {
      repository: repository as DeliveryRepository,
      deliverer: deliverer as Deliverer,
      written: this.remembered,
      adapters: new Map([[lane.account, adapter]]),
      shards: shards as Shards,
      clock: this.clock,
      metrics: new Metrics(),
      log: { ...silentLog, error: (_: object, event: string) => this.told.push(event) },
      options: {
        firstMs: 60_000,
        maxMs: 600_000,
        parkAfterAttempts: 3,
        random: () => 0.5,
        onLoginRefused: (account: string) => this.refused.push(account),
        onMute: async (room: RoomRef, why: RoomClosed) => {
          await this.tellOfMute();
          this.mute.push(`${room.id}: ${why.message}`);
        },
        onWritten: async (room: RoomRef) => {
          await this.tellOfMute();
          this.openAgain.push(room.id);
        },
      },
    };
    const batch = new LaneBatch(parts, adapter, lane, fence, () => this.stopping, this.stop.signal);
    return batch.run(due, this.clock.monotonicMs());
  }

  /** What was written of each delivery: `1 delivered`, `2 waiting: no answer`. */
  get states(): string[] {
    return this.written.map((result) =>
      [result.delivery.uuid, 'reason' in result ? `${result.state}: ${result.reason}` : result.state].join(' '),
    );
  }
}

const unavailable = (): NetworkUnavailable => new NetworkUnavailable('no answer', { certainty: 'notSent' });
const failing =
  (name: string, error: unknown) =>
  (given: string, hooks: DeliveryHooks): Delivered => {
    hooks.beforeSend();
    if (given === name) throw error;
    return { state: 'delivered', hash: null };
  };

let line: Line;
beforeEach(() => {
  line = new Line();
});

describe('LaneBatch, when it is written down what was done', () => {
  it('once, behind the last of many messages', async () => {
    expect(await line.run(waiting('1'), waiting('2'), waiting('3'))).toBe('go');
    expect(line.acts).toEqual(['send 1', 'send 2', 'send 3', 'write 1 2 3']);
  });

  it.each<[string, BridgeEvent]>([
    ['a reply', { ...said, replyTo: said.message }],
    ['an edit', edit],
    ['a deletion', deletion],
    ['a reaction', reaction],
  ])('before %s, whose message may have been sent a moment ago', async (_, event) => {
    await line.run(waiting('1'), waiting('2'), waiting('3', { event }), waiting('4'));
    expect(line.acts).toEqual(['send 1', 'send 2', 'write 1 2', 'send 3', 'send 4', 'write 3 4']);
  });

  it('what an earlier attempt may have done, and nothing looks for, is sent as such', async () => {
    const { send } = line;
    const told: unknown[] = [];
    line.send = (name, hooks) => {
      told.push([name, hooks.mayBeDone]);
      return send(name, hooks);
    };
    await line.run(waiting('1', { event: reaction, uncertain: inDoubt }), waiting('2', { event: reaction }));
    expect(told).toEqual([
      ['1', true],
      ['2', undefined],
    ]);
  });

  it('not where nothing was done yet', async () => {
    await line.run(waiting('1', { event: edit }));
    expect(line.acts).toEqual(['send 1', 'write 1']);
    line = new Line();
    line.stopping = true;
    expect(await line.run(waiting('1'))).toBe('hold');
    expect(line.acts).toEqual([]);
  });

  it('as soon as 100 ms have passed since the last time', async () => {
    const { send } = line;
    line.send = async (name, hooks) => {
      await line.clock.pass(40);
      return send(name, hooks);
    };
    await line.run(...['1', '2', '3', '4', '5', '6', '7'].map((name) => waiting(name)));
    expect(line.acts.filter((act) => act.startsWith('write'))).toEqual(['write 1 2 3', 'write 4 5 6', 'write 7']);
  });

  it('with what was made, and under the fence that each of them was found with', async () => {
    await line.run(waiting('1', { made: [copy(1, 'earlier')] }));
    expect(line.written).toMatchObject([{ state: 'delivered', made: [copy(1, 'earlier'), copy(0, 'made 1')] }]);
    expect(line.fences).toEqual([fence, fence]);
  });
});

describe('LaneBatch, the copies that it wrote down', () => {
  const standsAs = (id: string) =>
    line.remembered.has({ room: { account: lane.account, id: lane.room }, id: remoteId(id) });

  it('are remembered once they are written, not before', async () => {
    line.write = () => {
      expect(standsAs('made 1')).toBe(false);
      return Promise.resolve();
    };
    await line.run(waiting('1'));
    expect(standsAs('made 1')).toBe(true);
  });

  it('are not where the database has others in their place', async () => {
    line.copies = 'notAllCopies';
    await line.run(waiting('1'));
    expect(standsAs('made 1')).toBe(false);
  });
});

describe('LaneBatch, behind what has to wait', () => {
  it.each<[string, unknown, string]>([
    ['for the network', unavailable(), 'no answer'],
    ['for as long as it was asked to', new RateLimited('slower', { afterMs: 5_000 }), 'slower'],
    ['for its login', new LoginRefused('revoked'), 'revoked'],
    ['for what nobody knows', new TypeError('undefined is no function'), 'undefined is no function'],
  ])('nothing is sent: %s', async (_, error, reason) => {
    line.send = failing('2', error);
    expect(await line.run(waiting('1'), waiting('2'), waiting('3'))).toBe('hold');
    expect(line.acts).toEqual(['send 1', 'send 2', 'write 1 2']);
    expect(line.states).toEqual(['1 delivered', `2 waiting: ${reason}`]);
    expect(line.refused).toEqual(error instanceof LoginRefused ? ['right'] : []);
  });

  it('nothing is sent until it is certain that it was not made', async () => {
    const doubted = waiting('1', { event: said, uncertain: inDoubt, attempts: 1 });
    expect(await line.run(doubted, waiting('2'))).toBe('hold');
    expect(line.states).toEqual(['1 waiting: waits until it is certain that it was not sent']);
    expect(line.written).toMatchObject([{ againAt: inDoubt.settledAt, uncertain: inDoubt, attempts: 1 }]);
  });

  it('is waited by PostgreSQL’s clock, whatever ours says', async () => {
    line.send = async (name, hooks) => {
      await line.clock.pass(1_000);
      return failing('1', unavailable())(name, hooks);
    };
    await line.run(waiting('1'));
    expect(line.written).toMatchObject([
      { againAt: new Date(readAt.getTime() + 61_000), attempts: 1, uncertain: null },
    ]);
  });

  it('it goes on where it was refused for good, and where it alone fails though its room answers', async () => {
    line.send = failing('1', new MessageRefused('too long'));
    expect(await line.run(waiting('1'), waiting('2'))).toBe('go');
    expect(line.states).toEqual(['1 parked: too long', '2 delivered']);
    line = new Line();
    line.send = failing('1', unavailable());
    expect(await line.run(waiting('1', { attempts: 2 }), waiting('2'))).toBe('go');
    expect(line.states).toEqual(['1 parked: no answer', '2 delivered']);
    line = new Line();
    line.send = failing('1', unavailable());
    line.probe = () => Promise.reject(unavailable());
    expect(await line.run(waiting('1', { attempts: 2 }), waiting('2'))).toBe('hold');
    expect(line.states).toEqual(['1 waiting: no answer']);
  });
});

describe('LaneBatch, while the database is away', () => {
  it('what was done is kept, tried again every half second, and nothing is sent meanwhile', async () => {
    let failures = 0;
    line.write = () => ((failures += 1) <= 3 ? Promise.reject(new Error('no connection')) : Promise.resolve());
    const running = line.run(waiting('1'), waiting('2', { event: edit }));
    await line.clock.pass(1_499);
    expect(line.acts).toEqual(['send 1', 'try 1', 'try 1', 'try 1']);
    await line.clock.pass(1);
    expect(await running).toBe('go');
    expect(line.acts).toEqual(['send 1', 'try 1', 'try 1', 'try 1', 'write 1', 'send 2', 'write 2']);
    expect(line.written).toMatchObject([{ made: [copy(0, 'made 1')] }, { made: [copy(0, 'made 2')] }]);
    expect(line.told).toEqual(['what was delivered cannot be written down yet']);
  });

  it('at the stop it is given up, and its shard is in doubt', async () => {
    line.write = () => Promise.reject(new Error('no connection'));
    const running = line.run(waiting('1')).catch((error: unknown) => error);
    await line.clock.pass(700);
    expect(line.doubted).toEqual([]);
    line.stop.abort();
    expect(await running).toEqual(new Error('no connection'));
    expect([line.doubted, line.written]).toEqual([[7], []]);
  });
});

describe('LaneBatch, a shard that is lost', () => {
  it('ends the batch where it is to be written down: it is tried once, and nothing more is sent', async () => {
    line.write = () => Promise.reject(new ShardLost('it is another’s'));
    expect(await line.run(waiting('1'), waiting('2', { event: edit }), waiting('3'))).toBe('hold');
    expect([line.acts, line.doubted, line.clock.slept]).toEqual([['send 1', 'try 1'], [], []]);
  });

  it('ends the batch before a send: what was done before is written down, of the rest nothing', async () => {
    line.maySend = () => {
      if (line.acts.at(-1) === 'send 2') throw new ShardLost('it may be another’s');
    };
    expect(await line.run(waiting('1'), waiting('2'), waiting('3'))).toBe('hold');
    expect(line.acts).toEqual(['send 1', 'send 2', 'write 1']);
    expect(line.states).toEqual(['1 delivered']);
  });

  it('between two parts: the part that was made is written down, and counts as no attempt', async () => {
    line.send = (_, hooks) => {
      hooks.beforeSend();
      hooks.onMade(copy(0, 'first part'));
      throw new ShardLost('it may be another’s');
    };
    expect(await line.run(waiting('1', { attempts: 1 }), waiting('2'))).toBe('hold');
    expect(line.written).toMatchObject([
      { state: 'waiting', attempts: 1, made: [copy(0, 'first part')], uncertain: null },
    ]);
  });
});

it('LaneBatch begins nothing more once it is stopping, and writes down what was done', async () => {
  const { send } = line;
  line.send = (name, hooks) => {
    line.stopping = name === '2';
    return send(name, hooks);
  };
  expect(await line.run(waiting('1'), waiting('2'), waiting('3'))).toBe('hold');
  expect(line.acts).toEqual(['send 1', 'send 2', 'write 1 2']);
});

describe('LaneBatch, where the room does not let us write', () => {
  const mute = new RoomClosed('we may not write there', 'noPermission');

  it('it is told once, when the lane begins to wait', async () => {
    line.send = failing('1', mute);
    expect(await line.run(waiting('1'))).toBe('hold');
    await line.run(waiting('1', { attempts: 1 }));
    expect(line.mute).toEqual(['b: we may not write there']);
    expect(line.states).toEqual(['1 waiting: we may not write there', '1 waiting: we may not write there']);
  });

  it('it is not where the room itself tells of it', async () => {
    line.send = failing('1', new RoomClosed('the room is read-only', 'readOnly'));
    await line.run(waiting('1'));
    expect(line.mute).toEqual([]);
  });

  it('that it does again is told with the first that goes through, and nothing where nothing waited', async () => {
    await line.run(waiting('0'));
    expect(line.openAgain).toEqual([]);
    await line.run(waiting('1', { attempts: 3 }), waiting('2'));
    expect(line.openAgain).toEqual(['b']);
    line.send = failing('3', new MessageRefused('too long'));
    await line.run(waiting('3', { attempts: 1 }), waiting('4'));
    expect(line.openAgain).toEqual(['b', 'b']);
  });

  it('that it could not be told keeps nothing from waiting, nor from being done', async () => {
    line.send = failing('1', mute);
    line.tellOfMute = () => Promise.reject(new Error('no connection'));
    expect(await line.run(waiting('1'))).toBe('hold');
    expect(await line.run(waiting('2', { attempts: 1 }))).toBe('go');
    expect(line.states).toEqual(['1 waiting: we may not write there', '2 delivered']);
  });
});
