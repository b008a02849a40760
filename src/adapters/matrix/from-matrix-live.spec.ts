import { toPlain } from '../../formatting/plain.js';
import { accountId } from '../../model/ids.js';
import { fromMatrix } from './from-matrix.js';
import { OurUsers } from './matrix.ids.js';
import { parseStored } from './matrix.payloads.js';

const self = {
  account: accountId('home'),
  users: new OurUsers({ serverName: 'real.test', bot: 'crosstalk', ghostPrefix: 'crosstalk_' }),
};
const at = 1_795_246_800_000;
const until = new Date(at + 900_000).toISOString();

function read(type: string, content: object, more: { key?: string; live?: object } = {}): unknown {
  const { key, live } = more;
  const event = {
    type,
    event_id: '$now',
    room_id: '!fair:real.test',
    sender: '@mia:real.test',
    origin_server_ts: at,
    content,
    ...(key === undefined ? {} : { state_key: key }),
  };
  const stored = { event, senderName: 'Mia', order: '9', ...(live === undefined ? {} : { live }) };
  const result = fromMatrix(parseStored(stored), self);
  return 'events' in result
    ? result.events.map((each) =>
        each.kind === 'messageSent' || each.kind === 'messageEdited'
          ? { [each.kind]: each.message.id, by: each.actor.name, says: toPlain(each.body) }
          : each.kind,
      )
    : result;
}

const key = '@mia:real.test';
const begin = { live: true, timeout: 900_000, 'org.matrix.msc3488.ts': at };

describe('live locations', () => {
  it.each(['m.beacon_info', 'org.matrix.msc3672.beacon_info'])('%s begins a message of whoever shares', (type) => {
    expect(read(type, begin, { key })).toEqual([
      { messageSent: '$now', by: 'Mia', says: 'Live location until 2026-11-21 07:55 UTC' },
    ]);
  });

  it('it is called as its sharer’s client calls it', () => {
    expect(read('m.beacon_info', { ...begin, description: 'Mia’s \n walk' }, { key })).toMatchObject([
      { says: 'Mia’s walk until 2026-11-21 07:55 UTC' },
    ]);
  });

  it.each(['m.beacon', 'org.matrix.msc3672.beacon'])('%s edits it', (type) => {
    const live = { event: '$begun', until, uri: 'geo:52.5163,13.3777;u=12' };
    expect(read(type, {}, { live })).toEqual([
      {
        messageEdited: '$begun',
        by: 'Mia',
        says: 'Live location until 2026-11-21 07:55 UTC\n📍 52.5163, 13.3777 (https://www.openstreetmap.org/?mlat=52.5163&mlon=13.3777)',
      },
    ]);
  });

  it('at its end it says where they were last', () => {
    const live = { event: '$begun', name: 'Walk', until, uri: 'geo:52.5163,13.3777' };
    expect(read('m.beacon_info', { ...begin, live: false }, { key, live })).toMatchObject([
      { messageEdited: '$begun', says: expect.stringMatching(/^Walk has ended\n📍 52\.5163, 13\.3777/) as string },
    ]);
  });

  it('the next one ends the one before', () => {
    expect(read('m.beacon_info', begin, { key, live: { event: '$begun' } })).toMatchObject([
      { messageEdited: '$begun', says: 'Live location has ended' },
      { messageSent: '$now' },
    ]);
  });

  it.each([
    ['a place between two that are told', 'm.beacon', {}, {}],
    ['the end of what was never told', 'm.beacon_info', { live: false }, { key }],
    ['a redacted state', 'm.beacon_info', {}, { key }],
    ['what is no state of the room', 'm.beacon_info', begin, {}],
  ])('%s is nothing to tell', (_, type, content, more) => {
    expect(read(type, content, more)).toHaveProperty('ignored');
  });

  it.each([[{ timeout: -1 }], [{ timeout: 'long' }], [{ timeout: 1e300 }], [{ 'org.matrix.msc3488.ts': 'now' }]])(
    'with %j it begins all the same',
    (odd) => {
      expect(read('m.beacon_info', { ...begin, ...odd }, { key })).toMatchObject([{ messageSent: '$now' }]);
    },
  );
});
