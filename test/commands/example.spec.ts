import { readFileSync } from 'node:fs';
import { definitions } from '../../src/app.module.js';
import { exampleSettings, settingsJsonSchema } from '../../src/settings/example.js';
import { loadSettings } from '../../src/settings/load-settings.js';

const example = readFileSync('config/crosstalk.example.yaml', 'utf8');

const filledIn = example
  .replace('room: CHANGE-ME', 'room: abcd1234')
  .replace('room: CHANGE-ME', "room: '#team:example.org'")
  .replace('room: CHANGE-ME', 'room: C0123456789');

describe('what is made from the settings schema', () => {
  it('the sample is what `npm run generate` writes', () => {
    expect(example).toBe(exampleSettings(definitions));
  });

  it('the JSON schema is what `npm run generate` writes', () => {
    expect(readFileSync('config/crosstalk.schema.json', 'utf8')).toBe(settingsJsonSchema(definitions));
  });

  it('the sample can be loaded once its secrets are there', async () => {
    const settings = await loadSettings({
      config: '/etc/crosstalk/crosstalk.yaml',
      env: {},
      definitions,
      folder: '/',
      readFile: (path) =>
        Promise.resolve({
          text: path.endsWith('.yaml') ? filledIn : 'a secret',
          readableBy: 'some',
        }),
    });
    expect([...settings.accounts.keys()]).toEqual(['my-talk', 'my-matrix', 'my-slack']);
    expect(settings.links).toHaveLength(1);
  });

  it('uncommenting a whole section leaves it valid', () => {
    const opened = example
      .replaceAll(/^(\s*)# (delivery|retention|log):$/gm, '$1$2:')
      .replaceAll(/^( {2})# ([a-zA-Z]+: .+)$/gm, '$1$2');
    expect(opened).toContain('\ndelivery:\n');
    expect(opened).toMatch(/\n {2}leaseMs: 12000\n/);
  });
});
