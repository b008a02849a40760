import { pinnedIn, pinsChanged } from './from-matrix-pins.js';

it('what is pinned are events, each once; whatever else somebody writes there is none', () => {
  expect(pinnedIn({ pinned: ['$one', '$two', '$one', 'three', 4, null, '$'] })).toEqual(['$one', '$two']);
  expect(pinnedIn({ pinned: '$one' })).toEqual([]);
  expect(pinnedIn({})).toEqual([]);
});

it('from one state to the next some are pinned and some no longer; their order says nothing', () => {
  expect(pinsChanged({ pinned: ['$one', '$two', '$three'] }, { pinned: ['$three', '$four', '$one'] })).toEqual([
    { event: '$two', state: 'unpinned' },
    { event: '$four', state: 'pinned' },
  ]);
  expect(pinsChanged({}, {})).toEqual([]);
});
