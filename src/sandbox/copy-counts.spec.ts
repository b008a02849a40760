import { CopyCounts } from './copy-counts.js';
import type { SideName } from './page.types.js';
import type { SideMessage } from './side.js';

const said = (id: string, author: string, text: string | null, more: Partial<SideMessage> = {}): SideMessage => ({
  kind: 'message',
  id,
  author: { id: author, name: author },
  origin: 'here',
  atMs: 0,
  text: text === null ? null : [text],
  style: 'usual',
  isEdited: false,
  reactions: [],
  ...more,
});
const copied = (id: string, author: string, text: string | null): SideMessage =>
  said(id, author, text, { origin: 'bridged', isCopy: true });

describe('CopyCounts', () => {
  let counts: CopyCounts;
  beforeEach(() => {
    counts = new CopyCounts();
  });
  const count = (from: SideName, to: SideName) => counts.counts.find((each) => each.from === from && each.to === to);

  it('a message is waited for on each of the other sides', () => {
    counts.original('talk', said('1', 'Anna', 'hello'));
    expect(counts.copy('slack', copied('9.1', 'Anna (Talk)', 'hello'))).toEqual({ from: 'talk', id: '1' });
    expect(count('talk', 'slack')).toMatchObject({ written: 1, arrived: 1 });
    expect(count('talk', 'matrix')).toMatchObject({ written: 1, arrived: 0 });
    expect(count('slack', 'talk')).toMatchObject({ written: 0, arrived: 0 });
  });

  it('of equal words from two networks each copy is of the one whose network stands with its author', () => {
    counts.original('matrix', said('$1', 'Mia', 'hello'));
    counts.original('slack', said('9.1', 'Pia', 'hello'));
    expect(counts.copy('talk', copied('5', 'Crosstalk', 'Pia (Slack): hello'))).toEqual({ from: 'slack', id: '9.1' });
    expect(counts.copy('talk', copied('6', 'Crosstalk', 'Mia (mia, Matrix): hello'))).toEqual({
      from: 'matrix',
      id: '$1',
    });
  });

  it('a second copy is doubled where it came from, until it is taken back, when nothing names its author any more', () => {
    counts.original('slack', said('9.1', 'Pia', 'hello'));
    counts.copy('talk', copied('5', 'Crosstalk', 'Pia (Slack): hello'));
    counts.copy('talk', copied('6', 'Crosstalk', 'Pia (Slack): hello'));
    expect(count('slack', 'talk')).toMatchObject({ arrived: 1, doubled: 1 });
    counts.copy('talk', copied('6', 'Crosstalk', null));
    expect(count('slack', 'talk')).toMatchObject({ arrived: 1, doubled: 0 });
  });

  it('a copy without a network’s name is of what waits with its words', () => {
    counts.original('slack', said('9.1', 'Pia', 'hello'));
    expect(counts.copy('talk', copied('5', 'Pia', 'hello'))).toEqual({ from: 'slack', id: '9.1' });
  });
});
