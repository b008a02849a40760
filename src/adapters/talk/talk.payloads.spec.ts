import { readFileSync } from 'node:fs';
import { orderedRows, ownUser, serverCapabilities, talkRoom, talkRooms } from './talk.payloads.js';

function dataOf(name: string): unknown {
  const text = readFileSync(new URL(`../../../test/fixtures/talk/${name}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { ocs: { data: unknown } }).ocs.data;
}

describe('talk.payloads', () => {
  it('the captured capabilities give versions and limits', () => {
    const { version, capabilities } = serverCapabilities.parse(dataOf('capabilities'));
    expect(version.string).toBe('32.0.1');
    expect(capabilities.spreed).toMatchObject({ version: '22.0.11', config: { chat: { 'max-length': 32_000 } } });
  });

  it('a server that does not say its limit has the one of old', () => {
    const parsed = serverCapabilities.parse({ version: {}, capabilities: { spreed: { features: [], config: {} } } });
    expect(parsed.capabilities.spreed?.config.chat['max-length']).toBe(1000);
  });

  it('the captured user is known by id and name', () => {
    expect(ownUser.parse(dataOf('own-user'))).toMatchObject({ id: 'alice', displayname: 'alice' });
  });

  it('the captured room list is understood', () => {
    const rooms = talkRooms.parse(dataOf('room-list'));
    expect(rooms.map(({ type }) => type)).toContain(4);
    expect(rooms.every(({ token, lastActivity }) => token !== '' && lastActivity > 0)).toBe(true);
  });

  it('a room may have no last message, an empty map for one, or one without an id', () => {
    const room = { token: 'tyib88jb', type: 2 };
    expect(talkRoom.parse(room).lastMessage).toBeUndefined();
    expect(talkRoom.parse({ ...room, lastMessage: [] }).lastMessage).toBeUndefined();
    expect(talkRoom.parse({ ...room, lastMessage: { message: 'from another server' } }).lastMessage).toBeUndefined();
    expect(talkRoom.parse({ ...room, lastMessage: { id: 602 } }).lastMessage?.id).toBe(602);
  });

  it('a row needs its id and time to be ordered, and keeps the rest as it came', () => {
    expect(orderedRows.parse([{ id: 1, timestamp: 2, odd: { x: 1 } }])).toMatchObject([{ id: 1, odd: { x: 1 } }]);
    expect(orderedRows.safeParse([{ id: 1 }]).success).toBe(false);
  });
});
