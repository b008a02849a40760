import { ServerResponse } from 'node:http';
import { jest } from '@jest/globals';
import type { Fault } from '../../src/sandbox/fault-script.js';
import { everything, striking } from './strikes.js';
import { describeTroubles, type Scene, type Trouble } from './town.js';

const ocs = (statuscode: number): string =>
  JSON.stringify({ ocs: { meta: { status: 'failure', statuscode, message: '' }, data: [] } });

const reads = [{ method: 'GET', path: '/chat/[a-z0-9]+\\?' }];

const answering =
  (fault: Fault, calls = everything) =>
  (): Trouble =>
    striking({ on: 'talk', calls, fault });

const refusing = (status: number, headers: Record<string, string> = {}): (() => Trouble) =>
  answering({ do: 'answer', status, headers, body: ocs(status) });

const roomOf = ({ world }: Scene): string => {
  const [room] = world.rooms;
  if (room === undefined) throw new Error('the world has no rooms');
  return room.talk;
};

/** What was said on Matrix waits. */
const waitsForTalk: Trouble['isFelt'] = ({ traffic }) => (traffic.verdicts()[1]?.lost.length ?? 0) > 3;

/** A trouble that the room's moderators make. */
const closing = (set: (scene: Scene, isClosed: boolean) => void): Trouble => ({
  begin: (scene) => {
    set(scene, true);
  },
  isFelt: waitsForTalk,
  end: (scene) => {
    set(scene, false);
  },
});

/** The server forgets to say how far it read. */
function cursorHeaderMissing(): Trouble {
  let missing = 0;
  return {
    begin: () => {
      const { writeHead } = ServerResponse.prototype;
      jest.spyOn(ServerResponse.prototype, 'writeHead').mockImplementation(function (
        this: ServerResponse,
        status: number,
        ...rest: unknown[]
      ) {
        const kept = rest.map((headers) => {
          if (typeof headers !== 'object' || headers === null) return headers;
          const entries = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'x-chat-last-given');
          if (entries.length < Object.keys(headers).length) missing += 1;
          return Object.fromEntries(entries);
        });
        return Reflect.apply(writeHead, this, [status, ...kept]) as ServerResponse;
      });
    },
    isFelt: () => missing > 0,
    end: () => {
      jest.restoreAllMocks();
    },
  };
}

/** Rows are stored behind those that were read already. */
function storedLate(): Trouble {
  let said = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    begin: ({ traffic }) => {
      timer = setInterval(() => {
        traffic.sayLate(5 + (said % 20));
        said += 1;
      }, 200);
    },
    isFelt: () => said >= 5,
    end: () => {
      clearInterval(timer);
    },
  };
}

/** The server's memory cache hides what was stored. */
function hiddenByCache(): Trouble {
  let hidden = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    begin: (scene) => {
      const { cache } = scene.world.talk.state;
      const saysNothingAfter = cache.saysNothingAfter.bind(cache);
      jest.spyOn(cache, 'saysNothingAfter').mockImplementation((token, cursor) => {
        const isHidden = saysNothingAfter(token, cursor);
        if (isHidden) hidden += 1;
        return isHidden;
      });
      timer = setInterval(() => {
        scene.world.talk.raceNextSave(roomOf(scene));
      }, 300);
    },
    isFelt: () => hidden > 0,
    end: () => {
      clearInterval(timer);
      jest.restoreAllMocks();
    },
  };
}

describeTroubles(
  'Talk',
  { full: 50, talk: { deadRoomPauseMs: 500, maxPollPauseMs: 1_000 }, talkServer: { cacheMs: 1_000 } },
  {
    'everything answered 401': refusing(401),
    'everything answered 403': refusing(403),
    'everything answered 404': refusing(404),
    'everything answered 412': refusing(412),
    'everything answered 429': refusing(429, { 'retry-after': '1' }),
    'everything answered 503': refusing(503),
    'a web page for everything': answering({ do: 'html' }),
    'answers that are cut in the middle': answering({ do: 'truncate' }),
    'answers that are no JSON': answering({ do: 'answer', status: 200, body: '{"ocs":{"meta":{"status":"ok"' }),
    'a third of the calls hangs': () =>
      striking({ on: 'talk', calls: everything, share: 0.3, fault: { do: 'hang', forMs: 5_000 } }),
    'a storm of 304': answering({ do: 'answer', status: 304 }, reads),
    'the header with the cursor missing': cursorHeaderMissing,
    'rows stored late, behind the cursor': storedLate,
    'rows hidden by the cache of the server': hiddenByCache,
    'a lobby': () =>
      closing((scene, isClosed) => {
        const room = roomOf(scene);
        // Moderators do not wait in lobbies.
        if (isClosed) scene.world.talk.rooms.demote(room, 'bridge');
        scene.world.talk.rooms.setLobby(room, isClosed);
        if (!isClosed) scene.world.talk.rooms.promote(room, 'bridge');
      }),
    'a room that is read-only': () =>
      closing((scene, isClosed) => {
        scene.world.talk.rooms.setReadOnly(roomOf(scene), isClosed);
      }),
  },
);
