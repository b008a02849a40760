import { CopyCount, keyOf } from './copy-count.js';
import type { SideMessage } from './side.js';

const said = (id: string, text: string | null, name = 'Anna'): SideMessage => ({
  kind: 'message',
  id,
  author: { id: name, name },
  origin: 'here',
  atMs: 0,
  text: text === null ? null : [text],
  style: 'usual',
  isEdited: false,
  reactions: [],
});
const copied = (id: string, text: string | null, more: Partial<SideMessage> = {}): SideMessage => ({
  ...said(id, text),
  origin: 'bridged',
  isCopy: true,
  ...more,
});

describe('CopyCount', () => {
  let count: CopyCount;
  beforeEach(() => {
    count = new CopyCount();
  });

  it('a copy with the same words is of the oldest message that has them; one too many is counted as doubled', () => {
    count.original(said('1', 'hello'));
    count.original(said('2', 'hello'));
    expect(
      [copied('$1', 'hello'), copied('$2', 'hello'), copied('$3', 'hello')].map((copy) => count.copy(copy)),
    ).toEqual(['1', '2', undefined]);
    expect(count.count).toEqual({ written: 2, arrived: 2, lost: 0, doubled: 1 });
  });

  it('a second copy that was taken back is none', () => {
    count.original(said('1', 'hello'));
    count.copy(copied('$1', 'hello'));
    count.copy(copied('$2', 'hello'));
    count.copy(copied('$2', null));
    expect(count.count).toEqual({ written: 1, arrived: 1, lost: 0, doubled: 0 });
  });

  it('a name before the words, marks and blanks do not matter', () => {
    count.original(said('1', 'see **this**,\nplease', 'Mia'));
    count.original(said('2', 'waves', 'Mia'));
    expect(count.copy(copied('9', 'Mia (Matrix): see this, please'))).toBe('1');
    expect(count.copy(copied('10', 'Mia (Matrix) waves'))).toBe('2');
  });

  it('what was edited before it was copied is known by its old and its new words', () => {
    count.original(said('1', 'old'));
    count.original(said('1', 'new'));
    expect(count.copy(copied('$1', 'new'))).toBe('1');
  });

  it('what was deleted before it was copied need not arrive', () => {
    count.original(said('1', 'oh'));
    expect(count.count.written).toBe(1);
    count.original(said('1', null));
    expect(count.count).toEqual({ written: 0, arrived: 0, lost: 0, doubled: 0 });
  });

  it('what a later one has overtaken is lost until it comes', () => {
    count.original(said('1', 'first'));
    count.original(said('2', 'second'));
    count.copy(copied('$2', 'second'));
    expect(count.count).toMatchObject({ written: 2, arrived: 1, lost: 1 });
    count.copy(copied('$1', 'first'));
    expect(count.count).toMatchObject({ arrived: 2, lost: 0 });
  });

  it('however many wait, each copy is of its own message, and none is doubled', () => {
    const texts = Array.from({ length: 5000 }, (_, at) => `message ${String(at)} of the burst`);
    for (const [at, text] of texts.entries()) count.original(said(String(at), text));
    expect(count.count).toEqual({ written: 5000, arrived: 0, lost: 0, doubled: 0 });
    expect(texts.map((text, at) => count.copy(copied(`$${String(at)}`, text)))).toEqual(
      texts.map((_, at) => String(at)),
    );
    expect(count.count).toEqual({ written: 5000, arrived: 5000, lost: 0, doubled: 0 });
  });

  it('what was overtaken and then deleted is not lost, and of equal words the older message is meant', () => {
    count.original(said('1', 'one'));
    count.original(said('2', 'two'));
    count.original(said('1', 'two'));
    expect(count.copy(copied('$1', 'two'))).toBe('1');
    expect(count.copy(copied('$2', 'two'))).toBe('2');
    count.original(said('3', 'three'));
    count.original(said('4', 'four'));
    expect(count.copy(copied('$4', 'four'))).toBe('4');
    count.original(said('3', null));
    count.original(said('3', null));
    expect(count.count).toEqual({ written: 3, arrived: 3, lost: 0, doubled: 0 });
  });

  it('further parts of a cut message, and lines of the bridge itself, are no copies', () => {
    const part = Buffer.alloc(34);
    part.writeUInt16BE(1, 16);
    count.original(said('1', 'first part second part'));
    expect(count.copy(copied('$1', 'first part'))).toBe('1');
    count.copy(copied('$2', 'second part', { key: part.toString('base64url') }));
    count.copy(copied('$3', 'Mia joined', { isCopy: false }));
    expect(count.count).toEqual({ written: 1, arrived: 1, lost: 0, doubled: 0 });
  });
});

describe('a key', () => {
  it('names its delivery and part, and other words are none', () => {
    const bytes = Buffer.alloc(34, 7);
    bytes.writeUInt16BE(3, 16);
    expect(keyOf(bytes.toString('base64url'))).toEqual({ delivery: '07'.repeat(16), part: 3 });
    expect(keyOf('mine')).toBeUndefined();
  });
});
