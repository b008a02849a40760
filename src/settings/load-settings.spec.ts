import { z } from 'zod';
import { accountId, networkName, userId } from '../model/ids.js';
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
  {
    ...network('drum', z.strictObject({ hut: z.string().describe('Where the drum stands.') })),
    userIdOf: (written: string) => userId(`drummers/${written.replace('drummers/', '')}`),
  },
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
      files: { linkDays: 7, maxDownloads: 16 },
      retention: { payloadDays: 30 },
      accounts: new Map(),
      links: [],
      people: [],
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
        mirror: {
          name: true,
          topic: true,
          avatar: true,
          members: 'state',
          clearedHistory: 'notice',
          moderators: 'state',
          calls: 'notice',
          access: 'line',
          expired: 'delete',
          moderation: 'off',
          otherReactions: 'off',
        },
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

  describe('where the settings come from', () => {
    test('what --config names wins over CROSSTALK_CONFIG, and that over the usual places', async () => {
      const files = { '/home/a.yaml': 'log: { level: debug }', '/srv/b.yaml': 'log: { level: warn }' };
      const env = { CROSSTALK_CONFIG: '/srv/b.yaml' };
      expect((await load({ yaml: 'log: { level: error }', files, env, config: 'a.yaml' })).log.level).toBe('debug');
      expect((await load({ yaml: 'log: { level: error }', files, env })).log.level).toBe('warn');
      expect((await load({ yaml: 'log: { level: error }', files })).log.level).toBe('error');
      const etc = { '/etc/crosstalk/crosstalk.yaml': 'log: { level: warn }' };
      expect((await load({ files: etc })).file).toBe('/etc/crosstalk/crosstalk.yaml');
    });

    test('a named file that does not exist is a fault, not a reason to look elsewhere', async () => {
      const { faults: found } = await faults({ yaml: account, env: { CROSSTALK_CONFIG: 'gone.yaml' } });
      expect(found).toEqual([
        {
          path: '/home/gone.yaml',
          problem: 'cannot be used: there is no such file',
          remedy: 'Name a settings file that exists and that this user may read.',
          where: { variable: 'CROSSTALK_CONFIG' },
        },
      ]);
    });

    test('variables alone are settings; the data folder alone is none', async () => {
      expect((await load({ env: { CROSSTALK_LOG__LEVEL: 'debug' } })).source).toBe('environment');
      const settings = await load({ env: { CROSSTALK_DATA: 'there', HOME: '/root' } });
      expect([settings.source, settings.dataFolder]).toEqual(['none', '/home/there']);
    });
  });

  describe('YAML', () => {
    test('a syntax error is told with line and column, and nothing is said of what could not be read', async () => {
      const { faults: found } = await faults({ yaml: 'log:\n  level: info\n bad: [1\n' });
      expect(found.map(({ path }) => new Set([path]))).toContainEqual(new Set(['/home/config/crosstalk.yaml']));
      expect(found[0]).toMatchObject({
        where: { line: 3 },
        problem: expect.stringMatching(/^is not valid YAML: /) as unknown,
      });
      expect(found.every(({ problem }) => problem.startsWith('is not valid YAML'))).toBe(true);
    });

    test('a key that is set twice is told beside the other faults', async () => {
      const { faults: found } = await faults({
        yaml: 'log: { level: info }\nretention: { payloadDays: 0 }\nlog: {}\n',
      });
      expect(found.map(({ path, problem }) => [path, problem])).toEqual([
        ['retention.payloadDays', 'must be at least 1'],
        ['log', 'is set twice'],
      ]);
    });

    test('a value that is left out is a fault; a section of comments only is not', async () => {
      const { faults: found } = await faults({ yaml: 'database:\n  # url: postgres://…\nlog:\n  level:\n' });
      expect(found).toEqual([
        {
          path: 'log.level',
          problem: 'has no value',
          remedy: 'Give it one, or remove the key.',
          where: { line: 4, column: 3 },
        },
      ]);
    });

    test('a list or a text instead of keys is refused', async () => {
      expect((await faults({ yaml: '- log' })).faults[0]?.problem).toBe('does not hold keys with values');
      expect((await faults({ yaml: 'log: info' })).faults[0]?.problem).toBe(
        'must be a section of keys with values, but is text',
      );
      expect((await faults({ yaml: 'accounts: [1]' })).faults[0]).toMatchObject({ path: 'accounts' });
    });

    test('aliases that unfold without end are refused', async () => {
      const rows = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
      for (let row = 1; row < 9; row += 1) {
        const above = `*${String.fromCharCode(96 + row)}`;
        rows.push(
          `${String.fromCharCode(97 + row)}: &${String.fromCharCode(97 + row)} [${Array(10).fill(above).join()}]`,
        );
      }
      expect((await faults({ yaml: rows.join('\n') })).faults[0]?.problem).toBe('does not hold keys with values');
    });

    test('a key cannot reach a prototype', async () => {
      const { faults: found } = await faults({ yaml: '__proto__: { polluted: yes }\naccounts: { __proto__: {} }' });
      expect(found.map(({ path }) => path)).toContain('__proto__');
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    });
  });

  describe('secrets', () => {
    const drafted = (secret: string): string =>
      `accounts: { home: { network: pigeon, url: https://loft.example.org, user: anna, ${secret} } }`;
    const passwordOf = (settings: Settings): unknown =>
      (settings.accounts.get(accountId('home'))?.settings as { password: string }).password;

    test('a secret is read from the file that is named, beside the settings file, without its line break', async () => {
      const files = { '/home/config/pass.txt': ' c o o \r\n' };
      const settings = await load({ yaml: drafted('passwordFile: pass.txt'), files });
      expect(passwordOf(settings)).toBe(' c o o ');
      expect(settings.warnings).toEqual([]);
    });

    test('…_FILE names a file from the working folder, and replaces what the settings file says', async () => {
      const files = { '/home/pass.txt': 'caw' };
      const env = { CROSSTALK_ACCOUNTS__HOME__PASSWORD_FILE: 'pass.txt' };
      expect(passwordOf(await load({ yaml: drafted('password: coo'), files, env }))).toBe('caw');
      const inline = { CROSSTALK_ACCOUNTS__HOME__PASSWORD: 'kra' };
      expect(passwordOf(await load({ yaml: drafted('passwordFile: gone.txt'), env: inline }))).toBe('kra');
    });

    test('a secret that is given twice in one place is a fault', async () => {
      const yaml = drafted('password: coo, passwordFile: pass.txt');
      const { faults: found } = await faults({ yaml, files: { '/home/config/pass.txt': 'caw' } });
      expect(found).toMatchObject([
        {
          path: 'accounts.home.passwordFile',
          problem: 'is set beside password',
          remedy: 'Keep one of the two: password or passwordFile.',
        },
      ]);
      const env = { CROSSTALK_SECRET_KEY: 'x'.repeat(40), CROSSTALK_SECRET_KEY_FILE: '/k' };
      expect((await faults({ env })).faults).toMatchObject([
        { path: 'secretKeyFile', where: { variable: 'CROSSTALK_SECRET_KEY_FILE' } },
      ]);
    });

    test('a file that is missing or empty is one fault, and the secret is not called missing as well', async () => {
      const missing = await faults({ yaml: drafted('passwordFile: gone.txt') });
      expect(missing.faults.map(({ path, problem }) => [path, problem])).toEqual([
        ['accounts.home.passwordFile', 'names /home/config/gone.txt, but there is no such file'],
      ]);
      const files = { '/home/config/empty.txt': '\n' };
      const empty = await faults({ yaml: drafted('passwordFile: empty.txt'), files });
      expect(empty.faults.map(({ problem }) => problem)).toEqual(['names /home/config/empty.txt, which is empty']);
    });

    test('files that everybody can read are warned of', async () => {
      const path = '/home/config/pass.txt';
      const settings = await load({ yaml: drafted('passwordFile: pass.txt'), files: { [path]: 'coo' }, open: [path] });
      expect(settings.warnings).toEqual([
        `${path} holds a secret and can be read by every user of this machine: chmod 600 mends that.`,
      ]);
      const open = ['/home/config/crosstalk.yaml'];
      expect((await load({ yaml: drafted('password: coo'), open })).warnings).toEqual([
        '/home/config/crosstalk.yaml holds secrets and can be read by every user of this machine: chmod 600 mends that.',
      ]);
      expect((await load({ yaml: 'log: { level: info }', open })).warnings).toEqual([]);
    });

    test('no fault ever tells a value', async () => {
      const error = await faults({
        yaml: `database: { url: 'mysql://root:hunter2@db/x' }
secretKey: hunter2
listen: { admin: { token: hunter2 } }
accounts:
  home: { network: hunter2, url: hunter2, user: [hunter2], password: { hunter: hunter2 } }
  loft: { network: pigeon, url: hunter2, user: [hunter2], password: { hunter: hunter2 }, birds: hunter2 }
`,
        env: { CROSSTALK_LOG: 'hunter2', CROSSTALK_LINKS: '{"hunter2', CROSSTALK_PASWORD: 'hunter2' },
      });
      expect(error.faults.length).toBeGreaterThanOrEqual(10);
      expect(error.message).not.toContain('hunter2');
    });
  });

  describe('between the parts', () => {
    const rooms = (first: string, second: string): string =>
      `${account}links: { team: { rooms: [{ account: home, room: a${first} }, { account: hut, room: b${second} }] } }`;
    const briefly = async (given: Given): Promise<(readonly string[])[]> =>
      (await faults(given)).faults.map(({ path, problem }) => [path, problem]);
    const problems = async (given: Given): Promise<(readonly string[])[]> =>
      (await faults(given)).faults.map(({ path, problem, remedy }) => [path, problem, remedy]);

    test('a room is in one link at most, and once', async () => {
      const yaml = `${account}links:
  one: { rooms: [{ account: home, room: a }, { account: hut, room: b }] }
  two: { rooms: [{ account: home, room: b }, { account: hut, room: b }, { account: home, room: b }] }
`;
      expect(await problems({ yaml })).toEqual([
        [
          'links.two.rooms[1].room',
          'is in the link one already',
          'A room is in one link at most: add the other rooms to one instead.',
        ],
        ['links.two.rooms[2].room', 'is in this link twice', 'Keep one of the two.'],
      ]);
    });

    test('a link needs a room that speaks and another that listens', async () => {
      const problem = 'lets nothing flow: no room speaks while another listens';
      for (const direction of ['in', 'out']) {
        const both = `, direction: ${direction}`;
        expect(await briefly({ yaml: rooms(both, both) })).toEqual([['links.team', problem]]);
      }
      expect((await load({ yaml: rooms(', direction: in', ', direction: out') })).links).toHaveLength(1);
      expect((await load({ yaml: rooms(', direction: in', '') })).links).toHaveLength(1);
    });

    test('what a link mirrors: what is not set stays as usual, and a value that is none is told', async () => {
      const link = 'rooms: [{ account: home, room: a }, { account: hut, room: b }]';
      const { links } = await load({ yaml: `${account}links: { team: { ${link}, mirror: { members: line } } }` });
      const mirror = {
        name: true,
        topic: true,
        avatar: true,
        members: 'line',
        clearedHistory: 'notice',
        moderators: 'state',
        calls: 'notice',
        access: 'line',
        expired: 'delete',
        moderation: 'off',
        otherReactions: 'off',
      };
      expect(links[0]?.mirror).toEqual(mirror);
      const yaml = `${account}links: { team: { ${link}, mirror: { members: lines, topics: true } } }`;
      expect(await problems({ yaml })).toEqual([
        ['links.team.mirror.members', 'must be one of state, line, off', 'Did you mean line?'],
        ['links.team.mirror.topics', 'is not a key that is known here', 'Did you mean topic?'],
      ]);
    });

    test('people: their ids are as their networks write them', async () => {
      const { people } = await load({ yaml: `${account}people: [{ home: anna, hut: 'anna the drummer' }]` });
      expect(people).toEqual([
        new Map([
          ['home', 'anna'],
          ['hut', 'drummers/anna the drummer'],
        ]),
      ]);
    });

    test('people: unknown accounts, ids of two people and what is no id are told', async () => {
      const yaml = `${account}people:
  - { home: anna, hat: anna }
  - { home: ben, hut: ben }
  - { home: cleo, hut: drummers/ben }
  - { hut: 12 }
`;
      expect(await problems({ yaml })).toEqual([
        ['people[0].hat', 'is not the key of an account', 'Did you mean hut?'],
        [
          'people[2].hut',
          'is drummers/ben, as in people[1]',
          'Write all ids of one person into one entry, and each id once.',
        ],
        ['people[3].hut', 'must be text, but is a number', 'Put it in quotes.'],
      ]);
    });

    test('people can come from the environment', async () => {
      const env = { CROSSTALK_PEOPLE: '[{ home: anna, hut: anna }]' };
      expect((await load({ yaml: account, env })).people).toEqual([
        new Map([
          ['home', 'anna'],
          ['hut', 'drummers/anna'],
        ]),
      ]);
    });

    test('a room is named or made, not both and not neither', async () => {
      expect(await briefly({ yaml: rooms(', create: { name: T }', '') })).toEqual([
        ['links.team.rooms[0]', 'needs either `room` or `create`, and not both'],
      ]);
    });

    test('a room id that YAML takes for a number is to be put in quotes', async () => {
      const yaml = `${account}links: { team: { rooms: [{ account: home, room: 12345 }, { account: hut, room: b }] } }`;
      expect(await problems({ yaml })).toEqual([
        ['links.team.rooms[0].room', 'must be text, but is a number', 'Put it in quotes.'],
      ]);
    });

    test('the two listeners have ports of their own, and the admin one a token outside loopback', async () => {
      const yaml = 'listen: { public: { port: 9000 }, admin: { host: 10.0.0.1, port: 9000 } }';
      expect((await problems({ yaml })).map(([path]) => path)).toEqual(['listen.admin.token', 'listen.admin.port']);
      for (const host of ['localhost', "'::1'", '127.3.2.1']) {
        const settings = await load({ yaml: `listen: { public: { port: 0 }, admin: { host: ${host}, port: 0 } }` });
        expect(settings.listen.admin.token).toBeUndefined();
      }
    });

    test('what is wrong between the parts is told beside what is wrong with them', async () => {
      const listen = 'listen: { public: { port: 90000 }, admin: { host: 0.0.0.0 } }';
      expect(await briefly({ yaml: listen })).toEqual([
        ['listen.public.port', 'must be at most 65535'],
        ['listen.admin.token', expect.stringMatching(/^is missing, though the page/)],
      ]);
      const ports = 'listen: { public: { port: 8781, host: 12 }, admin: { token: short } }';
      expect((await briefly({ yaml: ports })).map(([path]) => path)).toEqual([
        'listen.public.host',
        'listen.admin.port',
        'listen.admin.token',
      ]);
      const key = 'database: { url: postgres://db/crosstalk, poolSize: 0 }';
      expect((await briefly({ yaml: key })).map(([path]) => path)).toEqual(['database.poolSize', 'secretKey']);
      const waits = 'delivery: { leaseMs: 1, retryFirstMs: 90000 }';
      expect((await briefly({ yaml: waits })).map(([path]) => path)).toEqual([
        'delivery.leaseMs',
        'delivery.retryFirstMs',
      ]);
      const room = `${account}links: { team: { rooms: [{ account: home, room: a, way: in }, { account: 7 }] } }`;
      expect((await briefly({ yaml: room })).map(([path]) => path).sort()).toEqual([
        'links.team.rooms[0].way',
        'links.team.rooms[1]',
        'links.team.rooms[1].account',
      ]);
    });

    test('what cannot be understood is not held against the rest', async () => {
      const listen = 'listen: { public: { port: x }, admin: { host: 12, token: short } }';
      expect((await briefly({ yaml: listen })).map(([path]) => path)).toEqual([
        'listen.public.port',
        'listen.admin.host',
        'listen.admin.token',
      ]);
      expect(await briefly({ yaml: 'listen: { admin: 8781 }' })).toEqual([
        ['listen.admin', 'must be a section of keys with values, but is a number'],
      ]);
      expect(await briefly({ yaml: 'database: { url: postgres://db/crosstalk }\nsecretKey: 12' })).toEqual([
        ['secretKey', 'must be text, but is a number'],
      ]);
    });

    test('an account whose network is misspelt is told what else is wrong with it', async () => {
      const yaml = 'accounts: { home: { network: pigeom, url: loft, user: 12, birds: 0 } }';
      expect(await problems({ yaml })).toEqual([
        ['accounts.home.password', 'is missing', expect.stringMatching(/^Set it, or set passwordFile/)],
        ['accounts.home.network', 'must be one of pigeon, drum', 'Did you mean pigeon?'],
        ['accounts.home.url', 'must be a whole address', 'Mend it. Address of the loft.'],
        ['accounts.home.user', 'must be text, but is a number', 'Put it in quotes.'],
        ['accounts.home.birds', 'must be at least 1', 'Mend it. How many fly at a time.'],
      ]);
    });

    test('a database of your own needs a key; the embedded one does not', async () => {
      const yaml = 'database: { url: postgres://db/crosstalk }';
      expect(await briefly({ yaml })).toEqual([['secretKey', 'is missing, and is needed with a database of your own']]);
      expect(await briefly({ yaml: 'secretKey: short' })).toEqual([['secretKey', 'is too short']]);
      const env = { CROSSTALK_SECRET_KEY: 'a sentence of some thirty-two characters' };
      expect((await load({ yaml, env })).secretKey).toBe('a sentence of some thirty-two characters');
    });

    test('keys are plain, and not alike', async () => {
      const yaml =
        'accounts: { a b: { network: drum, hut: h }, my-hut: { network: drum, hut: h }, my_Hut: { network: drum, hut: h } }';
      expect(await problems({ yaml })).toEqual([
        [
          'accounts.a b',
          'is not a key that can be used',
          'A key begins with a letter, has letters, digits and single - or _ inside, and is at most 64 characters long.',
        ],
        ['accounts.my_Hut', 'differs from my-hut only in case, - or _', 'Give one of them another name.'],
      ]);
    });

    test('keys are no longer than can be shown', async () => {
      const keys = (length: number) => `accounts: { ${'a'.repeat(length)}: { network: drum, hut: h } }`;
      expect(await briefly({ yaml: keys(65) })).toEqual([
        [`accounts.${'a'.repeat(65)}`, 'is not a key that can be used'],
      ]);
      expect([...(await load({ yaml: keys(64) })).accounts.keys()]).toEqual(['a'.repeat(64)]);
    });

    test('retryFirstMs is not above retryMaxMs', async () => {
      expect(await briefly({ yaml: 'delivery: { retryFirstMs: 5000, retryMaxMs: 2000 }' })).toEqual([
        ['delivery.retryFirstMs', 'is longer than retryMaxMs'],
      ]);
    });
  });
});
