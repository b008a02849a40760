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
const delivery = '0a'.repeat(16);
const key = Buffer.concat([Buffer.from(delivery, 'hex'), Buffer.alloc(18)]).toString('base64url');

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

describe('WayWatch', () => {
  let talk: Listening;
  let matrix: Listening;
  let noted: Noted | undefined;
  let ways: PageWay[];
  let watch: WayWatch;
  beforeEach(() => {
    talk = new Listening();
    matrix = new Listening();
    noted = undefined;
    ways = [];
    watch = new WayWatch({
      sides: { talk, matrix },
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

  function show(): number {
    matrix.reached({ atMs: 40, key });
    return matrix.ledger.add({ room: '!r', kind: 'message', id: '$1', actor: '@ghost', key }).atMs;
  }

  it('a message is seen as soon as its server has it', () => {
    const seen = write('1');
    expect(watch.way).toEqual({ from: 'talk', message: '1', author: 'Anna', words: 'hello', atMs: { seen } });
  });

  it('its steps are known as soon as the service and the other server tell them, in whatever order', async () => {
    const seen = write('1');
    const shown = show();
    noted = { storedAtMs: 20, routedAtMs: 21, delivery };
    await until(() => watch.way?.atMs.shown !== undefined);
    expect(watch.way?.atMs).toEqual({ seen, stored: 20, routed: 21, sent: 40, shown });
  });

  it('what waits stays where it is until it goes on', async () => {
    write('1');
    noted = { storedAtMs: 20, routedAtMs: 21, delivery };
    await until(() => watch.way?.atMs.routed !== undefined);
    expect(watch.way?.atMs.shown).toBeUndefined();
    show();
    expect(watch.way?.atMs.sent).toBe(40);
  });

  it('a later message takes its place', () => {
    write('1');
    write('2');
    show();
    expect(watch.way).toMatchObject({ message: '2' });
    expect(watch.way?.atMs.shown).toBeUndefined();
  });
});
