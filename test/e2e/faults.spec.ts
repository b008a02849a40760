import { Client } from 'pg';
import type { Fault, FaultRule } from '../../src/sandbox/fault-script.js';
import { expectNothingAmiss, Traffic } from './traffic.js';
import { type Replica, until, World } from './world.js';

const talkWrites = [
  { method: 'POST', path: '/chat/[a-z0-9]+$' },
  { method: 'PUT', path: '/chat/[a-z0-9]+/\\d+$' },
  { method: 'DELETE', path: '/chat/[a-z0-9]+/\\d+$' },
  { method: 'POST', path: '/reaction/' },
  { method: 'DELETE', path: '/reaction/' },
];
const matrixWrites = [
  { method: 'PUT', path: '/send/m\\.' },
  { method: 'PUT', path: '/redact/' },
];

interface Trouble {
  during(world: World): Promise<void> | void;
  /** Whether it has had its effect: a trouble that nobody notices proves nothing. */
  isFelt(world: World, traffic: Traffic): boolean;
  after(world: World): Promise<void> | void;
}

/** A third of the writes to both networks is struck. */
function striking(fault: Fault): Trouble {
  let before = { talk: 0, matrix: 0 };
  return {
    during: (world) => {
      before = { talk: world.talk.faults.struck, matrix: world.matrix.faults.struck };
      strike(world, fault);
    },
    isFelt: ({ talk, matrix }) => talk.faults.struck > before.talk && matrix.faults.struck > before.matrix,
    after: (world) => {
      world.talk.faults.clear();
      world.matrix.faults.clear();
    },
  };
}

function strike(world: World, fault: Fault): void {
  const rule = (write: { method: string; path: string }): FaultRule => ({ ...write, times: 1_000, share: 0.3, fault });
  for (const write of talkWrites) world.talk.faults.add(rule(write));
  for (const write of matrixWrites) world.matrix.faults.add(rule(write));
}

/** What was said on Matrix waits. */
const waitsForTalk: Trouble['isFelt'] = (_, traffic) => (traffic.verdicts()[1]?.lost.length ?? 0) > 3;

/** What goes wrong while people talk, and how it ends. Everything must arrive once and in order afterwards. */
const troubles: Record<string, Trouble> = {
  'writes accepted whose connection then drops': striking({ do: 'acceptThenDrop' }),
  'writes dropped without effect': striking({ do: 'drop' }),
  'writes answered 503': striking({ do: 'answer', status: 503, body: 'busy' }),
  'writes answered with half a body': striking({ do: 'truncate' }),
  'writes answered 429': striking({
    do: 'answer',
    status: 429,
    headers: { 'retry-after': '1' },
    body: '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":200}',
  }),
  'a homeserver that hangs': striking({ do: 'hang', forMs: 5_000 }),
  'a homeserver that restarts and forgets its transaction ids': {
    during: (world) => world.matrix.restart(),
    isFelt: () => true,
    after: () => undefined,
  },
  'transactions that come twice, under another id': {
    during: (world) => world.matrix.setPushFault({ repeat: 'otherId', times: 1_000 }),
    isFelt: (world) => world.matrix.repeatedPushes > 0,
    after: (world) => world.matrix.setPushFault(undefined),
  },
  'a lobby in the Talk room': {
    during: (world) => {
      // Moderators do not wait in lobbies.
      world.talk.demote(world.rooms[0]!.talk, 'bridge');
      world.talk.setLobby(world.rooms[0]!.talk, true);
    },
    isFelt: waitsForTalk,
    after: (world) => {
      world.talk.setLobby(world.rooms[0]!.talk, false);
      world.talk.promote(world.rooms[0]!.talk, 'bridge');
    },
  },
  'a Talk room that is read-only': {
    during: (world) => world.talk.setReadOnly(world.rooms[0]!.talk, true),
    isFelt: waitsForTalk,
    after: (world) => world.talk.setReadOnly(world.rooms[0]!.talk, false),
  },
  'connections to PostgreSQL that are killed': {
    during: async (world) => {
      const client = new Client({ connectionString: world.databaseUrl });
      await client.connect();
      const { rowCount } = await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      await client.end();
      expect(rowCount).toBeGreaterThan(0);
    },
    isFelt: () => true,
    after: () => undefined,
  },
};

describe('trouble in mid-traffic', () => {
  let world: World;
  let replica: Replica;

  beforeAll(async () => {
    world = await World.build();
    replica = await world.start();
    await replica.ready();
  });
  afterAll(() => world.close());

  it.each(Object.entries(troubles))(
    '%s: nothing lost, doubled or reordered',
    async (_, { during, isFelt, after }) => {
      const traffic = new Traffic(world, 100, `${String(performance.now()).replace('.', '')}x`);
      await new Promise((done) => setTimeout(done, 500));
      await during(world);
      await new Promise((done) => setTimeout(done, 1_500));
      await until('the trouble to be felt', () => isFelt(world, traffic));
      await after(world);
      traffic.stop();
      await until('everything to arrive', () => traffic.hasArrived(), 60_000).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${JSON.stringify(traffic.verdicts())}\n${replica.log.slice(-3_000)}`);
      });
      expectNothingAmiss(traffic);
      expect(replica.running).toBe(true);
    },
    120_000,
  );

  it('orderly stops in mid-traffic end within 5 s and lose, double and reorder nothing', async () => {
    const traffic = new Traffic(world, 50, 'stops');
    for (let round = 0; round < 5; round += 1) {
      await new Promise((done) => setTimeout(done, 300 + Math.random() * 200));
      expect(await replica.stop()).toBeLessThan(5_000);
      replica = await world.start();
      await replica.ready();
    }
    traffic.stop();
    await until('everything to arrive', () => traffic.hasArrived(), 60_000);
    expectNothingAmiss(traffic);
  }, 120_000);
});
