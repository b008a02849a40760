import { LoginRefused, NetworkUnavailable, TargetGone } from '../model/errors.js';
import { networkName } from '../model/ids.js';
import { WordsRefused, type NetworkCommand, type NetworkDefinition } from '../model/network-definition.js';
import type { Settings } from '../settings/settings.types.js';
import type { CommandCall } from './command.js';
import { UsageError } from './command.js';
import { networkCommand } from './network-command.js';

const definition = { network: networkName('pigeon'), label: 'Pigeon' } as unknown as NetworkDefinition;

const coo: NetworkCommand<unknown> = {
  name: 'coo',
  summary: 'Coos.',
  words: {
    usage: '[WORD…]',
    notes: 'Coos what is said.',
    examples: ['coo hello'],
    explain: ([word]) => {
      if (word === 'bark') throw new WordsRefused('Pigeons do not bark.');
      return word === undefined ? 'Say what to coo.' : undefined;
    },
  },
  run: (account, settings, { words }) => {
    if (words.includes('meow')) return Promise.reject(new WordsRefused('Nor do they meow.'));
    return Promise.resolve(`${account} ${JSON.stringify(settings)} ${words.join(' ')}\n`);
  },
};

describe('a command of a network', () => {
  let printed: string[];

  const call = (
    positionals: string[],
    options: CommandCall['options'] = {},
    accounts: string[] = ['loft'],
  ): CommandCall => ({
    env: {},
    folder: '/',
    print: (text) => printed.push(text),
    complain: () => undefined,
    positionals,
    options,
    settings: () =>
      Promise.resolve({
        source: 'file',
        accounts: new Map(accounts.map((key) => [key, { network: definition.network, settings: { birds: 8 } }])),
      } as unknown as Settings),
  });

  beforeEach(() => {
    printed = [];
  });

  it('gets its words, and the settings of the only account', async () => {
    expect(await networkCommand(definition, coo).run(call(['hello', 'there']))).toBe(0);
    expect(printed).toEqual(['loft {"birds":8} hello there']);
  });

  it('words that ask nothing of an account are answered without settings', async () => {
    const none = { ...call([]), settings: () => Promise.reject(new Error('no settings')) };
    expect(await networkCommand(definition, coo).run(none)).toBe(0);
    expect(printed).toEqual(['Say what to coo.']);
  });

  it('of several accounts one is named', async () => {
    const command = networkCommand(definition, coo);
    await expect(command.run(call(['hello'], {}, ['loft', 'roof']))).rejects.toThrow(
      new UsageError('Name one of the Pigeon accounts: loft, roof.'),
    );
    await command.run(call(['hello'], { account: 'roof' }, ['loft', 'roof']));
    expect(printed).toEqual(['roof {"birds":8} hello']);
  });

  it('words that make no sense are told with the usage', async () => {
    const command = networkCommand(definition, coo);
    await expect(command.run(call(['bark']))).rejects.toThrow(new UsageError('Pigeons do not bark.'));
    await expect(command.run(call(['meow']))).rejects.toThrow(new UsageError('Nor do they meow.'));
  });

  it('what the network says is told with the account; a login or a server that is at fault, with the remedy', async () => {
    const failing = (error: Error) => networkCommand(definition, { ...coo, run: () => Promise.reject(error) });
    await expect(failing(new LoginRefused('the loft is shut')).run(call(['hello']))).rejects.toThrow(
      'loft: the loft is shut. Check name and password or token in the settings.',
    );
    const away = new NetworkUnavailable('it flew off', { certainty: 'notSent', cause: new Error('a hawk') });
    await expect(failing(away).run(call(['hello']))).rejects.toThrow(
      'loft: it flew off: a hawk. Check its address in the settings, and that it is running.',
    );
    await expect(failing(new TargetGone('no such egg')).run(call(['hello']))).rejects.toThrow(/^loft: no such egg$/);
    await expect(failing(new Error('a fault of ours')).run(call(['hello']))).rejects.toThrow(/^a fault of ours$/);
  });

  it('one without words takes the account’s key alone', async () => {
    const plain = networkCommand(definition, {
      name: 'nest',
      summary: 'Nests.',
      run: (account) => Promise.resolve(account),
    });
    expect(plain).toMatchObject({ usage: '[ACCOUNT]', maxWords: 1 });
    await plain.run(call(['roof'], {}, ['loft', 'roof']));
    await expect(plain.run(call([], {}, []))).rejects.toThrow(new UsageError('The settings have no Pigeon account.'));
    expect(printed).toEqual(['roof']);
  });
});
