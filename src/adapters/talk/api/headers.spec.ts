import { talkHeaders, throttledMsIn } from './headers.js';

describe('api/headers', () => {
  it('what Talk says beside its answer is read', () => {
    expect(
      talkHeaders({
        'x-chat-last-given': '602',
        'x-chat-last-common-read': '-2',
        'x-nextcloud-talk-hash': 'a1',
        'x-nextcloud-talk-proxy-hash': 'b2',
        'x-nextcloud-talk-modified-before': '1795195704',
        'x-nextcloud-talk-federation-invites': '1',
        'x-nextcloud-has-user-statuses': '1',
        'x-nextcloud-bruteforce-throttled': '200ms',
        etag: '"e"',
        'content-type': 'application/json; charset=utf-8',
      }),
    ).toEqual({
      lastGiven: 602,
      lastCommonRead: -2,
      talkHash: 'a1',
      proxyHash: 'b2',
      modifiedBefore: 1_795_195_704,
      federationInvites: 1,
      hasUserStatuses: true,
      throttledMs: 200,
      etag: '"e"',
      contentType: 'application/json; charset=utf-8',
    });
  });

  it('what is absent or makes no sense is left out', () => {
    expect(talkHeaders({ 'x-chat-last-given': '', 'x-chat-last-common-read': 'all' })).toEqual({});
  });

  it.each([
    ['800ms', 800],
    [' 25000 ms ', 25_000],
    ['25000', 25_000],
    ['-5ms', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('a throttle of %j is %j milliseconds', (text, throttledMs) => {
    expect(throttledMsIn({ 'x-nextcloud-bruteforce-throttled': text })).toBe(throttledMs);
  });
});
