import { PageFeed } from './page-feed.js';
import type { PageEvent, PageState } from './page.types.js';

const side = {
  network: 'Network',
  room: 'Team',
  people: [],
  can: { threads: 'byReply' } as const,
  members: [],
  entries: [],
};
const whole: PageState = {
  service: { state: 'ready' },
  sides: { talk: side, matrix: side, slack: side },
  counts: [],
};
const note = (id: string, words = id): PageEvent => ({
  type: 'entry',
  side: 'slack',
  entry: { kind: 'note', id, atMs: 0, note: { what: 'other', words } },
});

describe('PageFeed', () => {
  let feed: PageFeed;
  beforeEach(() => {
    feed = new PageFeed(() => whole);
  });

  it('begins with the whole, and what came before is in it', () => {
    feed.add(note('1'));
    expect(feed.take()).toEqual([{ type: 'state', state: whole }]);
    expect(feed.isEmpty).toBe(true);
    expect(feed.take()).toEqual([]);
  });

  it('tells the last form of each entry, in the order in which they came', () => {
    feed.take();
    for (const event of [note('1'), note('2'), note('1', 'new')]) feed.add(event);
    feed.add({ type: 'service', service: { state: 'gone' } });
    feed.add({ type: 'service', service: { state: 'restarting' } });
    expect(feed.take()).toEqual([note('1', 'new'), note('2'), { type: 'service', service: { state: 'restarting' } }]);
  });

  it('of a room that was cleared tells what came after that', () => {
    feed.take();
    for (const event of [note('1'), { type: 'cleared', side: 'slack' } as const, note('2')]) feed.add(event);
    expect(feed.take()).toEqual([{ type: 'cleared', side: 'slack' }, note('2')]);
  });

  it('tells the whole anew to whoever is far behind', () => {
    feed.take();
    for (let at = 0; at < 5000; at += 1) feed.add(note(String(at)));
    expect(feed.take()).toEqual([{ type: 'state', state: whole }]);
    feed.add(note('later'));
    expect(feed.take()).toEqual([note('later')]);
  });
});
