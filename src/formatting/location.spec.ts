import { geoAddress, locationAt, locationIn, locationName, mapLink } from './location.js';

it.each([
  ['geo:52.5163,13.3777', { latitude: 52.5163, longitude: 13.3777 }],
  ['geo:52.5163,13.3777;u=12', { latitude: 52.5163, longitude: 13.3777 }],
  ['geo:-33.8568,151.2153,58;crs=wgs84;u=35', { latitude: -33.8568, longitude: 151.2153 }],
  ['GEO:0,-0.5', { latitude: 0, longitude: -0.5 }],
])('%s is a point', (address, point) => {
  expect(locationIn(address)).toEqual(point);
});

it.each(['geo:', 'geo:91,0', 'geo:0,181', 'geo:52.5163', 'geo:1e2,3', 'geo:NaN,1', 'somewhere', 'javascript:alert(1)'])(
  '%s is none',
  (address) => {
    expect(locationIn(address)).toBeUndefined();
  },
);

it('two numbers are a point, where they are on the earth', () => {
  expect(locationAt('52.5263', '13.4033')).toEqual({ latitude: 52.5263, longitude: 13.4033 });
  expect(locationAt('', '13')).toBeUndefined();
  expect(locationAt('north', '13')).toBeUndefined();
  expect(locationAt('52', undefined)).toBeUndefined();
});

it('is written without powers of ten, and read again', () => {
  expect(geoAddress({ latitude: 0.0000004, longitude: -100 })).toBe('geo:0.0000004,-100');
  expect(geoAddress({ latitude: -0.00000001, longitude: 120.5 })).toBe('geo:0,120.5');
  expect(locationIn(geoAddress({ latitude: 52.5163, longitude: 13.3777 }))).toEqual({
    latitude: 52.5163,
    longitude: 13.3777,
  });
});

it('is called as its sender calls it, else by where it is', () => {
  const point = { latitude: 52.5163, longitude: 13.3777 };
  expect(locationName({ ...point, name: 'Gate B' })).toBe('Gate B');
  expect(locationName(point)).toBe('52.5163, 13.3777');
  expect(mapLink({ ...point, name: 'Gate B' })).toEqual({
    type: 'link',
    url: 'https://www.openstreetmap.org/?mlat=52.5163&mlon=13.3777',
    content: [{ type: 'text', text: '📍 Gate B' }],
  });
});
