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

  it('an unknown field, a poll longer than the server holds, and an address that is none are faults', () => {
    expect(talkSettings.safeParse({ ...least, pasword: 'x' }).success).toBe(false);
    expect(talkSettings.safeParse({ ...least, pollTimeoutS: 60 }).success).toBe(false);
    expect(talkSettings.safeParse({ ...least, url: 'ftp://cloud.example.org' }).success).toBe(false);
    expect(talkSettings.safeParse({ ...least, url: 'cloud.example.org' }).success).toBe(false);
  });

  it('every field is described and the password alone is a secret', () => {
    const { properties = {} } = z.toJSONSchema(talkSettings, { io: 'input' });
    const fields = Object.entries(properties) as [string, { description?: string; secret?: boolean }][];
    expect(fields.filter(([, { description }]) => description === undefined)).toEqual([]);
    expect(fields.filter(([, { secret }]) => secret === true).map(([name]) => name)).toEqual(['password']);
  });
});
