import type { BridgeEvent, MessageEdited, MessageSent } from '../../src/model/bridge-event.js';
import { MessageRefused } from '../../src/model/errors.js';
import { isFirstLost, lostApart, piecesOf } from '../../src/model/file-parts.js';
import { accountId, type FileRef, remoteId, roomId, type RoomRef, userId } from '../../src/model/ids.js';
import type { DeliveryRequest } from '../../src/model/network-adapter.js';
import { toPlain } from '../../src/formatting/plain.js';
import { ParkedDeliveries } from '../../src/workers/parked-deliveries.js';
import type { Shards } from '../../src/workers/shards.js';
import {
  edited,
  House,
  left,
  leftRoom,
  MadeUpNetwork,
  noSignal,
  payload,
  person,
  refOf,
  right,
  sent,
} from './house.js';

const third = accountId('third');
const rightRoom: RoomRef = { account: right, id: roomId('b') };
const thirdRoom: RoomRef = { account: third, id: roomId('c') };

/** A network that shows each piece of a text and each file for itself, or all of the files together, as the origin does. */
class ShowingNetwork extends MadeUpNetwork {
  readonly shown = new Map<string, string>();
  /** What our account may not do: throws. */
  may: (request: DeliveryRequest<BridgeEvent>) => void = () => undefined;
  override able = { maxFileBytes: 1_000_000 };

  constructor(
    readonly room: RoomRef,
    private readonly pieceChars: number,
    private readonly files: 'apart' | 'together' = 'apart',
  ) {
    super(room.account);
    this.onSend = (request) => {
      request.beforeSend();
      this.may(request);
      this.#act(request);
    };
  }

  /** People see this, in its order. */
  get seen(): string[] {
    return [...this.shown.values()];
  }

  idOf(what: string): string {
    return [...this.shown].find(([, each]) => each === what)?.[0] ?? '';
  }

  #act(request: DeliveryRequest<BridgeEvent>): void {
    const { event, target, lost } = request;
    if (event.kind === 'messageSent') this.#say(event, request);
    if (event.kind === 'messageDeleted') for (const { id } of target) this.shown.delete(id);
    if (event.kind !== 'messageEdited' || this.files === 'together') return;
    const first = lost !== undefined && isFirstLost(lost) ? target.filter(({ part }) => part === 0) : [];
    for (const copy of lost === undefined ? [] : [...first, ...lostApart(lost)]) {
      this.shown.delete(copy.id);
      request.onGone(copy);
    }
    if (lost?.words === 'same') return;
    const [words] = target;
    if (words !== undefined) this.shown.set(words.id, toPlain(event.body));
  }

  #say({ body, files }: MessageSent, request: DeliveryRequest<BridgeEvent>): void {
    const text = toPlain(body);
    const texts = text.match(new RegExp(`.{1,${String(this.pieceChars)}}`, 'gsu')) ?? [];
    for (const { part, text: words, file } of piecesOf(texts, files)) {
      const id = remoteId(`${this.room.account}-${String(this.shown.size)}-${String(part)}`);
      const name = file?.instead === undefined ? file?.name : `${file.name}: ${file.instead.why}`;
      this.shown.set(id, [words, name].filter((each) => each !== undefined).join(' + '));
      request.onMade({ part, id, key: request.key(part) });
    }
  }
}

let house: House;
let shards: Shards;
let slack: ShowingNetwork;
let talk: ShowingNetwork;
let matrix: ShowingNetwork;
let lanes: string[];

beforeEach(async () => {
  house = await House.open();
  slack = house.network(new ShowingNetwork(leftRoom, 4, 'together'));
  talk = house.network(new ShowingNetwork(rightRoom, 10));
  matrix = house.network(new ShowingNetwork(thirdRoom, 1000));
  shards = house.shards();
  await shards.tick();
  lanes = await house.link([leftRoom, rightRoom, thirdRoom]);
});
afterEach(() => house.close());

let next = 0;
async function happened(network: ShowingNetwork, ...events: BridgeEvent[]): Promise<void> {
  next += 1;
  await house.ingest.accept(network, [payload(String(next), ...events)]);
  await run();
}

async function run(): Promise<void> {
  for (const lane of lanes) await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
}

const file = (name: string): FileRef => ({ account: left, id: name, name, mime: 'image/png', bytes: 7 });
const said = (text: string): MessageSent['body'] => [{ type: 'paragraph', content: [{ type: 'text', text }] }];
const files = (text?: string): MessageSent =>
  sent('1', { files: ['a', 'b', 'c'].map(file), body: text === undefined ? [] : said(text) });

/** A moderator, who is nobody's author, deletes what people see as this. */
const deletes = ({ room }: ShowingNetwork, id: string): BridgeEvent => ({
  kind: 'messageDeleted',
  room,
  actor: { ...person(room), id: userId('moderator') },
  at: '2026-01-02T03:04:07.000Z',
  message: refOf(room, id),
  version: '77',
});
async function deletedIn(network: ShowingNetwork, what: string): Promise<void> {
  const id = network.idOf(what);
  network.shown.delete(id);
  await happened(network, deletes(network, id));
}

const isTheirs = ({ event }: DeliveryRequest<BridgeEvent>): void => {
  if (event.kind === 'messageEdited' && event.words === 'same') throw new MessageRefused('cant_delete_file');
  if (event.kind === 'messageDeleted') throw new MessageRefused('cant_delete_message');
};
const partsOf = async (of: number): Promise<number[]> => {
  const rows = await house.rows<{ part: number }>(`select part from copies where portal = $1 order by part`, [
    lanes[of],
  ]);
  return rows.map(({ part }) => part);
};

describe('one of several files', () => {
  it.each<[string, () => ShowingNetwork, string, string[]]>([
    ['the second, in Talk', () => talk, 'b', ['a', 'c']],
    ['the first, in Talk', () => talk, 'a', ['b', 'c']],
    ['the second, in Matrix', () => matrix, 'b', ['a', 'c']],
    ['the first, in Matrix', () => matrix, 'a', ['b', 'c']],
    ['the last, in Matrix', () => matrix, 'c', ['a', 'b']],
  ])('goes alone from every room: %s', async (_, network, what, stay) => {
    await happened(slack, files());
    expect([talk.seen, matrix.seen]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
    await deletedIn(network(), what);
    expect([talk.seen, matrix.seen]).toEqual([stay, stay]);
    expect([await partsOf(1), await partsOf(2)].map(({ length }) => length)).toEqual([2, 2]);
    // The origin's room has one copy, which shows them all.
    const [asked] = slack.requests;
    expect(asked?.lost).toMatchObject({ places: [['a', 'b', 'c'].indexOf(what)], words: 'same' });
    expect(await house.rows(`select 1 from messages where deleted_at is not null`)).toEqual([]);
  });

  it('stays where it is not ours to delete, which is told', async () => {
    slack.may = isTheirs;
    await happened(slack, files());
    // Whatever was said since: numbers of rows are older than times.
    await happened(slack, edited('1', 'here they are', '1767323046000000'));
    await deletedIn(talk, 'b');
    expect(await house.states(lanes[0] ?? '')).toEqual(['parked: cant_delete_file']);
    expect([talk.seen, matrix.seen]).toEqual([
      ['here they are', 'c'],
      ['here they are', 'c'],
    ]);
    slack.may = () => undefined;
    const retried = await new ParkedDeliveries(house.deliveries, { tell: () => undefined }).retry('all');
    expect(retried.map(({ became }) => became)).toEqual(['put at the end of its lane']);
    await run();
    expect(slack.requests.at(-1)?.lost).toMatchObject({ places: [1] });
  });

  it('is not brought back by what is said of the message afterwards', async () => {
    slack.may = isTheirs;
    await happened(slack, files());
    await deletedIn(talk, 'b');
    const all = ['a', 'b', 'c'].map(file);
    await happened(slack, { ...(edited('1', 'all three', '5') as MessageEdited), files: all });
    await happened(slack, {
      ...(edited('1', 'all of them', '6') as MessageEdited),
      files: all,
      filesGone: [1],
    });
    const [inbox] = await house.rows<{ id: string }>(`select id from inbox order by id limit 1`);
    const body = Buffer.from(JSON.stringify({ events: [files()] }));
    await house.ingest.replay(slack, { id: inbox?.id ?? '', account: left, body } as never);
    await run();
    expect([talk.seen, matrix.seen]).toEqual([
      ['all of them', 'c'],
      ['all of them', 'c'],
    ]);
  });

  it('after the other goes alone too, and the last one is the message', async () => {
    await happened(slack, files());
    await deletedIn(talk, 'b');
    await deletedIn(matrix, 'a');
    expect([talk.seen, matrix.seen]).toEqual([['c'], ['c']]);
    await deletedIn(talk, 'c');
    expect([talk.seen, matrix.seen]).toEqual([[], []]);
    expect(slack.requests.at(-1)?.event.kind).toBe('messageDeleted');
    expect(await house.rows(`select 1 from messages where deleted_at is not null`)).toHaveLength(1);
  });

  it('that two people delete at the same time goes once', async () => {
    await happened(slack, files());
    const inTalk = deletes(talk, talk.idOf('b'));
    const inMatrix = deletes(matrix, matrix.idOf('b'));
    talk.shown.delete(talk.idOf('b'));
    matrix.shown.delete(matrix.idOf('b'));
    await house.ingest.accept(talk, [payload('in talk', inTalk)]);
    await house.ingest.accept(matrix, [payload('in matrix', inMatrix)]);
    await run();
    expect([talk.seen, matrix.seen]).toEqual([
      ['a', 'c'],
      ['a', 'c'],
    ]);
    expect([await partsOf(1), await partsOf(2)]).toEqual([
      [0, 502],
      [0, 502],
    ]);
  });

  it('beside one that has the words as its caption goes alone', async () => {
    await happened(slack, files('look'));
    await deletedIn(matrix, 'b');
    expect([talk.seen, matrix.seen]).toEqual([
      ['look + a', 'c'],
      ['look + a', 'c'],
    ]);
  });

  it('whose words stand apart goes alone, and has them as its caption no more', async () => {
    await happened(slack, files('look at all of these'));
    await deletedIn(talk, 'a');
    expect(talk.seen).toEqual(['look at al', 'l of these', 'b', 'c']);
    expect(matrix.requests.at(-1)?.lost).toMatchObject({ places: [0], words: 'same', hasWords: true });
  });

  it('is told of in its place where the message could not be said yet', async () => {
    matrix.may = () => {
      throw new MessageRefused('not now');
    };
    await happened(slack, files());
    await deletedIn(talk, 'b');
    matrix.may = () => undefined;
    await new ParkedDeliveries(house.deliveries, { tell: () => undefined }).retry('all');
    await run();
    expect(matrix.seen).toEqual(['a', 'b: it was deleted', 'c']);
  });
});

describe('words', () => {
  it('of which somebody deletes a part go everywhere, the other parts in the room too', async () => {
    await happened(matrix, sent('1', { body: said('nine thousand') }, thirdRoom));
    expect([slack.seen, talk.seen]).toEqual([
      ['nine', ' tho', 'usan', 'd'],
      ['nine thous', 'and'],
    ]);
    await deletedIn(talk, 'and');
    expect([slack.seen, talk.seen]).toEqual([[], []]);
    expect(matrix.requests.map(({ event }) => event.kind)).toEqual(['messageDeleted']);
    // What somebody deleted is not deleted once more.
    expect(talk.requests.at(-1)?.target.map(({ part }) => part)).toEqual([0]);
  });

  it('of which a part is deleted while the others are still said go with those', async () => {
    await house.ingest.accept(matrix, [payload('said', sent('1', { body: said('nine thousand') }, thirdRoom))]);
    const { onSend } = talk;
    talk.onSend = async (request, signal) => {
      await onSend(request, signal);
      if (request.event.kind !== 'messageSent') return;
      // Somebody is quicker than we are: the part came back, and is deleted, before any is written down.
      const id = talk.idOf('nine thous');
      const ours = { ...person(rightRoom, 'ours'), id: userId('bridge') };
      const echo: BridgeEvent = { ...sent(id, {}, rightRoom), actor: ours, key: request.key(0) };
      await house.ingest.accept(talk, [payload('echo', echo)]);
      talk.shown.delete(id);
      await house.ingest.accept(talk, [payload('deleted', deletes(talk, id))]);
    };
    await run();
    await run();
    expect([slack.seen, talk.seen]).toEqual([[], []]);
  });

  it('that are a caption take the message with them', async () => {
    await happened(slack, files('look'));
    await deletedIn(talk, 'look + a');
    expect([talk.seen, matrix.seen]).toEqual([[], []]);
    expect(slack.requests.map(({ event }) => event.kind)).toEqual(['messageDeleted']);
  });

  it('in one part are deleted once, as ever', async () => {
    await happened(slack, sent('1', { body: said('short') }));
    await deletedIn(talk, 'short');
    expect(matrix.seen).toEqual([]);
    expect(await house.states(lanes[1] ?? '')).toEqual(['delivered']);
  });
});
