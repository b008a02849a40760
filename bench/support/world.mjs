import { setTimeout as sleep } from 'node:timers/promises';
import { Bridge, freePort } from './bridge.mjs';
import { Child, nowMs } from './child.mjs';
import { freshDatabase } from './database.mjs';
import { quantile } from './figures.mjs';
import { judge, LedgerWrong } from './judge.mjs';

const tokens = { asToken: 'as-token-of-the-benchmark', hsToken: 'hs-token-of-the-benchmark' };
const drainWithinMs = 300_000;
let lastRun = 0;

/** Two sandbox servers, linked rooms, and what carries messages between them: the service, or the relay. */
export class World {
  #lastSent = [];

  static async open({ rooms: count, by, reads = 'matrix', pollStepMs = 1000, accounts = {} }) {
    const world = new World();
    world.by = by;
    world.talk = new Child('talk.mjs');
    world.matrix = new Child('matrix.mjs');
    const port = await freePort();
    const { url: talkUrl, password } = await world.talk.call('start', { pollStepMs });
    const { url: homeserver } = await world.matrix.call('start');
    const namespace = (regex) => [{ exclusive: true, regex }];
    await world.matrix.call('register', {
      id: 'crosstalk-hs',
      url: `http://127.0.0.1:${port}`,
      as_token: tokens.asToken,
      hs_token: tokens.hsToken,
      sender_localpart: 'crosstalk',
      rate_limited: false,
      namespaces: {
        users: namespace('@crosstalk(_.*)?:sandbox\\.test$'),
        aliases: namespace('#crosstalk_.*'),
        rooms: [],
      },
    });
    const [talkRooms, matrixRooms] = [await world.talk.call('rooms', count), await world.matrix.call('rooms', count)];
    world.rooms = talkRooms.map((talk, at) => ({ talk, matrix: matrixRooms[at] }));
    world.addresses = {
      talk: { url: talkUrl, authorization: `Basic ${Buffer.from(`bridge:${password}`).toString('base64')}` },
      matrix: { url: homeserver, authorization: `Bearer ${tokens.asToken}` },
    };
    if (by === 'relay') await world.#openRelay(port, reads);
    else await world.#openBridge(port, { talkUrl, password, homeserver, accounts, pollStepMs });
    return world;
  }

  async #openRelay(port, reads) {
    this.relay = new Child('relay.mjs');
    await this.relay.call('start', { ...this.addresses, port, rooms: this.rooms, reads, connections: 32 });
  }

  async #openBridge(port, { talkUrl, password, homeserver, accounts, pollStepMs }) {
    this.database = await freshDatabase();
    const link = ({ talk, matrix }) => ({
      rooms: [
        { account: 'cloud', room: talk },
        { account: 'hs', room: matrix },
      ],
    });
    const talk = { network: 'talk', url: talkUrl, user: 'bridge', password, ...accounts.talk };
    const matrix = {
      network: 'matrix',
      homeserver,
      serverName: 'sandbox.test',
      url: `http://127.0.0.1:${port}`,
      ...tokens,
      ...accounts.matrix,
    };
    const settings = {
      database: { url: this.database.url },
      secretKey: 'a sentence of more than thirty-two characters',
      log: { level: 'warn' },
      // A held request that the sandbox answers at the end of its shorter steps is no sign of trouble.
      accounts: { cloud: pollStepMs < 1000 ? { ...talk, shortPollMs: pollStepMs } : talk, hs: matrix },
      links: Object.fromEntries(this.rooms.map((room, at) => [`team${at}`, link(room)])),
    };
    this.bridge = new Bridge(settings, { public: port, admin: await freePort() });
    this.bridge.start();
    await this.bridge.ready(600_000);
    await this.#untilLinked();
  }

  async #untilLinked() {
    for (;;) {
      const [row] = await this.database.rows(
        `select count(*)::int as portals,
                (select count(*)::int from rooms where cursor is not null) as read from portals where room is not null`,
      );
      if (row.portals >= 2 * this.rooms.length && row.read >= this.rooms.length) return;
      await sleep(200);
    }
  }

  /** Until every room is read by a held request, as far as the setting allows. */
  async untilHeld() {
    const wanted = Math.min(8, this.rooms.length);
    for (;;) {
      const [row] = await this.database.rows('select count(*)::int as held from rooms where held_poll');
      if (row.held >= wanted) return;
      await sleep(200);
    }
  }

  /** The source's server, the target's, and which target room belongs to which source room. */
  sides(source) {
    const target = source === 'talk' ? 'matrix' : 'talk';
    return {
      source: this[source],
      target: this[target],
      pairs: this.rooms.map((room) => [room[source], room[target]]),
    };
  }

  /** One message in every room, until all have arrived: everybody is known everywhere then. */
  async warmUp(source) {
    await this.drive({ source, perSecond: 50, total: this.rooms.length });
    if (source === 'talk' && this.by === 'bridge') await this.untilHeld();
  }

  /**
   * Messages on a fixed schedule, and each one's milliseconds from when it was due to when the target had it. `behind`: how
   * many were under way when the last one was written. Throws LedgerWrong where the ledgers are not as they must be.
   */
  async drive({ source: side, perSecond, total, rooms = this.rooms }) {
    const { source, target } = this.sides(side);
    const run = (lastRun += 1);
    const startMs = await source.call('load', { run, rooms: rooms.map((room) => room[side]), perSecond, total });
    const behind = total - (await target.call('count', run));
    const arrived = await this.arrived(side, run, total, rooms);
    const latencies = arrived.map(({ atMs, number, room }) => ({
      room,
      dueMs: (number * 1000) / perSecond,
      ms: atMs - startMs - (number * 1000) / perSecond,
    }));
    const ms = latencies.map((latency) => latency.ms);
    return { p50: quantile(ms, 0.5), p99: quantile(ms, 0.99), behind, latencies, ms };
  }

  /** Everything at once, without waiting for it to arrive. Returns the run. */
  async write({ source, total, rooms = this.rooms }) {
    const run = (lastRun += 1);
    await this[source].call('burst', { run, rooms: rooms.map((room) => room[source]), total });
    return run;
  }

  /** Waits for a run's messages, and compares the two ledgers. Returns what the target's says. */
  async arrived(side, run, total, rooms = this.rooms) {
    const { source, target } = this.sides(side);
    const endMs = nowMs() + drainWithinMs;
    while ((await target.call('count', run)) < total) {
      if (nowMs() > endMs) {
        const count = await target.call('count', run);
        throw new LedgerWrong(
          `${this.by}: ${count} of ${total} arrived within ${drainWithinMs} ms\n${this.bridge?.says ?? ''}`,
        );
      }
      await sleep(20);
    }
    this.#lastSent.push({ side, run, rooms });
    return this.#judged(side, run, rooms, source, target);
  }

  async #judged(side, run, rooms, source, target) {
    const [sent, arrived] = [await source.call('entries', run), await target.call('entries', run)];
    const other = side === 'talk' ? 'matrix' : 'talk';
    judge(
      `${this.by}, from ${side}`,
      sent,
      arrived,
      rooms.map((room) => [room[side], room[other]]),
    );
    return arrived;
  }

  /** Judges every run once more, since a second copy may come late, and ends everything. */
  async close() {
    try {
      for (const { side, run, rooms } of this.#lastSent) {
        const { source, target } = this.sides(side);
        await this.#judged(side, run, rooms, source, target);
      }
    } finally {
      await this.abandon();
    }
  }

  /** Ends everything without a last look. */
  async abandon() {
    await this.bridge?.close();
    await Promise.all([this.relay, this.talk, this.matrix].map((child) => child?.close()));
    await this.database?.drop();
  }
}
