import type { PageMessage, PageState } from '../../src/sandbox/page.types.js';
import { changed, firstView, type View } from '../../web/src/page-state.js';

const message = (id: string, text = id): PageMessage => ({
  id,
  author: { id: 'anna', name: 'Anna' },
  origin: 'here',
  atMs: 0,
  text: [{ text }],
});
const side = { network: 'Network', room: 'Team', people: [], messages: [] };
const state: PageState = { service: 'starting', sides: { talk: side, matrix: side } };
const live = changed(firstView, { type: 'state', state });
const idsOn = (view: View, name: 'talk' | 'matrix'): string[] => view.board!.sides[name].messages.map(({ id }) => id);

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

  it('a new message comes last, a known one changes in its place', () => {
    let view = live;
    for (const id of ['1', '2']) view = changed(view, { type: 'message', side: 'talk', message: message(id) });
    view = changed(view, { type: 'message', side: 'talk', message: message('1', 'new words') });
    expect(idsOn(view, 'talk')).toEqual(['1', '2']);
    expect(view.board!.sides.talk.messages[0]!.text).toEqual([{ text: 'new words' }]);
    expect(idsOn(changed(view, { type: 'messageGone', side: 'talk', id: '1' }), 'talk')).toEqual(['2']);
  });

  it('counts new messages of the panel that is not shown, until it is', () => {
    let view = live;
    for (const id of ['1', '2', '2']) view = changed(view, { type: 'message', side: 'matrix', message: message(id) });
    view = changed(view, { type: 'message', side: 'talk', message: message('3') });
    expect(view.unseen).toEqual({ talk: 0, matrix: 2 });
    expect(changed(view, { type: 'shown', side: 'matrix' }).unseen).toEqual({ talk: 0, matrix: 0 });
  });

  it('what comes before the whole changes nothing', () => {
    expect(changed(firstView, { type: 'service', service: 'ready' })).toEqual(firstView);
  });
});
