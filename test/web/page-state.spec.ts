import type { PageEntry, PageMessage, PageState } from '../../src/sandbox/page.types.js';
import { groupsOf } from '../../web/src/entry-groups.js';
import { changed, firstView, type View } from '../../web/src/page-state.js';

const message = (id: string, text = id, more: Partial<PageMessage> = {}): PageMessage => ({
  kind: 'message',
  id,
  author: { id: 'anna', name: 'Anna' },
  origin: 'here',
  atMs: 0,
  text: [text],
  style: 'usual',
  isEdited: false,
  reactions: [],
  ...more,
});
const note = (id: string): PageEntry => ({ kind: 'note', id, atMs: 0, note: { what: 'joined', actor: 'Mia' } });
const side = { network: 'Network', room: 'Team', people: [], members: [], entries: [] };
const none = { written: 0, arrived: 0, lost: 0, doubled: 0 };
const state: PageState = {
  service: { state: 'starting' },
  sides: { talk: side, matrix: side },
  counts: { talk: none, matrix: none },
};
const live = changed(firstView, { type: 'state', state });
const idsOn = (view: View, name: 'talk' | 'matrix'): string[] => view.board!.sides[name].entries.map(({ id }) => id);

describe('the page', () => {
  it('is live as soon as it has heard the whole', () => {
    expect(live).toMatchObject({ connection: 'live', board: state });
  });

  it('keeps what it shows while the connection is lost', () => {
    expect(changed(live, { type: 'connection', connection: 'lost' })).toMatchObject({
      connection: 'lost',
      board: state,
    });
  });

  it('a new entry comes last, a known one changes in its place', () => {
    let view = live;
    for (const id of ['1', '2']) view = changed(view, { type: 'entry', side: 'talk', entry: message(id) });
    view = changed(view, { type: 'entry', side: 'talk', entry: message('1', 'new words') });
    expect(idsOn(view, 'talk')).toEqual(['1', '2']);
    expect(view.board!.sides.talk.entries[0]).toMatchObject({ text: ['new words'] });
    expect(idsOn(changed(view, { type: 'cleared', side: 'talk' }), 'talk')).toEqual([]);
  });

  it('counts new messages, and nothing else, of the panel that is not shown, until it is', () => {
    let view = live;
    for (const id of ['1', '2', '2']) view = changed(view, { type: 'entry', side: 'matrix', entry: message(id) });
    view = changed(view, { type: 'entry', side: 'matrix', entry: note('4') });
    view = changed(view, { type: 'entry', side: 'talk', entry: message('3') });
    expect(view.unseen).toEqual({ talk: 0, matrix: 2 });
    expect(changed(view, { type: 'shown', side: 'matrix' }).unseen).toEqual({ talk: 0, matrix: 0 });
  });

  it('follows the service, the counts, the members and the last message’s way', () => {
    const way = { from: 'talk', message: '1', author: 'Anna', words: 'hi', atMs: { seen: 1 } } as const;
    let view = changed(live, { type: 'service', service: { state: 'gone' } });
    view = changed(view, { type: 'counts', counts: { talk: { ...none, written: 1 }, matrix: none } });
    view = changed(view, { type: 'members', side: 'talk', members: [{ id: 'anna', name: 'Anna' }] });
    view = changed(view, { type: 'way', way });
    expect(view.board).toMatchObject({
      service: { state: 'gone' },
      counts: { talk: { written: 1 } },
      sides: { talk: { members: [{ id: 'anna' }] } },
      way,
    });
  });

  it('what comes before the whole changes nothing', () => {
    expect(changed(firstView, { type: 'service', service: { state: 'ready' } })).toEqual(firstView);
  });
});

describe('a timeline', () => {
  it('a person who goes on in one breath is named once; a reply and a later breath are named again', () => {
    const later = 6 * 60_000;
    const entries = [
      message('1'),
      message('2'),
      message('3', '3', { answers: '1' }),
      message('4', '4', { atMs: later }),
      message('5', '5', { atMs: later, author: { id: 'ben', name: 'Ben' } }),
    ];
    expect(groupsOf(entries).map((group) => group.kind === 'message' && group.goesOn)).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
  });

  it('what the room tells of itself stands together, and ends a breath', () => {
    const groups = groupsOf([message('1'), note('2'), note('3'), message('4')]);
    expect(groups.map((group) => (group.kind === 'notes' ? group.notes.length : group.goesOn))).toEqual([
      false,
      2,
      false,
    ]);
  });
});
