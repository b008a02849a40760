import { TalkHashes } from './talk.hashes.js';

describe('talk.hashes', () => {
  const api = '/ocs/v2.php/apps/spreed/api/v4/room';
  let hashes: TalkHashes;

  const seen = (hash: string | undefined, path: string, token?: string): boolean =>
    hashes.hasChanged(
      { method: 'GET', path, ...(token === undefined ? {} : { token }) },
      hash === undefined ? {} : { 'x-nextcloud-talk-hash': hash },
    );

  beforeEach(() => {
    hashes = new TalkHashes();
  });

  it('another hash at the same endpoint is a change, once', () => {
    expect([seen('a', api), seen('a', api), seen('b', api), seen('b', api)]).toEqual([false, false, true, false]);
  });

  it('endpoints have hashes of their own', () => {
    expect(seen('a', api)).toBe(false);
    expect(seen('b', '/ocs/v2.php/cloud/capabilities')).toBe(false);
    expect([seen('a', api), seen('b', '/ocs/v2.php/cloud/capabilities')]).toEqual([false, false]);
  });

  it('an endpoint is the same one whatever room or message is asked of', () => {
    expect(seen('a', `${api}/abcd/7`, 'abcd')).toBe(false);
    expect(seen('b', `${api}/efgh/8`, 'efgh')).toBe(true);
  });

  it('an answer without one says nothing', () => {
    expect([seen('a', api), seen(undefined, api), seen('a', api)]).toEqual([false, false, false]);
  });
});
