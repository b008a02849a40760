import { type GonePart, goneWith } from './gone-part.js';

const place = (at: number) => ({ place: at });

describe('a part of a message that somebody deleted in its room', () => {
  it.each<[string, number, readonly number[], boolean, ReturnType<typeof goneWith>]>([
    ['all there is', 0, [], false, 'message'],
    ['the only file', 0, [], true, 'message'],
    ['the last file that is left', 502, [], true, 'message'],
    ['the first of several files', 0, [501, 502], true, place(0)],
    ['the first of the files that are left', 0, [502], true, place(0)],
    ['the second file', 501, [0, 502], true, place(1)],
    ['the last file', 502, [0, 501], true, place(2)],
    ['a file beside one that has the words as its caption', 501, [0], false, place(1)],
    ['a file whose words are parts of their own', 500, [0, 1], false, place(0)],
    ['the last file of more than are left', 599, [0, 501], true, place(99)],
    ['the line in the place of one of the files that stand together', 701, [0, 500], false, place(1)],
    ['the file that has the words as its caption, with others beside it', 0, [501, 502], false, 'messageHere'],
    ['the first piece of a long text', 0, [1, 2], false, 'messageHere'],
    ['the last piece of a long text', 2, [0, 1], false, 'messageHere'],
    ['the words of files that stand apart', 0, [500, 501], false, 'messageHere'],
    ['a piece of words that stand with files', 1, [0, 500], false, 'messageHere'],
    ['words that an edit took away meanwhile', 0, [500], true, 'messageHere'],
    ['the file in which a long text stands', 990, [0], false, 'messageHere'],
    ['the same beside a file that somebody sent', 990, [0, 501], false, 'messageHere'],
    ['the file of a long correction', 1990, [0, 1000], false, 'messageHere'],
    ['a short text that was corrected', 0, [1000], false, 'messageHere'],
    ['a long text that was corrected', 1, [0, 1000], false, 'messageHere'],
    ['a file to which a reaction was told in words', 0, [2000], true, 'messageHere'],
    ['the correction of a text that is gone', 1000, [], false, 'message'],
    ['the correction of a text', 1000, [0], false, 'messageHere'],
    ['the correction of a long text', 1001, [0, 1, 1000], false, 'messageHere'],
  ])('%s', (_, part, beside, isWordless, gone) => {
    const given: GonePart = { part, beside, isWordless, isUnfinished: false };
    expect(goneWith(given)).toEqual(gone);
  });

  it('while others are still made takes those along in its room', () => {
    const given = { part: 0, beside: [], isWordless: false, isUnfinished: true };
    expect(goneWith(given)).toBe('messageHere');
    expect(goneWith({ ...given, beside: [1000], part: 1 })).toBe('messageHere');
    expect(goneWith({ ...given, beside: [0], part: 1000 })).toBe('messageHere');
    expect(goneWith({ ...given, beside: [0], part: 501 })).toEqual(place(1));
  });
});
