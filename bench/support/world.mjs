import { setTimeout as sleep } from 'node:timers/promises';
import { Bridge, freePort } from './bridge.mjs';
import { Child, nowMs } from './child.mjs';
import { freshDatabase } from './database.mjs';
import { quantile } from './figures.mjs';
import { judge, LedgerWrong } from './judge.mjs';

const tokens = { asToken: 'as-token-of-the-benchmark', hsToken: 'hs-token-of-the-benchmark' };
const accountOf = { talk: 'cloud', matrix: 'hs', slack: 'town' };
const drainWithinMs = 300_000;
let lastRun = 0;

/** Sandbox servers, linked rooms, and what carries messages between them: the service, or the relay. */
export class World {
  #lastSent = [];

  /** `slackPace`: as Slack has it, or `off`, so that the service and the server mind none. */
  static async open(options) {
    const { rooms: count, by, reads = 'matrix', networks = ['talk', 'matrix'] } = options;
    const { pollStepMs = 1000, accounts = {}, slackPace = 'on', node } = options;
    const world = new World();
    Object.assign(world, { by, networks, addresses: {} });
    const port = await freePort();
    const logins = {};
    for (const name of networks) {
      world[name] = new Child(`${name}.mjs`);
      logins[name] = { ...(await world.#login[name](port, { pollStepMs, slackPace })), ...accounts[name] };
    }
    const made = await Promise.all(networks.map((name) => world[name].call('rooms', count)));
    world.rooms = Array.from({ length: count }, (_, at) =>
      Object.fromEntries(networks.map((name, which) => [name, made[which][at]])),
    );
    if (by === 'relay') await world.#openRelay(port, reads);
    else await world.#openBridge(port, logins, node);
    if (reads === 'webhook') await world.#installBot(port);
    // That many channels are asked for at the start is not measured: Slack answers 50 such requests a minute.
    if (slackPace === 'on') await world.slack?.call('limit', {});
    return world;
  }

  /** Starts a server; returns the account's settings. */
  #login = {
    talk: async (port, { pollStepMs }) => {
      const { url, password } = await this.talk.call('start', { pollStepMs });
      const authorization = `Basic ${Buffer.from(`bridge:${password}`).toString('base64')}`;
      this.addresses.talk = { url, authorization };
      // A held request that the sandbox answers at the end of its shorter steps is no sign of trouble.
      const poll = pollStepMs < 1000 ? { shortPollMs: pollStepMs } : {};
      return { network: 'talk', url, user: 'bridge', password, crosstalkUrl: `http://127.0.0.1:${port}`, ...poll };
    },
    matrix: async (port) => {
      const { url: homeserver } = await this.matrix.call('start');
      const url = `http://127.0.0.1:${port}`;
      const namespace = (regex) => [{ exclusive: true, regex }];
      await this.matrix.call('register', {
        id: 'crosstalk-hs',
        url,
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
      this.addresses.matrix = { url: homeserver, authorization: `Bearer ${tokens.asToken}` };
      return { network: 'matrix', homeserver, serverName: 'sandbox.test', url, ...tokens };
    },
    slack: async (_port, { slackPace }) => {
      const { url, botToken, appToken } = await this.slack.call('start');
      this.addresses.slack = { url, authorization: `Bearer ${botToken}`, appToken };
      const pace = slackPace === 'off' ? { postEveryMs: 1, postBurst: 1000 } : {};
      return { network: 'slack', apiUrl: `${url}/api/`, botToken, appToken, ...pace };
    },
  };

  async #openRelay(port, reads) {
    this.relay = new Child('relay.mjs');
    const { addresses, rooms } = this;
    await this.relay.call('start', { addresses, port, rooms, reads, connections: 32 });
    await this.#untilHeard();
  }

  async #openBridge(port, logins, node) {
    this.database = await freshDatabase();
    const link = (room) => ({ rooms: this.networks.map((name) => ({ account: accountOf[name], room: room[name] })) });
    const settings = {
      database: { url: this.database.url },
      secretKey: 'a sentence of more than thirty-two characters',
      log: { level: 'warn' },
      accounts: Object.fromEntries(this.networks.map((name) => [accountOf[name], logins[name]])),
      links: Object.fromEntries(this.rooms.map((room, at) => [`team${at}`, link(room)])),
    };
    this.bridge = new Bridge(settings, { public: port, admin: await freePort() }, node);
    this.bridge.start();
    await this.bridge.ready(600_000);
    await this.#untilLinked();
    await this.#untilHeard();
  }

  /** As an administrator does, and moderators do; until all rooms are told of. */
  async #installBot(port) {
    const rooms = this.rooms.map((room) => room.talk);
    const url = `http://127.0.0.1:${port}/talk/cloud/webhook`;
    const bot = this.by === 'relay' ? { name: 'Relay', secret: 's'.repeat(64), url } : await this.bridge.bot('cloud');
    await this.talk.call('bot', bot, rooms);
    while (this.by !== 'relay' && (await this.bridge.roomsWatched('webhook')) < rooms.length) await sleep(200);
  }

  /** Slack tells nobody anew, for a minute, what was said while nobody listened. */
  async #untilHeard() {
    while (this.slack !== undefined && (await this.slack.call('connections')) === 0) await sleep(20);
  }

  async #untilLinked() {
    for (;;) {
      const [row] = await this.database.rows(
        `select count(*)::int as portals,
                (select count(*)::int from rooms where cursor is not null) as read from portals where room is not null`,
      );
      const pulled = this.talk === undefined ? 0 : this.rooms.length;
      if (row.portals >= this.networks.length * this.rooms.length && row.read >= pulled) return;
      await sleep(200);
    }
  }

  /** Until every room is read by a held request, as far as the setting allows. */
  async untilHeld(most = 8) {
    const wanted = Math.min(most, this.rooms.length);
    for (;;) {
      const [row] = await this.database.rows('select count(*)::int as held from rooms where held_poll');
      if (row.held >= wanted) return;
      await sleep(200);
    }
  }

  /** Where messages of that network come out. */
  targetsOf(source) {
    return this.networks.filter((name) => name !== source);
  }

  /** One message in every room, until all have arrived: everybody is known everywhere then. */
  async warmUp(source, reads = 'held') {
    await this.drive({ source, perSecond: 50, total: this.rooms.length });
    if (source === 'talk' && reads === 'held' && this.by === 'bridge') await this.untilHeld();
  }

  /**
   * Messages on a fixed schedule, and each copy's milliseconds from when it was due to when its target had it. `behind`: how
   * many were under way to a target when the last one was written. Throws LedgerWrong where the ledgers are not as they must be.
   */
  async drive({ source, perSecond, total, rooms = this.rooms }) {
    const run = (lastRun += 1);
    const names = rooms.map((room) => room[source]);
    const startMs = await this[source].call('load', { run, rooms: names, perSecond, total });
    const behind = total - Math.min(...(await this.#counts(source, run)));
    const arrived = await this.arrived(source, run, total, rooms);
    const latencies = arrived.map(({ atMs, number, room, to }) => ({
      room,
      to,
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

  /** A file of so many bytes in each room, all at once, until each is where it belongs, byte for byte. Returns how many ms that took. */
  async carry(source, bytes) {
    const run = (lastRun += 1);
    const names = this.rooms.map((room) => room[source]);
    const startMs = await this[source].call('carry', { run, rooms: names, bytes });
    const last = (await this.arrived(source, run, this.rooms.length)).at(-1);
    for (const room of this.rooms) {
      const sent = await this[source].call('digests', room[source]);
      for (const name of this.targetsOf(source)) {
        const told = JSON.stringify(await this[name].call('digests', room[name]));
        if (told !== JSON.stringify(sent)) {
          throw new LedgerWrong(`of ${JSON.stringify(sent)} from ${source}, ${told} arrived in ${name}`);
        }
      }
    }
    return last.atMs - startMs;
  }

  /** Waits for a run's messages, and compares the ledgers. Returns what those of the targets say, the earliest first. */
  async arrived(source, run, total, rooms = this.rooms) {
    const endMs = nowMs() + drainWithinMs;
    for (;;) {
      const counts = await this.#counts(source, run);
      if (Math.min(...counts) >= total) break;
      if (nowMs() > endMs) {
        const told = this.targetsOf(source).map((name, at) => `${counts[at]} in ${name}`);
        throw new LedgerWrong(
          `${this.by}: of ${total}, ${told.join(' and ')} arrived within ${drainWithinMs} ms\n${this.bridge?.says ?? ''}`,
        );
      }
      await sleep(20);
    }
    this.#lastSent.push({ source, run, rooms });
    return this.#judged(source, run, rooms);
  }

  #counts(source, run) {
    return Promise.all(this.targetsOf(source).map((name) => this[name].call('count', run)));
  }

  async #judged(source, run, rooms) {
    const sent = await this[source].call('entries', run);
    const all = [];
    for (const to of this.targetsOf(source)) {
      const arrived = await this[to].call('entries', run);
      judge(
        `${this.by}, from ${source} to ${to}`,
        sent,
        arrived,
        rooms.map((room) => [room[source], room[to]]),
      );
      for (const entry of arrived) all.push({ ...entry, to });
    }
    return all.sort((one, other) => one.atMs - other.atMs);
  }

  /** Judges every run once more, since a second copy may come late, and ends everything. */
  async close() {
    try {
      for (const { source, run, rooms } of this.#lastSent) await this.#judged(source, run, rooms);
    } finally {
      await this.abandon();
    }
  }

  /** Ends everything without a last look. */
  async abandon() {
    await this.bridge?.close();
    await Promise.all([this.relay, this.talk, this.matrix, this.slack].map((child) => child?.close()));
    await this.database?.drop();
  }
}
