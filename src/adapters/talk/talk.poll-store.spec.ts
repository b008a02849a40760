import { memoryStore } from '../../../test/contract/talk-at-sandbox.js';
import { accountId, type DeliveryKey, roomId, userId } from '../../model/ids.js';
import { PollStore } from './talk.poll-store.js';

const day = 86_400_000;
const room = roomId('abc');
const mia = { account: accountId('hs'), id: userId('@mia') };

describe('talk: what is kept of polls', () => {
  it('is all forgotten a year after it was written down last', async () => {
    let nowMs = Date.parse('2026-01-02T03:04:05Z');
    const store = memoryStore();
    const polls = new PollStore(store, { now: () => new Date(nowMs) });
    const asked = { question: 'When?', options: ['now', 'then'], resultMode: 0 as const, maxVotes: 1 };
    await polls.making(room, asked, 'key' as DeliveryKey);
    await polls.learn(room, 7, 12);
    await polls.votes(room, 7, mia, { type: 'guests', id: 'g' });
    nowMs += 364 * day;
    await polls.clean();
    expect(await store.list('')).toHaveLength(3);
    nowMs += 2 * day;
    await polls.clean();
    expect(await store.list('')).toEqual([]);
  });
});
