import type { Fault } from '../../src/sandbox/fault-script.js';
import { everything, striking, writes } from './strikes.js';
import { describeTroubles, type Trouble } from './town.js';

const answering =
  (fault: Fault, share = 1) =>
  (): Trouble =>
    striking({ on: 'matrix', calls: everything, share, fault });

const broken = (status: number): (() => Trouble) =>
  answering({ do: 'answer', status, body: '{"errcode":"M_UNKNOWN","error":"Internal server error"}' });

/** Transactions come twice. */
function repeated(repeat: 'sameId' | 'otherId'): Trouble {
  let before = 0;
  return {
    begin: ({ world }) => {
      before = world.matrix.repeatedPushes;
      world.matrix.setPushFault({ repeat });
    },
    isFelt: ({ world }) => world.matrix.repeatedPushes > before,
    end: ({ world }) => {
      world.matrix.setPushFault(undefined);
    },
  };
}

describeTroubles(
  'homeserver',
  { full: 50 },
  {
    'everything answered 500': broken(500),
    'everything answered 502': broken(502),
    'everything answered 503': broken(503),
    'everything answered 429 with retry_after_ms': answering({
      do: 'answer',
      status: 429,
      body: '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":200}',
    }),
    'a third of the calls hangs': answering({ do: 'hang', forMs: 5_000 }, 0.3),
    'a third of the answers comes byte by byte': answering({ do: 'slow', delayMs: 0, bytesPerSecond: 1 }, 0.3),
    'a restart that forgets the transaction ids of what it took without an answer': () => {
      const unanswered = striking({
        on: 'matrix',
        calls: writes.matrix,
        share: 0.3,
        fault: { do: 'acceptThenDrop' },
      });
      return {
        ...unanswered,
        end: async (scene) => {
          await scene.world.matrix.restart();
          await unanswered.end(scene);
        },
      };
    },
    'transactions that come twice under the same id': () => repeated('sameId'),
    'transactions that come twice under another id': () => repeated('otherId'),
  },
);
