import { contentRangeOf, givenBytesIn, rangeOf, wantedBytesIn } from './byte-ranges.js';

it.each([
  ['bytes=0-', { first: 0 }],
  ['bytes=5-9', { first: 5, last: 9 }],
  ['bytes=7-7', { first: 7, last: 7 }],
])('%s asks for a part', (header, part) => {
  expect(wantedBytesIn(header)).toEqual(part);
  expect(rangeOf(part)).toBe(header);
});

it.each([
  undefined,
  '',
  'bytes=-5',
  'bytes=9-5',
  'bytes=0-1,3-4',
  'bytes=a-b',
  'items=0-1',
  'bytes=0-1\r\nx: y',
  `bytes=${'9'.repeat(40)}-`,
])('%j asks for the whole', (header) => {
  expect(wantedBytesIn(header)).toBeUndefined();
});

it.each([
  ['bytes 0-9/100', { first: 0, last: 9, of: 100 }],
  ['bytes 90-99/100', { first: 90, last: 99, of: 100 }],
  ['bytes 0-9/*', { first: 0, last: 9 }],
])('%s says which part it is', (header, part) => {
  expect(givenBytesIn(header)).toEqual(part);
  expect(contentRangeOf(part)).toBe(header);
});

it.each([undefined, '', 'bytes */100', 'bytes 9-5/100', 'bytes 0-100/100', 'bytes 0-9/', ['bytes 0-9/10']])(
  '%j says nothing of use',
  (header) => {
    expect(givenBytesIn(header)).toBeUndefined();
  },
);
