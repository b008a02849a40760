import { z } from 'zod';
import { accountId, networkName } from '../model/ids.js';
import type { NetworkDefinition } from '../model/network-definition.js';
import type { FileRead } from './file-reader.js';
import { loadSettings, type SettingsRequest } from './load-settings.js';
import { SettingsFaults } from './settings-faults.js';
import type { Settings } from './settings.types.js';

function network(name: string, settingsSchema: z.ZodType): NetworkDefinition {
  return {
    network: networkName(name),
    label: name,
    settingsSchema,
    commands: [],
    httpRoutes: () => [],
    create: () => {
      throw new Error('Settings make no adapters.');
    },
  };
}

const definitions = [
  network(
    'pigeon',
    z.strictObject({
      url: z.url('must be a whole address').describe('Address of the loft.'),
      user: z.string().describe('Who flies.'),
      password: z.string().describe('What the loft wants to hear.').meta({ secret: true }),
      birds: z.number().int().min(1).default(8).describe('How many fly at a time.'),
    }),
  ),
  network('drum', z.strictObject({ hut: z.string().describe('Where the drum stands.') })),
];

interface Given {
  readonly yaml?: string;
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string>;
  readonly open?: readonly string[];
  readonly config?: string;
}

function request({ yaml, env = {}, files = {}, open = [], config }: Given): SettingsRequest {
  const all: Record<string, string> = {
    ...(yaml === undefined ? {} : { '/home/config/crosstalk.yaml': yaml }),
    ...files,
  };
  const readFile = (path: string): Promise<FileRead> => {
    const text = all[path];
    if (text === undefined) return Promise.resolve({ text, missing: true, reason: 'there is no such file' });
    return Promise.resolve({ text, readableBy: open.includes(path) ? 'everybody' : 'some' });
  };
  return { env, definitions, readFile, folder: '/home', ...(config === undefined ? {} : { config }) };
}

const load = (given: Given): Promise<Settings> => loadSettings(request(given));

async function faults(given: Given): Promise<SettingsFaults> {
  try {
    await load(given);
  } catch (error) {
    if (error instanceof SettingsFaults) return error;
    throw error;
  }
  throw new Error('Nothing was found wrong.');
}

const account = `
accounts:
  home: { network: pigeon, url: https://loft.example.org, user: anna, password: coo }
  hut: { network: drum, hut: hill }
`;

describe('loadSettings', () => {
  test('nothing given: the defaults, and source none', async () => {
    expect(await load({})).toEqual({
      source: 'none',
      warnings: [],
      database: { poolSize: 10 },
      listen: { public: { host: '127.0.0.1', port: 8780 }, admin: { host: '127.0.0.1', port: 8781 } },
      log: { level: 'info' },
      delivery: {
        leaseMs: 12000,
        heldEventsMs: 600000,
        parkAfterAttempts: 10,
        alarmAfterMs: 86400000,
        retryFirstMs: 1000,
        retryMaxMs: 60000,
        stopWithinMs: 4000,
      },
      retention: { payloadDays: 30 },
      accounts: new Map(),
      links: [],
    });
  });

  test('a file with accounts and links becomes typed settings, frozen through and through', async () => {
    const settings = await load({
      yaml: `${account}
links:
  team:
    rooms:
      - { account: home, room: abc123, direction: out }
      - { account: hut, create: { name: Team, invite: ['@anna:example.org'] } }
`,
    });
    expect(settings.source).toBe('file');
    expect(settings.file).toBe('/home/config/crosstalk.yaml');
    expect(settings.accounts.get(accountId('home'))).toEqual({
      network: 'pigeon',
      settings: { url: 'https://loft.example.org', user: 'anna', password: 'coo', birds: 8 },
    });
    expect(settings.links).toEqual([
      {
        id: 'team',
        rooms: [
          { account: 'home', wanted: { room: 'abc123' }, direction: 'out' },
          { account: 'hut', wanted: { create: { name: 'Team', invite: ['@anna:example.org'] } }, direction: 'both' },
        ],
      },
    ]);
    expect(Object.isFrozen(settings.links[0]?.rooms[1]?.wanted)).toBe(true);
    expect(Object.isFrozen(settings.accounts.get(accountId('home'))?.settings)).toBe(true);
  });

  test('eight things wrong are told in one go, each with its path, place and remedy', async () => {
    const error = await faults({
      yaml: `database:
  pool: 12
listen:
  admin: { host: 0.0.0.0 }
log: { level: inof }
delivery: { leaseMs: soon }
accounts:
  home: { network: pigeon, url: https://loft.example.org, user: 12, pasword: coo }
  hut: { network: drum }
links:
  team:
    rooms: [{ account: hone, room: abc123 }, { account: hut, room: r1 }]
`,
    });
    expect(error.message).toBe(`8 things are wrong with the settings in /home/config/crosstalk.yaml:
  - database.pool (line 2, column 3): is not a key that is known here
    Did you mean poolSize?
  - listen.admin.token (line 4, column 3): is missing, though the page and the HTTP API can be reached from other machines
    Set it, or set listen.admin.tokenFile, or let listen.admin.host be 127.0.0.1.
  - log.level (line 5, column 8): must be one of debug, info, warn, error
    Did you mean info?
  - delivery.leaseMs (line 6, column 13): must be a number, but is text
    Write a number, without quotes. After how long without a sign of life another replica takes over rooms and lanes.
  - accounts.home.user (line 8, column 59): must be text, but is a number
    Put it in quotes.
  - accounts.home.pasword (line 8, column 69): is not a key that is known here
    Did you mean password?
  - accounts.hut.hut (line 9, column 3): is missing
    Set it. Where the drum stands.
  - links.team.rooms[0].account (line 12, column 15): names the account hone, which does not exist
    Did you mean home?`);
  });
});
