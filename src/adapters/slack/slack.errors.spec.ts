import type { BridgeError } from '../../model/errors.js';
import { type Act, refusalError, transportError } from './slack.errors.js';

function said({ code, failure, ...error }: BridgeError): unknown {
  const reason = 'reason' in error ? { reason: error.reason } : {};
  return { code, retry: failure.retry, certainty: failure.certainty, ...reason };
}

const refused = (error: string, act: Act = 'write', more: object = {}): unknown =>
  said(refusalError(act, { status: 200, error, ...more }));

describe('what Slack refuses', () => {
  it.each([
    'invalid_auth',
    'not_authed',
    'account_inactive',
    'token_revoked',
    'token_expired',
    'missing_scope',
    'team_access_not_granted',
  ])('%s closes the account until somebody mends it', (error) => {
    expect(refused(error)).toEqual({ code: 'loginRefused', retry: 'later', certainty: 'notSent' });
  });

  it.each([
    ['channel_not_found', 'gone'],
    ['not_in_channel', 'notJoined'],
    ['is_archived', 'archived'],
    ['is_inactive', 'archived'],
    ['restricted_action', 'noPermission'],
    ['restricted_action_read_only_channel', 'readOnly'],
    ['restricted_action_thread_only_channel', 'noPermission'],
    ['ekm_access_denied', 'noPermission'],
  ])('%s closes the room: %s', (error, reason) => {
    expect(refused(error)).toEqual({ code: 'roomClosed', retry: 'later', certainty: 'notSent', reason });
  });

  it.each(['message_not_found', 'thread_not_found', 'file_not_found'])('%s leaves nothing to do', (error) => {
    expect(refused(error)).toEqual({ code: 'targetGone', retry: 'never', certainty: 'notSent' });
  });

  it.each(['edit_window_closed', 'cant_update_message'])('%s has the new words said as an answer', (error) => {
    expect(refused(error)).toEqual({ code: 'uneditable', retry: 'never', certainty: 'notSent' });
  });

  it.each([
    'msg_too_long',
    'msg_blocks_too_long',
    'no_text',
    'invalid_blocks',
    'invalid_blocks_format',
    'block_mismatch',
    'cant_delete_message',
    'too_many_reactions',
    'too_many_emoji',
    'invalid_name',
    'thread_locked',
    'restricted_action_non_threadable_channel',
    'cannot_reply_to_message',
    'a_word_that_is_new',
  ])('%s is about this one message', (error) => {
    expect(refused(error)).toEqual({ code: 'messageRefused', retry: 'never', certainty: 'notSent' });
  });

  it.each(['fatal_error', 'internal_error', 'service_unavailable', 'update_failed'])(
    '%s may have had its effect',
    (error) => {
      expect(refused(error)).toEqual({
        code: 'networkUnavailable',
        retry: 'later',
        certainty: 'unknownAfterDisconnect',
      });
      expect(refused(error, 'read')).toEqual({ code: 'networkUnavailable', retry: 'later', certainty: 'notSent' });
    },
  );

  it.each(['request_timeout', 'team_added_to_org', 'org_login_required', 'external_channel_migrating'])(
    '%s had none',
    (error) => {
      expect(refused(error)).toEqual({ code: 'networkUnavailable', retry: 'later', certainty: 'notSent' });
    },
  );

  it('asks for a pause, to the millisecond', () => {
    expect(refused('ratelimited', 'write', { status: 429, retryAfterMs: 30_000 })).toEqual({
      code: 'rateLimited',
      retry: { afterMs: 30_000 },
      certainty: 'notSent',
    });
    expect(refused('rate_limited')).toEqual({ code: 'rateLimited', retry: { afterMs: 5_000 }, certainty: 'notSent' });
    expect(refused('', 'write', { status: 429, retryAfterMs: 1_000 })).toEqual({
      code: 'rateLimited',
      retry: { afterMs: 1_000 },
      certainty: 'notSent',
    });
  });

  it('what is no answer of its Web API says nothing of the message', () => {
    const unknown = { code: 'networkUnavailable', retry: 'later' };
    expect(refused('', 'write', { status: 502 })).toEqual({ ...unknown, certainty: 'unknownAfterDisconnect' });
    expect(refused('', 'write', { status: 504 })).toEqual({ ...unknown, certainty: 'unknownAfterTimeout' });
    expect(refused('', 'read', { status: 502 })).toEqual({ ...unknown, certainty: 'notSent' });
  });

  it('a refused look is the network’s trouble, not a message’s', () => {
    expect(refused('invalid_cursor', 'read')).toEqual({
      code: 'networkUnavailable',
      retry: 'later',
      certainty: 'notSent',
    });
  });

  it('a scope that a read lacks is about what was to be read, unless that is the app', () => {
    const lacking = { status: 200, error: 'missing_scope', needed: 'im:read' };
    expect(said(refusalError('read', { ...lacking, about: 'channel' }))).toMatchObject({
      code: 'roomClosed',
      reason: 'noPermission',
    });
    expect(said(refusalError('read', { ...lacking, about: 'other' }))).toMatchObject({ code: 'networkUnavailable' });
    expect(said(refusalError('read', { ...lacking, about: 'app' }))).toMatchObject({ code: 'loginRefused' });
    expect(said(refusalError('write', { ...lacking, about: 'channel' }))).toMatchObject({ code: 'loginRefused' });
    expect(refusalError('read', { ...lacking, about: 'channel' }).message).toBe(
      'the app may not read it: it lacks im:read',
    );
  });

  it('says which scope is missing, and what is wrong with the blocks', () => {
    expect(refusalError('write', { status: 200, error: 'missing_scope', needed: 'reactions:write' }).message).toBe(
      'the app lacks reactions:write: install it again with the scopes of its manifest',
    );
    expect(
      refusalError('write', { status: 200, error: 'invalid_blocks', details: ['must be more than 0 characters'] })
        .message,
    ).toBe('Slack refused it (invalid_blocks: must be more than 0 characters)');
  });
});

describe('an exchange that breaks', () => {
  it.each([
    ['broken', true, 'unknownAfterDisconnect'],
    ['timeout', true, 'unknownAfterTimeout'],
    ['aborted', true, 'unknownAfterTimeout'],
    ['broken', false, 'notSent'],
  ] as const)('%s, gone out: %s: %s', (how, wentOut, certainty) => {
    const error = transportError('write', { how, wentOut, cause: new Error('x') });
    expect(error.failure).toMatchObject({ retry: 'later', certainty });
    expect(transportError('read', { how, wentOut, cause: undefined }).failure.certainty).toBe('notSent');
  });
});
