import fc from 'fast-check';
import { BridgeError, NetworkUnavailable, RoomClosed } from '../../model/errors.js';
import { refusalError, transportError, type Act, type Refusal } from './talk.errors.js';

const plain: Refusal = {
  status: 400,
  word: '',
  isOfEndpoint: false,
  ocsStatus: undefined,
  isPage: false,
  retryAfterMs: undefined,
};
const errorFor = (act: Act, refusal: Partial<Refusal>): BridgeError => refusalError(act, { ...plain, ...refusal });

describe('talk.errors', () => {
  it.each([
    ['read', { status: 401 }, 'loginRefused', 'notSent'],
    ['write', { status: 401, isPage: true }, 'loginRefused', 'notSent'],
    ['read', { status: 403 }, 'roomClosed', 'notSent'],
    ['read', { status: 404 }, 'roomClosed', 'notSent'],
    ['write', { status: 404 }, 'roomClosed', 'notSent'],
    ['write', { status: 404, word: 'message' }, 'targetGone', 'notSent'],
    ['write', { status: 404, isOfEndpoint: true }, 'targetGone', 'notSent'],
    ['read', { status: 404, isOfEndpoint: true }, 'roomClosed', 'notSent'],
    ['write', { status: 403, word: 'permission' }, 'messageRefused', 'notSent'],
    ['read', { status: 403, word: 'permission' }, 'roomClosed', 'notSent'],
    ['write', { status: 400, word: 'age' }, 'targetGone', 'notSent'],
    ['write', { status: 405, word: 'message' }, 'targetGone', 'notSent'],
    ['write', { status: 412 }, 'roomClosed', 'notSent'],
    ['write', { status: 400, word: 'message' }, 'messageRefused', 'notSent'],
    ['write', { status: 413, word: 'message' }, 'messageRefused', 'notSent'],
    ['read', { status: 400 }, 'networkUnavailable', 'notSent'],
    ['write', { status: 429 }, 'rateLimited', 'notSent'],
    ['write', { status: 500 }, 'networkUnavailable', 'unknownAfterDisconnect'],
    ['write', { status: 503, isPage: true }, 'networkUnavailable', 'unknownAfterDisconnect'],
    ['read', { status: 503 }, 'networkUnavailable', 'notSent'],
    ['write', { status: 302 }, 'networkUnavailable', 'unknownAfterDisconnect'],
  ] as const)('a %s that answers %j is %s, %s', (act, refusal, code, certainty) => {
    const error = errorFor(act, refusal);
    expect(error.code).toBe(code);
    expect(error.failure.certainty).toBe(certainty);
  });

  it('the reason of a closed room follows from the status', () => {
    const reasons = [403, 404, 412].map((status) => (errorFor('read', { status }) as RoomClosed).reason);
    expect(reasons).toEqual(['noPermission', 'gone', 'lobby']);
  });

  it('a page, or a server without Talk for the moment, says nothing of the room', () => {
    expect(errorFor('read', { status: 404, isPage: true })).toBeInstanceOf(NetworkUnavailable);
    expect(errorFor('read', { status: 404, ocsStatus: 998 })).toBeInstanceOf(NetworkUnavailable);
    expect(errorFor('read', { status: 403, isPage: true })).toBeInstanceOf(NetworkUnavailable);
  });

  it('a pause is as long as the server says', () => {
    expect(errorFor('write', { status: 429, retryAfterMs: 7000 }).failure.retry).toEqual({ afterMs: 7000 });
    expect(errorFor('write', { status: 429 }).failure.retry).toEqual({ afterMs: 30_000 });
  });

  it.each([
    ['write', 'broken', true, 'unknownAfterDisconnect'],
    ['write', 'tooLarge', true, 'unknownAfterDisconnect'],
    ['write', 'timeout', true, 'unknownAfterTimeout'],
    ['write', 'aborted', true, 'unknownAfterTimeout'],
    ['write', 'broken', false, 'notSent'],
    ['write', 'timeout', false, 'notSent'],
    ['write', 'aborted', false, 'notSent'],
    ['read', 'broken', true, 'notSent'],
  ] as const)('a %s that ends as %s, gone out %s, is %s', (act, how, wentOut, certainty) => {
    expect(transportError(act, { how, wentOut, cause: undefined }).failure.certainty).toBe(certainty);
  });

  it('every status is some BridgeError', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Act>('read', 'write'),
        fc.integer({ min: 300, max: 999 }),
        fc.boolean(),
        (act, status, isPage) => {
          expect(errorFor(act, { status, isPage })).toBeInstanceOf(BridgeError);
        },
      ),
    );
  });
});
