import { toPlain } from '../../src/formatting/plain.js';
import type { BridgeEvent, MessageEdited, MessageSent } from '../../src/model/bridge-event.js';
import { MessageRefused, NetworkUnavailable } from '../../src/model/errors.js';
import { piecesOf } from '../../src/model/file-parts.js';
import { type FileRef, remoteId } from '../../src/model/ids.js';
import type { DeliveryRequest } from '../../src/model/network-adapter.js';
import { ParkedDeliveries } from '../../src/workers/parked-deliveries.js';
import { deleted, edited, left, type LinkedHouse, linkedHouse, noSignal, payload, sent } from './house.js';

/** What people see in the room, by its id. */
const shown = new Map<string, string>();
let linked: LinkedHouse;
let made = 0;
/** Called before each request is done. */
let before: (request: DeliveryRequest<BridgeEvent>) => void;

beforeEach(async () => {
  linked = await linkedHouse();
  shown.clear();
  made = 0;
  before = () => undefined;
  const { target } = linked;
  target.able = { maxFileBytes: 1_000_000 };
  target.onSend = (request) => {
    const { event, target: copies } = request;
    request.beforeSend();
    before(request);
    if (event.kind === 'messageSent') say(event, request);
    if (event.kind === 'messageDeleted') for (const { id } of copies) shown.delete(id);
    if (event.kind === 'messageEdited') for (const { id } of copies) shown.set(id, toPlain(event.body));
  };
});
afterEach(() => linked.house.close());

function say({ body, files }: MessageSent, request: DeliveryRequest<BridgeEvent>): void {
  const texts = body.length === 0 ? [] : [toPlain(body)];
  for (const { part, text, file } of piecesOf(texts, files)) {
    if (request.made.some((copy) => copy.part === part)) continue;
    made += 1;
    const id = remoteId(`shown-${String(made)}`);
    const name = file?.instead === undefined ? file?.name : `${file.name}: ${file.instead.why}`;
    const answered = request.replyTo === undefined ? '' : `to ${request.replyTo.id}: `;
    shown.set(id, answered + [text, name].filter((each) => each !== undefined).join(' + '));
    request.onMade({ part, id, key: request.key(part) });
  }
}

let next = 0;
async function happened(...events: BridgeEvent[]): Promise<void> {
  const { house, source } = linked;
  next += 1;
  await house.ingest.accept(source, [payload(String(next), ...events)]);
  await run();
}

async function run(): Promise<void> {
  const { house, shards, lane } = linked;
  await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
}

const file = (name: string, bytes = 7): FileRef => ({ account: left, id: name, name, mime: 'image/png', bytes });
const adding = (text: string, version: string, ...files: FileRef[]): MessageEdited => ({
  ...(edited('1', text, version) as MessageEdited),
  files,
  filesAdded: files.map((each, place) => ({ place, file: each })),
});
const seen = (): string[] => [...shown.values()];

describe('a file that an edit adds', () => {
  it('follows, as an answer to the message, and goes with it', async () => {
    await happened(sent('1'));
    await happened(adding('look', '2', file('a'), file('b')));
    expect(seen()).toEqual(['look', 'to shown-1: a', 'to shown-1: b']);
    await happened(deleted('1', '3'));
    expect(seen()).toEqual([]);
  });

  it('names the message that it is added to, so that it stands where that one does', async () => {
    const { target } = linked;
    await happened(sent('1'));
    await happened(adding('look', '2', file('a')));
    expect(target.requests.at(-2)).toMatchObject({
      event: { kind: 'messageSent', files: [{ name: 'a' }] },
      target: [{ part: 0, id: 'shown-1' }],
    });
  });

  it('to words that stay the same follows too', async () => {
    await happened(sent('1'));
    await happened(adding('text of 1', '2', file('a')));
    expect(seen()).toEqual(['text of 1', 'to shown-1: a']);
  });

  it('is shown once, whatever is edited afterwards', async () => {
    await happened(sent('1'));
    await happened(adding('look', '2', file('a')));
    await happened(adding('look at this', '3', file('a')));
    expect(seen()).toEqual(['look at this', 'to shown-1: a']);
  });

  it('goes where a later edit takes it away', async () => {
    const { target } = linked;
    await happened(sent('1'));
    await happened(adding('look', '2', file('a')));
    await happened({ ...(edited('1', 'look', '3') as MessageEdited), filesGone: [0] });
    expect(target.requests.at(-1)?.lost).toMatchObject({ places: [0], apart: [{ part: 500 }] });
  });

  it('that is too large is told of', async () => {
    await happened(sent('1'));
    await happened(adding('look', '2', file('a', 2_000_000)));
    expect(seen()).toEqual(['look', 'to shown-1: a: this room takes files up to 1.0 MB; it is in made up']);
  });

  it('is not shown twice where the edit broke off behind it', async () => {
    await happened(sent('1'));
    let isBroken = true;
    before = ({ event }) => {
      if (isBroken && event.kind === 'messageEdited') throw new NetworkUnavailable('away', { certainty: 'notSent' });
    };
    await happened(adding('look', '2', file('a')));
    expect(seen()).toEqual(['text of 1', 'to shown-1: a']);
    isBroken = false;
    await linked.house.later();
    await run();
    expect(seen()).toEqual(['look', 'to shown-1: a']);
  });

  it('that a look finds leaves the words to be said', async () => {
    const { house, target } = linked;
    await happened(sent('1'));
    before = ({ event }) => {
      if (event.kind === 'messageEdited') throw new NetworkUnavailable('away', { certainty: 'unknownAfterDisconnect' });
    };
    await happened(adding('look', '2', file('a')));
    before = () => undefined;
    target.onLook = (asked) =>
      Promise.resolve(
        asked.map((each) => {
          const part = each.partOf(house.keys.make(each.delivery, 500)) ?? -1;
          return { delivery: each.delivery, done: [{ part, id: remoteId('shown-2') }] };
        }),
      );
    await house.later();
    await run();
    expect(seen()).toEqual(['look', 'to shown-1: a']);
    expect(await house.states(linked.lane)).toEqual(['delivered', 'delivered']);
  });

  it('to a message that could not be said yet is said with it', async () => {
    before = () => {
      throw new MessageRefused('not now');
    };
    await happened(sent('1'));
    await happened(adding('look', '2', file('a')));
    before = () => undefined;
    await new ParkedDeliveries(linked.house.deliveries, { tell: () => undefined }).retry('all');
    await run();
    expect(seen()).toEqual(['look + a']);
  });
});
