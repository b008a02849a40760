import { accountId } from '../../model/ids.js';
import { fromMatrix } from './from-matrix.js';
import { OurUsers } from './matrix.ids.js';
import { parseStored } from './matrix.payloads.js';

const self = {
  account: accountId('home'),
  users: new OurUsers({ serverName: 'real.test', bot: 'crosstalk', ghostPrefix: 'crosstalk_' }),
};
const room = { account: 'home', id: '!fair:real.test' };

function read(type: string, content: object, more: object = {}, found: object = {}): unknown {
  const event = { type, event_id: '$call', room_id: room.id, sender: '@mia:real.test', origin_server_ts: 1, content };
  return fromMatrix(parseStored({ event: { ...event, ...more }, senderName: 'Mia', order: '9', ...found }), self);
}

describe('calls of Matrix', () => {
  it('whoever rings begins one', () => {
    expect(read('m.rtc.notification', { notification_type: 'ring' })).toMatchObject({
      events: [
        {
          kind: 'callChanged',
          actor: { name: 'Mia' },
          change: { of: 'start', call: { room, id: '$call' }, joinUrl: 'https://matrix.to/#/!fair:real.test' },
          version: '9',
        },
      ],
    });
  });

  it.each([
    ['a device as clients say it now', { application: 'm.call', call_id: '' }],
    ['the devices of somebody, as clients said it before', { memberships: [{ application: 'm.call' }] }],
  ])('%s come in', (_, content) => {
    expect(read('m.call.member', content, { state_key: '@mia:real.test' })).toMatchObject({
      events: [{ kind: 'callChanged', change: { of: 'arrival' } }],
    });
  });

  it.each([[{}], [{ memberships: [] }]])('of %j nothing is told', (content) => {
    expect(read('m.call.member', content, { state_key: '@mia:real.test' })).toHaveProperty('ignored');
  });

  it('with the last who goes out it is over', () => {
    expect(read('m.call.member', {}, { state_key: '_@mia:real.test_A_m.call' }, { call: 'over' })).toMatchObject({
      events: [{ kind: 'callChanged', change: { of: 'end', how: 'over', people: [] }, version: '9' }],
    });
  });

  it.each([
    ['over', {}],
    ['unanswered', { reason: 'invite_timeout' }],
  ])('one of two is %s', (how, content) => {
    expect(read('m.call.hangup', { call_id: '1', ...content })).toMatchObject({
      events: [{ kind: 'callChanged', change: { of: 'end', how, people: [] } }],
    });
  });
});
