import { mostEntries, type PageEntry, type PageMessage, type PageState } from '../../src/sandbox/page.types.js';
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
const side = {
  network: 'Network',
  room: 'Team',
  people: [],
  can: { threads: 'byReply' } as const,
  members: [],
  entries: [],
};
const count = { from: 'talk', to: 'slack', written: 1, arrived: 0, lost: 0, doubled: 0 } as const;
const state: PageState = {
  service: { state: 'starting' },
  sides: { talk: side, matrix: side, slack: side },
  counts: [],
};
const live = changed(firstView, { type: 'state', state });
const idsOn = (view: View, name: 'talk' | 'matrix' | 'slack'): string[] =>
  view.board!.sides[name]!.entries.map(({ id }) => id);

describe('the page', () => {
  it('is live as soon as it has heard the whole', () => {
    expect(live).toMatchObject({ connection: 'live', board: state });
  });

  it('shows first whatever side there is', () => {
    const alone: PageState = { sides: { slack: side }, counts: [] };
    expect(changed(firstView, { type: 'state', state: alone })).toMatchObject({ shown: 'slack', board: alone });
    expect(changed(changed(live, { type: 'shown', side: 'matrix' }), { type: 'state', state }).shown).toBe('matrix');
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
    expect(view.board!.sides.talk!.entries[0]).toMatchObject({ text: ['new words'] });
    expect(idsOn(changed(view, { type: 'cleared', side: 'talk' }), 'talk')).toEqual([]);
  });

  it('of a long talk keeps the end', () => {
    let view = live;
    for (let at = 0; at < mostEntries + 5; at += 1) {
      view = changed(view, { type: 'entry', side: 'slack', entry: message(String(at)) });
    }
    expect(idsOn(view, 'slack')).toHaveLength(mostEntries);
    expect(idsOn(view, 'slack')[0]).toBe('5');
  });

  it('counts new messages, and nothing else, of the panels that are not shown, until they are', () => {
    let view = live;
    for (const id of ['1', '2', '2']) view = changed(view, { type: 'entry', side: 'matrix', entry: message(id) });
    view = changed(view, { type: 'entry', side: 'matrix', entry: note('4') });
    view = changed(view, { type: 'entry', side: 'talk', entry: message('3') });
    view = changed(view, { type: 'entry', side: 'slack', entry: message('5') });
    expect(view.unseen).toEqual({ talk: 0, matrix: 2, slack: 1 });
    expect(changed(view, { type: 'shown', side: 'matrix' }).unseen).toEqual({ talk: 0, matrix: 0, slack: 1 });
  });

  it('follows the service, the counts, the members and the last message’s way', () => {
    const way = { from: 'talk', message: '1', author: 'Anna', words: 'hi', atMs: { seen: 1 }, copies: [] } as const;
    let view = changed(live, { type: 'service', service: { state: 'gone' } });
    view = changed(view, { type: 'counts', counts: [count] });
    view = changed(view, { type: 'members', side: 'talk', members: [{ id: 'anna', name: 'Anna' }] });
    view = changed(view, { type: 'way', way });
    expect(view.board).toMatchObject({
      service: { state: 'gone' },
      counts: [count],
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
    expect(groupsOf(entries, 'flat').map((group) => group.kind === 'message' && group.goesOn)).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
  });

  it('what the room tells of itself stands together, and ends a breath', () => {
    const groups = groupsOf([message('1'), note('2'), note('3'), message('4')], 'flat');
    expect(groups.map((group) => (group.kind === 'notes' ? group.notes.length : group.goesOn))).toEqual([
      false,
      2,
      false,
    ]);
  });

  describe('in threads', () => {
    const shown = (entries: readonly PageEntry[]) =>
      groupsOf(entries, 'threads').map((group) =>
        group.kind === 'notes'
          ? 'note'
          : `${group.inThread ? '> ' : ''}${group.message.id}${group.goesOn ? ' goes on' : ''}${group.replies > 0 ? ` (${group.replies})` : ''}`,
      );

    it('replies stand under the message that they answer, in their own breath', () => {
      const entries = [
        message('1'),
        message('2'),
        message('3', '3', { answers: '1' }),
        note('4'),
        message('5', '5', { answers: '1' }),
      ];
      expect(shown(entries)).toEqual(['1 (2)', '> 3', '> 5 goes on', '2', 'note']);
    });

    it('a reply to what is not shown any more stands where it was said', () => {
      expect(shown([message('2'), message('3', '3', { answers: '1' })])).toEqual(['2', '3']);
    });

    it('what was deleted is gone, unless others stand under it', () => {
      const gone = { text: null };
      const entries = [
        message('1', '', gone),
        message('2', '', gone),
        message('3', '3', { answers: '2' }),
        message('4', '4', { ...gone, answers: '2' }),
      ];
      expect(shown(entries)).toEqual(['2 (1)', '> 3']);
    });
  });
});
