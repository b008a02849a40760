import { z } from 'zod';
import { talkSettings } from './talk.settings.js';

describe('talk.settings', () => {
  const least = { url: 'https://cloud.example.org/nc/index.php/', user: 'bridge', password: 'secret' };

  it('address, name and password are enough', () => {
    expect(talkSettings.parse(least)).toMatchObject({
      url: 'https://cloud.example.org/nc',
      user: 'bridge',
      maxHeldPolls: 8,
      sweepIntervalMs: 3000,
      pollTimeoutS: 30,
      settling: { afterTimeoutMs: 35_000, afterDisconnectMs: 2000 },
    });
  });

  it('an account logs in with exactly one of password, bearer token and session cookie', () => {
    const { password: _, ...without } = least;
    expect(talkSettings.parse({ ...without, bearerToken: 'b' })).toMatchObject({ bearerToken: 'b' });
    expect(talkSettings.parse({ ...without, sessionCookie: 'a=1' })).toMatchObject({ sessionCookie: 'a=1' });
    expect(talkSettings.safeParse({ ...least, bearerToken: 'b' }).success).toBe(false);
    expect(talkSettings.safeParse(without).error?.issues).toMatchObject([{ path: ['password'] }]);
  });

  it('an unknown field, a poll longer than the server holds, and an address that is none are faults', () => {
    expect(talkSettings.safeParse({ ...least, pasword: 'x' }).success).toBe(false);
    expect(talkSettings.safeParse({ ...least, pollTimeoutS: 60 }).success).toBe(false);
    expect(talkSettings.safeParse({ ...least, url: 'ftp://cloud.example.org' }).success).toBe(false);
    expect(talkSettings.safeParse({ ...least, url: 'cloud.example.org' }).success).toBe(false);
  });

  it('who may invite is a person, or everybody on a server; everybody on every server is a fault', () => {
    const rule = (acceptFrom: string[]) => talkSettings.safeParse({ ...least, invitations: { acceptFrom } }).success;
    expect(rule(['anna@cloud.example.org', '*@cloud.example.org', 'anna@https://cloud.example.org'])).toBe(true);
    expect([rule(['*@*']), rule(['anna']), rule(['*']), rule(['anna@*.example.org'])]).toEqual(Array(4).fill(false));
  });

  it('every field is described, and what is logged in with is secret', () => {
    const { properties = {} } = z.toJSONSchema(talkSettings, { io: 'input' });
    const fields = Object.entries(properties) as [string, { description?: string; secret?: boolean }][];
    expect(fields.filter(([, { description }]) => description === undefined)).toEqual([]);
    expect(fields.filter(([, { secret }]) => secret === true).map(([name]) => name)).toEqual([
      'password',
      'bearerToken',
      'sessionCookie',
      'bridgeBotPassword',
    ]);
  });
});
