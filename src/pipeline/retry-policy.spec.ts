import {
  LoginRefused,
  MessageRefused,
  NetworkUnavailable,
  RateLimited,
  RoomClosed,
  TargetGone,
} from '../model/errors.js';
import { type Attempt, decide } from './retry-policy.js';

const settling = { afterTimeoutMs: 35_000, afterDisconnectMs: 2_000 };
const options = { firstMs: 1_000, maxMs: 60_000, parkAfterAttempts: 10 };
const startedAt = new Date('2026-01-02T03:04:00Z');
const failedAt = new Date('2026-01-02T03:04:10Z');
const decided = (error: unknown, attempts = 0, random = 0.5) =>
  decide(error, { attempts, startedAt, failedAt, random } satisfies Attempt, settling, options);
const afterMs = (error: unknown, attempts: number, random?: number) => {
  const decision = decided(error, attempts, random);
  return decision.then === 'again' ? decision.againAt.getTime() - failedAt.getTime() : undefined;
};
const unavailable = new NetworkUnavailable('502', { certainty: 'notSent' });

describe('decide', () => {
  it('what is about something gone is skipped, what would be refused again is parked', () => {
    expect(decided(new TargetGone('gone'))).toEqual({ then: 'skip', reason: 'gone' });
    expect(decided(new MessageRefused('too long'), 99)).toEqual({ then: 'park', reason: 'too long' });
  });

  it('the pause doubles up to its longest', () => {
    expect([0, 1, 2, 5, 6, 1_000].map((attempts) => afterMs(unavailable, attempts))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
    ]);
  });

  it('pauses are spread by a quarter to both sides', () => {
    expect([0, 1].map((random) => afterMs(unavailable, 0, random))).toEqual([750, 1_250]);
  });

  it('who asks for time gets it, and it is no attempt', () => {
    expect(decided(new RateLimited('slow down', { afterMs: 7_000 }), 3)).toEqual({
      then: 'again',
      reason: 'slow down',
      againAt: new Date('2026-01-02T03:04:17Z'),
      attempts: 3,
      uncertain: null,
      probe: 'none',
    });
  });

  it('from the tenth attempt on the room is probed', () => {
    const probes = [8, 9, 30].map((attempts) => decided(unavailable, attempts));
    expect(probes).toMatchObject([
      { attempts: 9, probe: 'none' },
      { attempts: 10, probe: 'room' },
      { attempts: 31, probe: 'room' },
    ]);
  });

  it('a closed account or room holds the lane for as long as it lasts', () => {
    expect(decided(new LoginRefused('revoked'), 99)).toMatchObject({ then: 'again', probe: 'none' });
    expect(decided(new RoomClosed('read only', 'readOnly'), 99)).toMatchObject({ then: 'again', probe: 'none' });
  });

  it.each([
    ['notSent', null],
    ['unknownAfterDisconnect', { since: startedAt, settledAt: new Date('2026-01-02T03:04:12Z') }],
    ['unknownAfterTimeout', { since: startedAt, settledAt: new Date('2026-01-02T03:04:35Z') }],
  ] as const)('%s: in doubt until it is settled', (certainty, uncertain) => {
    expect(decided(new NetworkUnavailable('no answer', { certainty }))).toMatchObject({ uncertain });
  });

  it.each([new TypeError('undefined is no function'), 'a text', undefined])(
    'of what nobody translated (%p) nothing is known',
    (error) => {
      expect(decided(error)).toMatchObject({
        then: 'again',
        uncertain: { since: startedAt, settledAt: new Date('2026-01-02T03:04:35Z') },
      });
    },
  );
});
