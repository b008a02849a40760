import { readFileSync } from 'node:fs';
import type { Act } from '../../http/transport-failure.js';
import { type About, brokenAnswer, refusalError, transportError } from './matrix.errors.js';

/** Answers as Synapse 1.163 gave them. */
const captured = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/matrix/synapse-1.163-refusals.json', import.meta.url), 'utf8'),
) as Record<string, { status: number; body: { errcode: string } }>;

function errorOf(name: string, about: About, act: Act = 'write') {
  const answer = captured[name];
  if (answer === undefined) throw new Error(`no captured answer ${name}`);
  return refusalError({ status: answer.status, errcode: answer.body.errcode, retryAfterMs: undefined }, about, act);
}

describe('refusalError', () => {
  it.each([
    ['unknownToken', 'message', 'loginRefused'],
    ['notInRoom', 'message', 'roomClosed'],
    ['notOurs', 'login', 'loginRefused'],
    ['foreignUser', 'login', 'loginRefused'],
    ['tooLarge', 'message', 'messageRefused'],
    ['badContent', 'message', 'messageRefused'],
    ['redactUnknown', 'target', 'targetGone'],
    ['redactOthers', 'target', 'messageRefused'],
    ['joinUnknown', 'room', 'roomClosed'],
    ['inviteOnly', 'room', 'roomClosed'],
    ['mediaGone', 'file', 'targetGone'],
    ['unknownPath', 'message', 'networkUnavailable'],
    ['pingBadStatus', 'room', 'networkUnavailable'],
  ] as const)('%s of a %s is %s', (name, about, code) => {
    expect(errorOf(name, about).code).toBe(code);
  });

  it('a room that is not there is gone, one that refuses lets us not', () => {
    expect(errorOf('joinUnknown', 'room')).toMatchObject({ reason: 'gone' });
    expect(errorOf('inviteOnly', 'room')).toMatchObject({ reason: 'noPermission' });
  });

  it('a pause has the length that was asked for, or a second', () => {
    const limited = { status: 429, errcode: 'M_LIMIT_EXCEEDED' };
    expect(refusalError({ ...limited, retryAfterMs: 7000 }, 'message', 'write').failure).toMatchObject({
      retry: { afterMs: 7000 },
      certainty: 'notSent',
    });
    expect(refusalError({ ...limited, retryAfterMs: undefined }, 'message', 'write').failure.retry).toEqual({
      afterMs: 1000,
    });
  });

  it('what no homeserver said leaves a write in doubt, and nothing else', () => {
    const page = { status: 502, errcode: '', retryAfterMs: undefined };
    expect(refusalError(page, 'message', 'write').failure.certainty).toBe('unknownAfterDisconnect');
    expect(refusalError({ ...page, status: 504 }, 'message', 'write').failure.certainty).toBe('unknownAfterTimeout');
    expect(refusalError(page, 'room', 'repeatable').failure.certainty).toBe('notSent');
    expect(brokenAnswer('write', '200 without JSON').failure.certainty).toBe('unknownAfterDisconnect');
  });

  it('says the status and the code, and nothing that anybody wrote', () => {
    expect(errorOf('badContent', 'message').message).toBe('the homeserver refused it (400 M_UNKNOWN)');
  });
});

describe('transportError', () => {
  const cause = new Error('reset');

  it.each([
    ['broken', true, 'networkUnavailable', 'unknownAfterDisconnect'],
    ['broken', false, 'networkUnavailable', 'notSent'],
    ['timeout', true, 'networkUnavailable', 'unknownAfterTimeout'],
    ['timeout', false, 'networkUnavailable', 'notSent'],
    ['aborted', true, 'abandoned', 'unknownAfterTimeout'],
    ['aborted', false, 'abandoned', 'notSent'],
    ['tooLarge', true, 'networkUnavailable', 'unknownAfterDisconnect'],
  ] as const)('a write that was %s, gone out: %s, is %s and %s', (how, wentOut, code, certainty) => {
    const error = transportError('write', { how, wentOut, cause });
    expect([error.code, error.failure.certainty]).toEqual([code, certainty]);
  });

  it('what may be repeated is never in doubt', () => {
    expect(transportError('repeatable', { how: 'timeout', wentOut: true, cause }).failure.certainty).toBe('notSent');
    expect(transportError('read', { how: 'broken', wentOut: true, cause }).failure.certainty).toBe('notSent');
  });
});
