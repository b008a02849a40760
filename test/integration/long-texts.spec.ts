import { toPlain } from '../../src/formatting/plain.js';
import type { BridgeEvent, MessageSent } from '../../src/model/bridge-event.js';
import { MessageRefused, NetworkUnavailable } from '../../src/model/errors.js';
import { piecesOf, textFilePart } from '../../src/model/file-parts.js';
import { remoteId } from '../../src/model/ids.js';
import type { DeliveryRequest } from '../../src/model/network-adapter.js';
import { deleted, edited, type LinkedHouse, linkedHouse, noSignal, payload, sent } from './house.js';

/** What people see in the room, by its id. */
const shown = new Map<string, string>();
let linked: LinkedHouse;
let made = 0;
/** Called before each piece. */
let beforePiece: (request: DeliveryRequest<BridgeEvent>, part: number) => void;
/** Called when all pieces are said. */
let afterPieces: (event: MessageSent) => void;

beforeEach(async () => {
  linked = await linkedHouse();
  shown.clear();
  made = 0;
  beforePiece = () => undefined;
  afterPieces = () => undefined;
  const { target } = linked;
  target.maxTextChars = 120;
  target.able = { maxTextMessages: 2, maxFileBytes: 1_000_000 };
  target.onSend = (request) => {
    const { event, target: copies } = request;
    request.beforeSend();
    if (event.kind === 'messageSent') say(event, request);
    if (event.kind === 'messageDeleted') {
      beforePiece(request, copies.at(0)?.part ?? 0);
      for (const { id } of copies) shown.delete(id);
    }
    if (event.kind === 'messageEdited') for (const { id } of copies) shown.set(id, toPlain(event.body));
  };
});
afterEach(() => linked.house.close());

function say(event: MessageSent, request: DeliveryRequest<BridgeEvent>): void {
  const { body, files } = event;
  for (const { part, text = '', file } of piecesOf(toPlain(body).match(/.{1,120}(?:\s|$)/gs) ?? [], files)) {
    if (request.made.some((copy) => copy.part === part)) continue;
    beforePiece(request, part);
    made += 1;
    const id = remoteId(`shown-${String(made)}`);
    shown.set(id, file?.text === undefined ? text : `[${file.text}]`);
    request.onMade({ part, id, key: request.key(part) });
  }
  afterPieces(event);
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

const long = (word: string): string => `${word} `.repeat(60).trim();
const beginning = (word: string): string => `${word} ${word}\n… (message.md)`;
const body = (text: string): MessageSent['body'] => [{ type: 'paragraph', content: [{ type: 'text', text }] }];
const parts = async (): Promise<number[]> => {
  const { house, lane } = linked;
  const rows = await house.rows<{ part: number }>(`select part from copies where portal = $1 order by part`, [lane]);
  return rows.map(({ part }) => part);
};

describe('a text that is too long for its room', () => {
  beforeEach(async () => {
    await happened(sent('1', { body: body(long('first')) }));
  });

  it('stands in a file behind its beginning', async () => {
    expect([...shown.values()]).toEqual([beginning('first'), `[${long('first')}]`]);
    expect(await parts()).toEqual([0, textFilePart]);
  });

  it('that is edited stands in another file, with what corrects it, and the old one is gone', async () => {
    await happened(edited('1', long('other'), '2'));
    expect([...shown.values()]).toEqual([beginning('first'), '✏️ other\n… (message.md)', `[✏️ ${long('other')}]`]);
    await happened(edited('1', long('third'), '3'));
    expect([...shown.values()].filter((each) => each.startsWith('['))).toEqual([`[✏️ ${long('third')}]`]);
    await happened(deleted('1', '4'));
    expect([...shown.values()]).toEqual([]);
  });

  it('that becomes a short one is no file any more', async () => {
    await happened(edited('1', 'short', '2'));
    expect([...shown.values()]).toEqual(['short']);
    expect(await parts()).toEqual([0]);
  });

  it('goes with its file', async () => {
    await happened(deleted('1', '2'));
    expect([...shown.values()]).toEqual([]);
  });

  it('keeps the file of its old words where the room lets nobody delete it, which is told', async () => {
    beforePiece = (_, part) => {
      if (part === textFilePart) throw new MessageRefused('too old to be deleted');
    };
    await happened(edited('1', 'short', '2'));
    expect([...shown.values()]).toEqual(['short', `[${long('first')}]`]);
    expect(await linked.house.states(linked.lane)).toEqual(['delivered', 'parked: too old to be deleted']);
  });
});

it('a short text that becomes a long one is corrected by a file', async () => {
  await happened(sent('1'));
  await happened(edited('1', long('long'), '2'));
  expect([...shown.values()]).toEqual(['text of 1', '✏️ long long\n… (message.md)', `[✏️ ${long('long')}]`]);
});

it.each([
  ['its beginning', 0],
  ['its file', textFilePart],
])('what broke off before %s is finished, and nothing is said twice', async (_, brokenAt) => {
  let isBroken = true;
  beforePiece = (_request, part) => {
    if (isBroken && part === brokenAt) throw new NetworkUnavailable('away', { certainty: 'notSent' });
  };
  await happened(sent('1', { body: body(long('first')) }));
  isBroken = false;
  await linked.house.later();
  await run();
  expect([...shown.values()]).toEqual([beginning('first'), `[${long('first')}]`]);
});

it('an edit that broke off before its new file keeps what it made of it', async () => {
  await happened(sent('1', { body: body(long('first')) }));
  let isBroken = true;
  beforePiece = ({ event }, part) => {
    if (isBroken && event.kind === 'messageSent' && part === textFilePart)
      throw new NetworkUnavailable('away', { certainty: 'notSent' });
  };
  await happened(edited('1', long('other'), '2'));
  isBroken = false;
  await linked.house.later();
  await run();
  expect([...shown.values()]).toEqual([beginning('first'), '✏️ other\n… (message.md)', `[✏️ ${long('other')}]`]);
});

describe('where the settings change between two attempts', () => {
  const anyNumber = { maxFileBytes: 1_000_000 };
  const ofTwo = { maxTextMessages: 2, maxFileBytes: 1_000_000 };
  const away = (): never => {
    throw new NetworkUnavailable('away', { certainty: 'notSent' });
  };
  /** Tried once more, by a service with these settings, when nothing is in the way any more. */
  const again = async (able: typeof linked.target.able): Promise<void> => {
    beforePiece = () => undefined;
    afterPieces = () => undefined;
    linked.target.able = able;
    await linked.house.later();
    await run();
    expect(new Set(await linked.house.states(linked.lane))).toEqual(new Set(['delivered']));
  };

  it('what was begun as messages ends as messages', async () => {
    linked.target.able = anyNumber;
    beforePiece = (_, part) => (part === 2 ? away() : undefined);
    await happened(sent('1', { body: body(long('first')) }));
    expect(shown.size).toBe(2);
    await again(ofTwo);
    expect([...shown.values()].join('')).toBe(long('first'));
  });

  it.each([
    ['any number of messages', anyNumber],
    ['no file of that size', { ...ofTwo, maxFileBytes: 10 }],
  ])('what stands as a file is not said as messages too: to %s', async (_, able) => {
    afterPieces = away;
    await happened(sent('1', { body: body(long('first')) }));
    await again(able);
    expect([...shown.values()]).toEqual([beginning('first'), `[${long('first')}]`]);
  });

  it('what was corrected by a file is not edited too', async () => {
    await happened(sent('1'));
    afterPieces = away;
    await happened(edited('1', long('long'), '2'));
    await again(anyNumber);
    expect([...shown.values()]).toEqual(['text of 1', '✏️ long long\n… (message.md)', `[✏️ ${long('long')}]`]);
  });
});
