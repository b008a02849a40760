import { creatorsIn, mayCallAll, raisedToSend, withRole } from './matrix.power.js';

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

describe('mayCallAll', () => {
  const alice = '@alice:example.org';
  const room = { creators: [alice], creatorsMayAll: false };

  it.each([
    ['the level that is needed is 50', { users: { [ghost]: 50 } }, true],
    ['one below it may not', { users: { [ghost]: 49 } }, false],
    ['the room says another', { users: { [ghost]: 10 }, notifications: { room: 10 } }, true],
    ['all may where it needs none', { notifications: { room: 0 } }, true],
    ['the default of users counts', { users_default: 50 }, true],
    ['what is no level is the default', { users: { [ghost]: 49 }, notifications: { room: 'many' } }, false],
    ['what is no table is none', { users: [], notifications: null }, false],
  ])('%s', (_, levels, may) => {
    expect(mayCallAll({ ...room, levels }, ghost)).toBe(may);
  });

  it('whoever made the room may while nobody set any levels, and from version 12 on for ever', () => {
    expect(mayCallAll(room, alice)).toBe(true);
    expect(mayCallAll(room, ghost)).toBe(false);
    expect(mayCallAll({ ...room, levels: { users: { [alice]: 0 } } }, alice)).toBe(false);
    expect(mayCallAll({ ...room, creatorsMayAll: true, levels: {} }, alice)).toBe(true);
  });
});

describe('creatorsIn', () => {
  it('who made a room is its sender, from version 12 on with those named beside', () => {
    const sender = '@alice:example.org';
    const additional_creators = ['@bob:example.org', 7];
    expect(creatorsIn({ sender, content: {} })).toEqual({ creators: [sender], creatorsMayAll: false });
    expect(creatorsIn({ sender, content: { room_version: '11', additional_creators } })).toEqual({
      creators: [sender],
      creatorsMayAll: false,
    });
    expect(creatorsIn({ sender, content: { room_version: '12', additional_creators } })).toEqual({
      creators: [sender, '@bob:example.org'],
      creatorsMayAll: true,
    });
  });
});

describe('withRole', () => {
  const levels = { users_default: 0, users: { '@a:x': 100, '@m:x': 50 }, ban: 50 };

  it.each<[string, 'moderator' | 'member', object | undefined]>([
    ['@b:x', 'moderator', { ...levels, users: { ...levels.users, '@b:x': 50 } }],
    ['@m:x', 'moderator', undefined],
    ['@m:x', 'member', { ...levels, users: { '@a:x': 100 } }],
    ['@b:x', 'member', undefined],
  ])('%s becomes a %s', (user, role, expected) => {
    expect(withRole(levels, user, role)).toEqual(expected);
  });

  it('a room without users of its own has one then', () => {
    expect(withRole({}, '@b:x', 'moderator')).toEqual({ users: { '@b:x': 50 } });
  });
});
