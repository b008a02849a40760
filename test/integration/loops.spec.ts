import fc from 'fast-check';
import type { BridgeEvent } from '../../src/model/bridge-event.js';
import { accountId, remoteId, type RoomRef, roomId, userId, type UserRef } from '../../src/model/ids.js';
import type { DeliveryRequest } from '../../src/model/network-adapter.js';
import type { PortalWiring } from '../../src/model/routing.js';
import { House, MadeUpNetwork, noSignal, payload, sent } from './house.js';

type Direction = PortalWiring['direction'];
type Echoes = 'with the key' | 'without a key';

interface Act {
  readonly link: number;
  readonly room: number;
  readonly kind: 'post' | 'edit' | 'delete' | 'react' | 'unreact';
  /** Which of the messages that were posted in the link. */
  readonly about: number;
  readonly standing: 'person' | 'bot';
}

interface Case {
  /** The directions of the rooms of each link. */
  readonly links: readonly (readonly Direction[])[];
  /** For each account. */
  readonly speakers: readonly ('ghost' | 'relay')[];
  readonly echoes: readonly Echoes[];
  readonly acts: readonly Act[];
}

const accounts = ['first', 'second', 'third', 'fourth'].map(accountId);
/** Nothing that has come to rest goes on: a message, its copies, and the echoes of these. */
const mostRounds = 6;

/** A network where whatever we do is told to us like everything else. */
class EchoingNetwork extends MadeUpNetwork {
  readonly #untold: BridgeEvent[] = [];
  readonly writes: { readonly room: string; readonly text: string; readonly kind: string }[] = [];
  #made = 0;

  constructor(
    account: MadeUpNetwork['account'],
    speaker: 'ghost' | 'relay',
    private readonly echoes: Echoes,
  ) {
    super(account);
    this.able = { speakers: [speaker] };
    this.onSend = (request) => {
      this.#take(request);
    };
  }

  takeEchoes(): BridgeEvent[] {
    return this.#untold.splice(0);
  }

  #take(request: DeliveryRequest<BridgeEvent>): void {
    const { event, room, target, speaker } = request;
    request.beforeSend();
    const text = 'body' in event ? JSON.stringify(event.body) : '';
    this.writes.push({ room, text, kind: event.kind });
    const at: RoomRef = { account: this.account, id: room };
    const id = speaker.as === 'ghost' ? `ghost of ${speaker.person.id}` : 'bridge';
    const actor: UserRef = { account: this.account, id: userId(id), name: 'Bridge', standing: 'ours' };
    const message = { room: at, id: target[0]?.id ?? remoteId('') };
    if (event.kind === 'messageSent') {
      this.#made += 1;
      const made = remoteId(`${room}-made-${String(this.#made)}`);
      const key = request.key(0);
      request.onMade({ part: 0, id: made, key });
      const told = this.echoes === 'with the key' ? { key } : {};
      this.#untold.push({ ...event, room: at, actor, message: { room: at, id: made }, ...told });
    } else if ('message' in event) {
      this.#untold.push({ ...event, room: at, actor, message });
    }
  }
}

let house: House;
let runs = 0;

beforeAll(async () => {
  house = await House.open();
});
afterAll(async () => {
  await house.close();
});

const direction = fc.constantFrom<Direction[]>('both', 'both', 'in', 'out');
const anyCase: fc.Arbitrary<Case> = fc.record({
  links: fc.array(fc.array(direction, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 2 }),
  speakers: fc.array(fc.constantFrom<('ghost' | 'relay')[]>('ghost', 'relay'), { minLength: 4, maxLength: 4 }),
  echoes: fc.array(fc.constantFrom<Echoes[]>('with the key', 'without a key'), { minLength: 4, maxLength: 4 }),
  acts: fc.array(
    fc.record({
      link: fc.nat(1),
      room: fc.nat(3),
      kind: fc.constantFrom<Act['kind'][]>('post', 'post', 'edit', 'delete', 'react', 'unreact'),
      about: fc.nat(5),
      standing: fc.constantFrom<Act['standing'][]>('person', 'bot'),
    }),
    { minLength: 1, maxLength: 12 },
  ),
});

/** Links of this run, in rooms of their own. */
class Conversation {
  readonly rooms: readonly (readonly RoomRef[])[];
  readonly #networks: readonly EchoingNetwork[];
  readonly #posted = new Map<number, { readonly room: RoomRef; readonly id: string }[]>();
  #lanes: readonly string[] = [];
  #told = 0;
  /** What each room may be sent at most. */
  readonly allowed = new Map<string, number>();
  /** What each room must be sent: the words of people elsewhere. */
  readonly owed = new Map<string, string[]>();
  readonly texts = new Map<string, RoomRef>();

  constructor(private readonly given: Case) {
    runs += 1;
    this.rooms = given.links.map((directions, link) =>
      directions.map((_, at) => ({
        account: accounts[at] ?? accountId('none'),
        id: roomId(`${String(runs)}-${String(link)}-${String(at)}`),
      })),
    );
    this.#networks = accounts.map((account, at) =>
      house.network(new EchoingNetwork(account, given.speakers[at] ?? 'relay', given.echoes[at] ?? 'with the key')),
    );
  }

  get writes(): EchoingNetwork['writes'] {
    return this.#networks.flatMap(({ writes }) => writes);
  }

  async begin(): Promise<void> {
    const links = this.rooms.map((rooms, link) => ({
      key: `run-${String(runs)}-${String(link)}`,
      portals: rooms.map(({ account, id }, at) => ({
        account,
        wanted: { room: id },
        direction: this.given.links[link]?.[at] ?? ('both' as const),
      })),
    }));
    await house.links.declare(links);
    const lanes: string[] = [];
    for (const { account, id } of this.rooms.flat()) {
      const waiting = await house.links.unresolved(account);
      const portal = waiting.find(({ wanted }) => 'room' in wanted && wanted.room === id)?.portal ?? '';
      await house.links.resolved(portal, account, id);
      lanes.push(portal);
    }
    this.#lanes = lanes;
  }

  async act(act: Act): Promise<void> {
    const rooms = this.rooms[act.link % this.rooms.length] ?? [];
    const link = act.link % this.rooms.length;
    const at = act.room % rooms.length;
    const room = rooms[at];
    const posted = this.#posted.get(link) ?? [];
    const about = posted[act.about % Math.max(1, posted.length)];
    if (room === undefined || (act.kind !== 'post' && about === undefined)) return;
    const where = act.kind === 'post' ? room : (about?.room ?? room);
    const event = this.#event(act, where, about?.id ?? '');
    for (const target of this.#targets(link, where)) {
      this.allowed.set(target, (this.allowed.get(target) ?? 0) + 1);
      if (event.kind !== 'messageSent' || act.standing !== 'person') continue;
      this.owed.set(target, [...(this.owed.get(target) ?? []), JSON.stringify(event.body)]);
    }
    await this.#tell(where, event);
    if (act.kind === 'post') this.#posted.set(link, [...posted, { room, id: `said-${String(this.#told)}` }]);
  }

  /** Until nobody has anything to tell. */
  async rest(): Promise<void> {
    const shards = house.shards();
    await shards.tick();
    for (let round = 0; ; round += 1) {
      for (const lane of this.#lanes) {
        await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
      }
      const echoes = this.#networks.flatMap((network) => network.takeEchoes());
      if (echoes.length === 0) break;
      if (round >= mostRounds) throw new Error(`it goes round and round: ${JSON.stringify(this.writes)}`);
      for (const event of echoes) await this.#tell(event.room, event);
    }
    await shards.release();
  }

  #event(act: Act, room: RoomRef, about: string): BridgeEvent {
    const actor: UserRef = { account: room.account, id: userId('anna'), name: 'Anna', standing: act.standing };
    const message = { room, id: remoteId(about) };
    const at = new Date().toISOString();
    const version = String(this.#told + 1);
    const body = [
      { type: 'paragraph' as const, content: [{ type: 'text' as const, text: `words ${String(runs)}.${version}` }] },
    ];
    switch (act.kind) {
      case 'post':
        this.texts.set(JSON.stringify(body), room);
        return sent(`said-${version}`, { actor, at, body }, room);
      case 'edit':
        return { kind: 'messageEdited', room, actor, at, message, body, style: 'text', version };
      case 'delete':
        return { kind: 'messageDeleted', room, actor, at, message, version };
      case 'react':
        return { kind: 'reactionAdded', room, actor, at, message, emoji: '👍', version };
      case 'unreact':
        return { kind: 'reactionRemoved', room, actor, at, message, emoji: '👍', version };
    }
  }

  /** The rooms to which a link takes what is done in one. */
  #targets(link: number, from: RoomRef): string[] {
    const rooms = this.rooms[link] ?? [];
    const directions = this.given.links[link] ?? [];
    if (directions[rooms.findIndex(({ id }) => id === from.id)] === 'in') return [];
    return rooms.flatMap(({ id }, at) => (id !== from.id && directions[at] !== 'out' ? [id] : []));
  }

  async #tell(room: RoomRef, event: BridgeEvent): Promise<void> {
    this.#told += 1;
    const network = house.adapters.get(room.account);
    if (network === undefined) throw new Error(`nobody is ${room.account}`);
    await house.ingest.accept(network, [payload(`${String(runs)}/${String(this.#told)}`, event)]);
  }
}

it('each room is sent what people say elsewhere in its link, and no more than was done there, nothing comes back to where it was said, and all comes to rest', async () => {
  await fc.assert(
    fc.asyncProperty(anyCase, async (given) => {
      const conversation = new Conversation(given);
      await conversation.begin();
      for (const act of given.acts) await conversation.act(act);
      await conversation.rest();
      const { writes, allowed, texts } = conversation;
      for (const room of conversation.rooms.flat()) {
        const here = writes.filter((write) => write.room === room.id);
        expect(here.length).toBeLessThanOrEqual(allowed.get(room.id) ?? 0);
        const words = here.filter(({ kind }) => kind === 'messageSent').map(({ text }) => text);
        expect(words).toHaveLength(new Set(words).size);
        expect(words.filter((text) => texts.get(text)?.id === room.id)).toEqual([]);
        expect((conversation.owed.get(room.id) ?? []).filter((text) => !words.includes(text))).toEqual([]);
      }
    }),
    { numRuns: Number(process.env['CROSSTALK_PROPERTY_RUNS'] ?? 200) },
  );
}, 300_000);
