import { z } from 'zod';
import { matrixSettings } from './matrix.settings.js';

const least = {
  homeserver: 'https://matrix.example.org/',
  serverName: 'example.org',
  asToken: 'as',
  hsToken: 'hs',
  url: 'http://crosstalk:8780/',
};

describe('matrixSettings', () => {
  it('needs five fields, and has a default for all others', () => {
    expect(matrixSettings.parse(least)).toEqual({
      homeserver: 'https://matrix.example.org',
      serverName: 'example.org',
      asToken: 'as',
      hsToken: 'hs',
      url: 'http://crosstalk:8780',
      bot: 'crosstalk',
      ghostPrefix: 'crosstalk_',
      command: '!crosstalk',
      operators: [],
      ghostName: '{name} ({network})',
      requestTimeoutMs: 30_000,
      lookupTimeoutMs: 5000,
      avatarTimeoutMs: 10_000,
      avatarRetryMs: 600_000,
      relayMs: 600_000,
      pingRetryMs: 60_000,
      inviteRetryMs: 1000,
      liveLocationMs: 60_000,
      lookMarginMs: 10_000,
      maxConnections: 32,
      typing: true,
      presence: false,
      settling: { afterDisconnectMs: 2000 },
    });
  });

  it.each([
    [{ homeserver: 'matrix.example.org' }],
    [{ homeserver: 'ftp://example.org' }],
    [{ serverName: '@crosstalk:example.org' }],
    [{ bot: 'Crosstalk' }],
    [{ ghostPrefix: 'talk ' }],
    [{ ghostName: 'somebody' }],
    [{ asToken: '' }],
    [{ unknown: 1 }],
  ])('refuses %j', (wrong) => {
    expect(matrixSettings.safeParse({ ...least, ...wrong }).success).toBe(false);
  });

  it('every field is described, and tokens are secrets', () => {
    const schema = z.toJSONSchema(matrixSettings, { io: 'input' }) as {
      properties: Record<string, { description?: string; secret?: boolean }>;
    };
    for (const field of Object.values(schema.properties)) expect(field.description).toBeTruthy();
    const secrets = Object.entries(schema.properties).filter(([, { secret }]) => secret === true);
    expect(secrets.map(([name]) => name)).toEqual(['asToken', 'hsToken', 'doublePuppetToken']);
  });
});
