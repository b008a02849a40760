import { raisedToSend } from './matrix.power.js';

const type = 'm.room.message';
const ghost = '@crosstalk_home_anna:example.org';

describe('raisedToSend', () => {
  it('gives just the level that the room asks for, and changes nothing else', () => {
    const levels = { events_default: 50, users: { '@alice:example.org': 100 }, ban: 60 };
    expect(raisedToSend(levels, ghost, type)).toEqual({
      events_default: 50,
      users: { '@alice:example.org': 100, [ghost]: 50 },
      ban: 60,
    });
  });

  it('the level of the type counts before the room’s default', () => {
    expect(raisedToSend({ events_default: 50, events: { [type]: 10 } }, ghost, type)).toMatchObject({
      users: { [ghost]: 10 },
    });
    expect(raisedToSend({ events_default: 50, events: { [type]: 0 } }, ghost, type)).toBeUndefined();
  });

  it('one who has the power lacks something else', () => {
    expect(raisedToSend({}, ghost, type)).toBeUndefined();
    expect(raisedToSend({ events_default: 50, users_default: 50 }, ghost, type)).toBeUndefined();
    expect(raisedToSend({ events_default: 50, users: { [ghost]: 50 } }, ghost, type)).toBeUndefined();
  });

  it('levels of old rooms may be texts', () => {
    expect(raisedToSend({ events_default: '50', users_default: ' 10 ' }, ghost, type)).toMatchObject({
      users: { [ghost]: 50 },
    });
  });

  it('what is no level is no level', () => {
    expect(raisedToSend({ events_default: 'many', events: [], users: null }, ghost, type)).toBeUndefined();
  });
});
