import { talkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { newCursor } from './talk.cursor.js';

const nobodyJoined = { rooms: [], upTo: '' };

describe('talk.listening', () => {
  it('who may speak in a room is asked anew as soon as the list tells that it lets us write: no row of it was read yet', async () => {
    const speakers: string[] = [];
    const stood: (string | null | undefined)[] = [];
    let goOn = (): void => undefined;
    const next = async (): Promise<void> => new Promise((resolve) => (goOn = resolve));
    const settings = { sweepIntervalMs: 20, idleSweepIntervalMs: 20 };
    const at = await talkAtSandbox({}, settings, {
      roomsStand: async (standings) => {
        for (const { mute } of standings.filter(({ room }) => room === at.room)) {
          stood.push(mute);
          speakers.push((await at.adapter.capabilities(at.room)).speakers.join(' '));
          goOn();
        }
      },
    });
    const stop = new AbortController();
    try {
      at.talk.rooms.setPublic(at.token, true);
      const cursor = newCursor({ at: { id: 1, seconds: 1 } });
      const room = { room: at.room, watch: 'swept', cursor, pushedAt: null, state: 'open' } as const;
      const first = next();
      const watching = at.pulling.watch(
        {
          rooms: () => Promise.resolve([room]),
          wake: () => Promise.resolve(),
          watch: () => Promise.resolve(),
          joined: () => Promise.resolve(nobodyJoined),
        },
        stop.signal,
      );
      await first;
      const shut = next();
      at.talk.rooms.setReadOnly(at.token, true);
      await shut;
      const opened = next();
      at.talk.rooms.setReadOnly(at.token, false);
      await opened;
      stop.abort();
      await watching;
    } finally {
      await at.close();
    }
    expect(stood).toEqual([null, 'the room is read-only', null]);
    expect(speakers).toEqual(['guest relay', 'relay', 'guest relay']);
  });
});
