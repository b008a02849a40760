import { matrixAddresses } from './matrix.addresses.js';

const { signal } = new AbortController();
const asked: string[] = [];
const addresses = matrixAddresses(
  {
    roomOf: (alias) => {
      asked.push(alias);
      return Promise.resolve(alias === '#fair:example.org' ? '!f4ir:example.org' : undefined);
    },
  },
  'example.org',
);

beforeEach(() => {
  asked.length = 0;
});

describe('addresses of Matrix', () => {
  it.each([
    ['https://matrix.to/#/%23fair%3Aexample.org/%24ev3nt?via=example.org', '$ev3nt'],
    ['https://matrix.to/#/#fair:example.org/$ev3nt', '$ev3nt'],
    ['matrix:r/fair:example.org/e/ev3nt', '$ev3nt'],
    ['https://app.element.io/#/room/#fair:example.org/$ev3nt', '$ev3nt'],
    ['https://matrix.to/#/#fair:example.org', undefined],
  ])('%s names a room by its alias', async (url, message) => {
    expect(await addresses.placeIn(url, signal)).toEqual({
      room: '!f4ir:example.org',
      ...(message === undefined ? {} : { message }),
    });
  });

  it('of an alias that nobody knows nothing is told; of an id nobody is asked', async () => {
    expect(await addresses.placeIn('https://matrix.to/#/#else:example.org/$ev3nt', signal)).toBeUndefined();
    expect(asked).toEqual(['#else:example.org']);
    expect(await addresses.placeIn('https://matrix.to/#/!f4ir:example.org/$ev3nt', signal)).toEqual({
      room: '!f4ir:example.org',
      message: '$ev3nt',
    });
    expect(await addresses.placeIn('https://matrix.to/#/@anna:example.org', signal)).toBeUndefined();
    expect(asked).toHaveLength(1);
  });
});
