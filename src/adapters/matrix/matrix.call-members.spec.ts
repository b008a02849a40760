import { memoryStore } from '../../../test/contract/matrix-bench.js';
import { CallMembers } from './matrix.call-members.js';
import { type MatrixEvent, parseEvent } from './matrix.payloads.js';

const hour = 3_600_000;
const isIn = { application: 'm.call', expires: hour };

describe('who is in the call of a room', () => {
  let store: Map<string, unknown>;
  let calls: CallMembers;
  let count: number;

  beforeEach(() => {
    store = new Map();
    calls = new CallMembers(memoryStore(store));
    count = 0;
  });

  const event = (key: string, content: object, more: object = {}): MatrixEvent => {
    count += 1;
    const parsed = parseEvent({
      event_id: `$${String(count)}`,
      room_id: '!fair:real.test',
      type: 'org.matrix.msc3401.call.member',
      sender: `@${key.slice(0, 3)}:real.test`,
      origin_server_ts: 1000,
      state_key: key,
      content,
      ...more,
    });
    if (parsed === undefined) throw new Error('no event');
    return parsed;
  };
  const said = (...told: Parameters<typeof event>): ReturnType<CallMembers['note']> => calls.note(event(...told));

  it('the last who goes out ends it', async () => {
    expect(await said('mia phone', isIn)).toBeUndefined();
    expect(await said('noa', { memberships: [{ application: 'm.call' }] })).toBeUndefined();
    expect(await said('mia phone', {})).toBeUndefined();
    expect(await said('noa', { memberships: [] })).toBe('over');
  });

  it('also after a restart, and once more where the event comes again', async () => {
    await said('mia phone', isIn);
    calls = new CallMembers(memoryStore(store));
    const gone = event('mia phone', {});
    expect(await calls.note(gone)).toBe('over');
    expect(await calls.note(gone)).toBe('over');
    expect(await said('mia phone', {})).toBeUndefined();
  });

  it('an end that comes again does not end the next call', async () => {
    await said('mia phone', isIn);
    const gone = event('mia phone', {});
    await calls.note(gone);
    await said('noa phone', isIn);
    await calls.note(gone);
    expect(await said('noa phone', {})).toBe('over');
  });

  it('whoever was never in ends nothing', async () => {
    await said('mia phone', isIn);
    expect(await said('noa phone', {})).toBeUndefined();
    expect(await said('mia phone', {})).toBe('over');
  });

  it('who vanished counts until their time is over', async () => {
    await said('mia phone', isIn);
    await said('noa phone', isIn);
    expect(await said('noa phone', {}, { origin_server_ts: 1000 + 5 * hour })).toBe('over');
  });

  it('who left the room has left its call', async () => {
    await said('mia phone', isIn);
    await said('noa phone', isIn);
    await said('@mia:real.test', { membership: 'leave' }, { type: 'm.room.member' });
    expect(await said('noa phone', {})).toBe('over');
  });

  it('a name that every object has is a device as any other', async () => {
    expect(await said('toString', {})).toBeUndefined();
    await said('__proto__', isIn);
    await said('mia phone', isIn);
    expect(await said('mia phone', {})).toBeUndefined();
  });
});
