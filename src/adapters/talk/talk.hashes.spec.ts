import { TalkHashes } from './talk.hashes.js';

describe('talk.hashes', () => {
  const api = '/ocs/v2.php/apps/spreed/api/v4/room';
  let hashes: TalkHashes;
  let nowMs: number;

  const seen = (hash: string | undefined, path: string, token?: string): boolean =>
    hashes.hasChanged(
      { method: 'GET', path, ...(token === undefined ? {} : { token }) },
      hash === undefined ? {} : { 'x-nextcloud-talk-hash': hash },
    );

  beforeEach(() => {
    nowMs = 0;
    hashes = new TalkHashes({ monotonicMs: () => nowMs });
  });

  it('another hash at the same endpoint is a change, once', () => {
    expect([seen('a', api), seen('a', api), seen('b', api), seen('b', api)]).toEqual([false, false, true, false]);
  });

  it('nodes of one server that differ, and answer by turns, are a change once', () => {
    const changes: boolean[] = [];
    for (; nowMs < 3_600_000; nowMs += 3000) changes.push(seen(nowMs % 6000 === 0 ? 'a' : 'b', api));
    expect(changes.filter(Boolean)).toHaveLength(1);
  });

  it('a hash that was another one for long is a change when it is back; one that stays is none, however seldom it is told', () => {
    seen('a', api);
    nowMs = 3_600_000;
    expect([seen('a', api), seen('b', api)]).toEqual([false, true]);
    nowMs += 600_001;
    expect([seen('b', api), seen('a', api)]).toEqual([false, true]);
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
