import { toPlain } from '../../src/formatting/plain.js';
import type { BridgeEvent } from '../../src/model/bridge-event.js';
import { accountId, remoteId, type RoomRef } from '../../src/model/ids.js';
import type { DeliveryRequest } from '../../src/model/network-adapter.js';
import { SlackBench, until } from '../contract/slack-bench.js';
import { numbersFrom } from '../e2e/numbers.js';
import { House, left, leftRoom, MadeUpNetwork, noSignal, right, rightRoom } from './house.js';

/** Everything that people do in Slack, told as an event each. */
const eventCount = 10_000;
const copies = 4;
/** By the clock of the conversation, which the test does not wait for. */
const eventEveryMs = 10;
const spreadMs = 30_000;
/** So many come at once. */
const wave = 100;
const seed = Number(process.env['CROSSTALK_DISORDER_SEED'] ?? Date.now() % 1_000_000);
const emoji = { tada: '🎉', '+1': '👍', eyes: '👀' } as const;
type Emoji = keyof typeof emoji;
const names = Object.keys(emoji) as Emoji[];

interface Said {
  readonly ts: string;
  /** Of the first message of its thread, or its own. */
  readonly root: string;
  readonly name: string;
  readonly author: string;
  version: number;
  readonly reactions: Set<string>;
}

/** The people of one channel, who do whatever comes into their heads. */
class Crowd {
  readonly #said: Said[] = [];
  #next = 1;

  constructor(
    private readonly bench: SlackBench,
    private readonly dice: () => number,
  ) {}

  /** One event. */
  act(): void {
    const { sandbox, channel } = this.bench;
    const chance = this.dice();
    const said = this.#any();
    if (said === undefined || chance < 0.3) {
      const author = this.#anybody();
      const name = `s${String(this.#next)}x`;
      this.#next += 1;
      const answered = this.dice() < 0.5 ? said?.root : undefined;
      const ts = sandbox.post(channel, author, `${name} v0`, answered === undefined ? {} : { thread: answered });
      this.#said.push({ ts, root: answered ?? ts, name, author, version: 0, reactions: new Set() });
    } else if (chance < 0.65) {
      said.version += 1;
      sandbox.edit(channel, said.author, said.ts, `${said.name} v${String(said.version)}`);
    } else if (chance < 0.93) {
      this.#react(said);
    } else {
      sandbox.remove(channel, said.author, said.ts);
      this.#said.splice(this.#said.indexOf(said), 1);
    }
  }

  /** Adds a reaction, or takes it back. */
  #react({ ts, reactions }: Said): void {
    const { sandbox, channel } = this.bench;
    const who = this.#anybody();
    const what = names[Math.floor(this.dice() * names.length)] ?? 'tada';
    const key = `${who} ${what}`;
    if (reactions.delete(key)) sandbox.unreact(channel, who, ts, what);
    else {
      reactions.add(key);
      sandbox.react(channel, who, ts, what);
    }
  }

  #anybody(): string {
    return this.dice() < 0.5 ? this.bench.ann : this.bench.bert;
  }

  /** Rather one of the last: there much happens at once. */
  #any(): Said | undefined {
    const back = Math.floor(this.dice() * this.dice() * this.#said.length);
    return this.#said[this.#said.length - 1 - back];
  }
}

/** A room that shows what it is sent, and nothing else. */
class ShowingNetwork extends MadeUpNetwork {
  readonly #shown = new Map<string, Shown>();
  #made = 0;

  constructor(room: RoomRef, speaker: 'ghost' | 'relay') {
    super(room.account);
    this.able = { speakers: [speaker], threads: 'plain' };
    this.onSend = (request) => {
      this.#take(request);
    };
  }

  get lines(): readonly string[] {
    return linesOf(this.#shown);
  }

  #take(request: DeliveryRequest<BridgeEvent>): void {
    const { event, speaker, target } = request;
    request.beforeSend();
    this.#made += 1;
    const id = `${this.account}-${String(this.#made)}`;
    const about = this.#shown.get(target[0]?.id ?? '');
    const who = speaker.as === 'ghost' ? speaker.person.id : 'bridge';
    switch (event.kind) {
      case 'messageSent':
        this.#shown.set(id, { text: toPlain(event.body), thread: request.thread?.id, reactions: new Set() });
        request.onMade({ part: 0, id: remoteId(id), key: request.key(0) });
        return;
      case 'messageEdited':
        if (about === undefined) throw new Error('an edit of nothing');
        about.text = toPlain(event.body);
        return;
      case 'messageDeleted':
        if (!this.#shown.delete(target[0]?.id ?? '')) throw new Error('a deletion of nothing');
        return;
      case 'reactionAdded':
        if (about === undefined) throw new Error('a reaction to nothing');
        about.reactions.add(`${who} ${event.emoji}`);
        request.onMade({ part: 0, id: remoteId(id), key: request.key(0) });
        return;
      case 'reactionRemoved':
        about?.reactions.delete(`${who} ${event.emoji}`);
        return;
      default:
        throw new Error(`nobody did ${event.kind}`);
    }
  }
}

interface Shown {
  text: string;
  /** The message that its thread began with, as it is called in its room. */
  readonly thread: string | undefined;
  readonly reactions: Set<string>;
}

/** `text | in name of the thread’s first message, where that is shown | who what …`, a line for each message, sorted. */
function linesOf(shown: ReadonlyMap<string, Shown>): readonly string[] {
  return [...shown.values()]
    .map(({ text, thread, reactions }) => {
      const root = shown.get(thread ?? '')?.text.split(' ')[0];
      return [text, ...(root === undefined ? [] : [`in ${root}`]), ...[...reactions].sort()].join(' | ');
    })
    .sort();
}

/** What Slack shows; `seen`: as whom the other side sees somebody react. */
function inSlack({ sandbox, channel }: SlackBench, seen: (user: string) => string): readonly string[] {
  const shown = sandbox.messages(channel).filter(({ subtype }) => subtype === undefined);
  return linesOf(
    new Map(
      shown.map(({ ts, thread_ts: thread, text, reactions = [] }) => [
        String(ts),
        {
          text: String(text),
          thread: thread === ts || typeof thread !== 'string' ? undefined : thread,
          reactions: new Set(
            (reactions as { name: Emoji; users: string[] }[]).flatMap(({ name, users }) =>
              users.map((user) => `${seen(user)} ${emoji[name]}`),
            ),
          ),
        },
      ]),
    ),
  );
}

let house: House;
let bench: SlackBench;
afterEach(async () => {
  await bench.close();
  await house.close();
});

it(`${String(eventCount)} events of Slack, ${String(copies)} times each and shuffled within ${String(spreadMs / 1_000)} s, end in every room as what Slack shows (seed ${String(seed)})`, async () => {
  console.log(`CROSSTALK_DISORDER_SEED=${String(seed)}`);
  const dice = numbersFrom(seed);
  house = await House.open();
  // They come by the test alone, in its order.
  bench = await SlackBench.open({ events: { lost: 1 } });
  const slack = house.network(bench.make());
  const talk = house.network(new ShowingNetwork(leftRoom, 'relay'));
  const matrix = house.network(new ShowingNetwork(rightRoom, 'ghost'));
  expect([talk.account, matrix.account]).toEqual([left, right]);
  const shards = house.shards({ leaseMs: 600_000 });
  await shards.tick();
  const [, ...lanes] = await house.link([{ account: accountId('town'), id: bench.room }, leftRoom, rightRoom]);
  const stop = new AbortController();
  await slack.connect(stop.signal);
  await slack.start({ accept: (payloads) => house.ingest.accept(slack, payloads) }, stop.signal);

  const told: unknown[] = [];
  const unwatch = bench.sandbox.onChange(({ event }) => {
    told.push({ type: 'event_callback', event_id: `Ev${String(told.length)}`, team_id: bench.team, event });
  });
  const crowd = new Crowd(bench, dice);
  while (told.length < eventCount) crowd.act();
  unwatch();
  const shuffled = told
    .flatMap((envelope, at) =>
      Array.from({ length: copies }, () => ({ envelope, atMs: at * eventEveryMs + dice() * spreadMs })),
    )
    .sort((one, other) => one.atMs - other.atMs);

  let isToldAll = false;
  const worker = house.laneWorker(shards, { firstMs: 10, maxMs: 100 });
  const working = lanes.map(async (lane) => {
    for (;;) {
      const wasToldAll = isToldAll;
      await worker.run(await house.lane(lane), () => false, noSignal);
      if (wasToldAll) return;
      await new Promise((done) => setTimeout(done, 5));
    }
  });
  for (let at = 0; at < shuffled.length; at += wave) {
    await Promise.all(shuffled.slice(at, at + wave).map(({ envelope }) => slack.source.receive(envelope)));
  }
  await house.ingest.routeHeld(house.adapters);
  isToldAll = true;
  await Promise.all(working);
  stop.abort();

  expect(
    await house.rows('select state, reason from deliveries where state in ($1, $2)', ['waiting', 'parked']),
  ).toEqual([]);
  expect(await house.rows('select 1 from held')).toEqual([]);
  expect(await house.rows('select count(*)::int as kept from inbox')).toEqual([{ kept: eventCount }]);
  expect(talk.lines).toEqual(inSlack(bench, () => 'bridge'));
  expect(matrix.lines).toEqual(inSlack(bench, (user) => user));
  expect(talk.lines.length).toBeGreaterThan(eventCount / 10);
  expect(talk.lines.filter((line) => line.includes(' | in ')).length).toBeGreaterThan(eventCount / 50);
  await until(() => bench.sandbox.isQuiet);
}, 300_000);
