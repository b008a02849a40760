import { roomId } from '../../model/ids.js';
import { chooseWatch } from './talk.watch-choice.js';

const rooms = ['a', 'b', 'c', 'd', 'e'].map((room) => ({
  room: roomId(room),
  watch: 'swept' as const,
  cursor: null,
  pushedAt: null,
  state: 'open' as const,
}));

const chosen = (bots: string, signaled: string, maxHeldPolls: number): string[] =>
  [
    ...chooseWatch(rooms, {
      maxHeldPolls,
      hasBot: ({ room }) => bots.includes(room),
      isSignaled: ({ room }) => signaled.includes(room),
    }).values(),
  ].map((mode) => mode);

describe('talk.watch-choice', () => {
  it('the bot first, then the signaling server, then held requests for the busiest, then the room list', () => {
    expect(chosen('b', 'bd', 1)).toEqual(['held', 'webhook', 'swept', 'signaling', 'swept']);
  });

  it('never more held requests than are allowed', () => {
    expect(chosen('', '', 2)).toEqual(['held', 'held', 'swept', 'swept', 'swept']);
    expect(chosen('', '', 0)).toEqual(['swept', 'swept', 'swept', 'swept', 'swept']);
    expect(chosen('', '', 9)).toEqual(['held', 'held', 'held', 'held', 'held']);
  });
});
