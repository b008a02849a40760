import { z } from 'zod';
import { networkName } from '../model/ids.js';
import type { NetworkDefinition } from '../model/network-definition.js';
import { applyEnvironment, type Environment } from './environment-source.js';
import { settingsFields } from './settings-fields.js';
import type { Tree } from './settings-tree.js';

const pigeon: NetworkDefinition = {
  network: networkName('pigeon'),
  label: 'Pigeon',
  settingsSchema: z.strictObject({
    url: z.string(),
    password: z.string().meta({ secret: true }),
    birds: z.number().default(8),
    homing: z.boolean().default(true),
    allowed: z.array(z.string()).default([]),
  }),
  commands: [],
  httpRoutes: () => [],
  create: () => {
    throw new Error('not here');
  },
};
const root = settingsFields([pigeon]);

function laid(env: Environment, tree: Tree = {}): { tree: Tree; unknown: readonly (readonly [string, string])[] } {
  const { faults } = applyEnvironment(env, root, tree);
  return { tree, unknown: faults.map(({ path, remedy }) => [path.join('.'), remedy] as const) };
}

describe('applyEnvironment', () => {
  test('__ stands between levels; case and _ within a name do not matter', () => {
    for (const name of [
      'CROSSTALK_DATABASE__POOL_SIZE',
      'CROSSTALK_DATABASE__POOLSIZE',
      'CROSSTALK_database__poolSize',
    ]) {
      expect(laid({ [name]: '5' }).tree).toEqual({ database: { poolSize: 5 } });
    }
  });

  test('a variable finds the key as it is written in the file', () => {
    const tree = { accounts: { 'my-Loft': { network: 'pigeon', password: 'coo' } } };
    expect(laid({ CROSSTALK_ACCOUNTS__MY_LOFT__PASSWORD: 'caw' }, tree).tree).toEqual({
      accounts: { 'my-Loft': { network: 'pigeon', password: 'caw' } },
    });
  });

  test('accounts and links can be set by variables alone', () => {
    const { tree, unknown } = laid({
      CROSSTALK_ACCOUNTS__LOFT__URL: 'https://loft.example.org',
      CROSSTALK_ACCOUNTS__LOFT__NETWORK: 'pigeon',
      CROSSTALK_ACCOUNTS__LOFT__BIRDS: '3',
      CROSSTALK_ACCOUNTS__LOFT__HOMING: 'FALSE',
      CROSSTALK_ACCOUNTS__LOFT__ALLOWED: 'anna, ben',
      CROSSTALK_ACCOUNTS__LOFT__PASSWORD_FILE: '/run/secrets/loft',
      CROSSTALK_LINKS__TEAM__ROOMS__0__ACCOUNT: 'loft',
      CROSSTALK_LINKS__TEAM__ROOMS__0__ROOM: '123',
      CROSSTALK_LINKS__OTHER: '{"rooms": [{"account": "loft", "room": "a"}]}',
    });
    expect(unknown).toEqual([]);
    expect(tree).toEqual({
      accounts: {
        loft: {
          url: 'https://loft.example.org',
          network: 'pigeon',
          birds: 3,
          homing: false,
          allowed: ['anna', 'ben'],
          passwordFile: '/run/secrets/loft',
        },
      },
      links: {
        team: { rooms: [{ account: 'loft', room: '123' }] },
        other: { rooms: [{ account: 'loft', room: 'a' }] },
      },
    });
  });

  test('text stays text, whatever it looks like; what is no number is left for the checks', () => {
    const { tree } = laid({ CROSSTALK_SECRET_KEY: '0x10', CROSSTALK_LISTEN__PUBLIC__PORT: 'many' });
    expect(tree).toEqual({ secretKey: '0x10', listen: { public: { port: 'many' } } });
  });

  test('an empty variable counts as not set', () => {
    expect(laid({ CROSSTALK_LOG__LEVEL: '', CROSSTALK_NONSENSE: '' })).toEqual({ tree: {}, unknown: [] });
  });

  test('an unknown variable is a fault that names the nearest one', () => {
    const tree = { accounts: { loft: { network: 'pigeon' } } };
    const env = {
      CROSSTALK_LOG_LEVEL: 'debug',
      CROSSTALK_ACCOUNTS__LOFT__PASWORD: 'coo',
      CROSSTALK_CONFIGS: 'x',
      CROSSTALK_XYZZY: 'x',
      CROSSTALK_LOG__LEVEL__MORE: 'x',
    };
    expect(laid(env, tree).unknown).toEqual([
      ['CROSSTALK_CONFIGS', 'Did you mean CROSSTALK_CONFIG?'],
      ['CROSSTALK_LOG_LEVEL', 'Did you mean CROSSTALK_LOG__LEVEL?'],
      ['CROSSTALK_XYZZY', 'Remove it, or see `crosstalk help settings`.'],
      ['CROSSTALK_ACCOUNTS__LOFT__PASWORD', 'Did you mean CROSSTALK_ACCOUNTS__LOFT__PASSWORD?'],
      ['CROSSTALK_LOG__LEVEL__MORE', 'Remove it, or see `crosstalk help settings`.'],
    ]);
  });

  test('what Kubernetes sets for a service of our name is not taken for a setting', () => {
    const env = {
      CROSSTALK_SERVICE_HOST: '10.0.0.1',
      CROSSTALK_SERVICE_PORT: '8780',
      CROSSTALK_SERVICE_PORT_PUBLIC: '8780',
      CROSSTALK_PORT: 'tcp://10.0.0.1:8780',
      CROSSTALK_PORT_8780_TCP: 'tcp://10.0.0.1:8780',
      CROSSTALK_PORT_8780_TCP_ADDR: '10.0.0.1',
      CROSSTALK_ADMIN_PORT: 'tcp://10.0.0.2:8781',
      CROSSTALK_ADMIN_SERVICE_HOST: '10.0.0.2',
    };
    expect(laid(env)).toEqual({ tree: {}, unknown: [] });
    expect(laid({ CROSSTALK_PORT: '8780' }).unknown).toHaveLength(1);
  });

  test('what is not YAML is a fault that does not repeat it', () => {
    expect(laid({ CROSSTALK_LINKS: '{"team": "coo' }).unknown).toEqual([
      ['CROSSTALK_LINKS', 'Write it as JSON, or set its parts by variables of their own.'],
    ]);
  });
});
