import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger } from './ledger.js';
import type { PageWay } from './page.types.js';
import type { Noted } from './service-database.js';
import type { Reached, SideMessage } from './side.js';
import { WayWatch } from './way-watch.js';

class Listening {
  readonly ledger = new Ledger();
  reached: (reached: Reached) => void = () => undefined;
  onReached(listener: (reached: Reached) => void): void {
    this.reached = listener;
  }
}

const message = (id: string): SideMessage => ({
  kind: 'message',
  id,
  author: { id: 'anna', name: 'Anna' },
  origin: 'here',
  atMs: 1,
  text: ['hello'],
  style: 'usual',
  isEdited: false,
  reactions: [],
});
const deliveryTo = { matrix: '0a'.repeat(16), slack: '0b'.repeat(16) } as const;
const keyOf = (delivery: string): string =>
  Buffer.concat([Buffer.from(delivery, 'hex'), Buffer.alloc(18)]).toString('base64url');
const stored: Noted = {
  storedAtMs: 20,
  routedAtMs: 21,
  deliveries: Object.entries(deliveryTo).map(([account, delivery]) => ({ account, delivery })),
};

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

describe('WayWatch', () => {
  let talk: Listening;
  let matrix: Listening;
  let slack: Listening;
  let noted: Noted | undefined;
  let ways: PageWay[];
  let watch: WayWatch;
  beforeEach(() => {
    talk = new Listening();
    matrix = new Listening();
    slack = new Listening();
    noted = undefined;
    ways = [];
    watch = new WayWatch({
      sides: { talk, matrix, slack },
      noted: () => Promise.resolve(noted),
      onWay: (way) => ways.push(way),
    });
  });
  afterEach(() => watch.stop());

  function write(id: string): number {
    const { atMs } = talk.ledger.add({ room: 'r', kind: 'message', id, actor: 'users/anna', text: 'hello' });
    watch.begin('talk', message(id));
    return atMs;
  }

  /** Slack's calls do not show their key before they are taken. */
  function show(to: 'matrix' | 'slack', reachedAtMs = 40): number {
    const key = keyOf(deliveryTo[to]);
    const side = { matrix, slack }[to];
    side.reached({ atMs: reachedAtMs, ...(to === 'matrix' ? { key } : {}) });
    return side.ledger.add({ room: '!r', kind: 'message', id: '$1', actor: '@ghost', key }).atMs;
  }
  const shownIn = (to: string): number | undefined => watch.way?.copies.find((copy) => copy.to === to)?.atMs.shown;

  it('a message is seen as soon as its server has it', () => {
    const seen = write('1');
    expect(watch.way).toEqual({
      from: 'talk',
      message: '1',
      author: 'Anna',
      words: 'hello',
      atMs: { seen },
      copies: [
        { to: 'matrix', atMs: {} },
        { to: 'slack', atMs: {} },
      ],
    });
  });

  it('the steps of both copies are known as soon as the service and the other servers tell them, in whatever order', async () => {
    const seen = write('1');
    const shown = { matrix: show('matrix', 40), slack: 0 };
    noted = stored;
    await until(() => shownIn('matrix') !== undefined);
    expect(shownIn('slack')).toBeUndefined();
    shown.slack = show('slack', 50);
    expect(watch.way).toMatchObject({
      atMs: { seen, stored: 20, routed: 21 },
      copies: [
        { to: 'matrix', atMs: { sent: 40, shown: shown.matrix } },
        { to: 'slack', atMs: { sent: 50, shown: shown.slack } },
      ],
    });
  });

  it('what waits stays where it is until it goes on', async () => {
    write('1');
    noted = stored;
    await until(() => watch.way?.atMs.routed !== undefined);
    expect(watch.way?.copies.map(({ atMs }) => atMs)).toEqual([{}, {}]);
    show('matrix');
    expect(watch.way?.copies[0]).toMatchObject({ atMs: { sent: 40 } });
  });

  it('a later message takes its place', () => {
    write('1');
    write('2');
    show('matrix');
    expect(watch.way).toMatchObject({ message: '2' });
    expect(shownIn('matrix')).toBeUndefined();
  });
});
