import { locationOf } from './from-matrix-location.js';
import { asLocation } from './to-matrix-location.js';

const point = { latitude: 52.5163, longitude: 13.3777 };

it.each([
  [
    'as Element writes it',
    {
      msgtype: 'm.location',
      body: 'Location "gate B" geo:52.5163,13.3777;u=12 at 2026-11-21T08:00:00.000Z',
      geo_uri: 'geo:52.5163,13.3777;u=12',
      'org.matrix.msc3488.location': { uri: 'geo:52.5163,13.3777;u=12', description: 'gate B' },
    },
    { ...point, name: 'gate B' },
  ],
  [
    'by the names that are to be',
    { msgtype: 'm.location', body: 'x', 'm.location': { uri: 'geo:52.5163,13.3777', description: ' gate\nB ' } },
    { ...point, name: 'gate B' },
  ],
  [
    'as the specification has it',
    { msgtype: 'm.location', body: 'gate B', geo_uri: 'geo:52.5163,13.3777' },
    { ...point, name: 'gate B' },
  ],
  ['without a name', { msgtype: 'm.location', body: 'geo:52.5163,13.3777', geo_uri: 'geo:52.5163,13.3777' }, point],
  ['of no point', { msgtype: 'm.location', body: 'nowhere', geo_uri: 'geo:north,pole' }, undefined],
  ['of another kind', { msgtype: 'm.text', body: 'x', geo_uri: 'geo:52.5163,13.3777' }, undefined],
])('a location %s', (_, content, location) => {
  expect(locationOf(content)).toEqual(location);
});

it('is written with its words for clients without maps, and read again', () => {
  const words = { msgtype: 'm.text', body: '📍 gate B', format: 'org.matrix.custom.html', formatted_body: '<b>x</b>' };
  const related = { 'm.mentions': {}, 'm.relates_to': { 'm.in_reply_to': { event_id: '$one' } } };
  const content = asLocation({ ...words, ...related }, { ...point, name: 'gate B' });
  expect(content).toEqual({
    msgtype: 'm.location',
    body: '📍 gate B',
    geo_uri: 'geo:52.5163,13.3777',
    'org.matrix.msc3488.location': { uri: 'geo:52.5163,13.3777', description: 'gate B' },
    'org.matrix.msc3488.asset': { type: 'm.pin' },
    'org.matrix.msc1767.text': '📍 gate B',
    ...related,
  });
  expect(locationOf(content)).toEqual({ ...point, name: 'gate B' });
});
