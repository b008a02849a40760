import { accountId, type MessageRef, remoteId, roomId } from '../model/ids.js';
import { WrittenCopies } from './written-copies.js';

function copy(id: number, room = 'room'): MessageRef {
  return { room: { account: accountId('cloud'), id: roomId(room) }, id: remoteId(String(id)) };
}

describe('WrittenCopies', () => {
  it('knows a copy by its room and its id', () => {
    const written = new WrittenCopies();
    written.add(copy(1));
    expect(written.has(copy(1))).toBe(true);
    expect(written.has(copy(2))).toBe(false);
    expect(written.has(copy(1, 'another'))).toBe(false);
  });

  it('remembers as many as it says and forgets the oldest of more than twice as many', () => {
    const written = new WrittenCopies(3);
    for (let id = 1; id <= 7; id += 1) written.add(copy(id));
    expect([1, 2, 3, 4, 5, 6, 7].filter((id) => written.has(copy(id)))).toEqual([4, 5, 6, 7]);
  });
});
