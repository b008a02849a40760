import { parse } from 'yaml';
import { accountId } from '../../model/ids.js';
import { puppetRegistrationYaml, registrationYaml } from './matrix.registration.js';
import { matrixSettings } from './matrix.settings.js';

const settings = matrixSettings.parse({
  homeserver: 'https://matrix.example.org',
  serverName: 'example.org',
  asToken: 'as-secret',
  hsToken: 'hs-secret',
  url: 'http://crosstalk:8780',
});

describe('registrationYaml', () => {
  it('tells the homeserver who we are, where we listen, and which names are ours alone', async () => {
    expect(parse(await registrationYaml(accountId('home'), settings))).toEqual({
      id: 'crosstalk-home',
      url: 'http://crosstalk:8780',
      as_token: 'as-secret',
      hs_token: 'hs-secret',
      sender_localpart: 'crosstalk',
      rate_limited: false,
      receive_ephemeral: true,
      'de.sorunome.msc2409.push_ephemeral': true,
      namespaces: {
        users: [
          { regex: '@crosstalk:example\\.org$', exclusive: true },
          { regex: '@crosstalk_.*:example\\.org$', exclusive: true },
        ],
        aliases: [{ regex: '#crosstalk_.*:example\\.org$', exclusive: true }],
      },
    });
  });
});

describe('puppetRegistrationYaml', () => {
  it('reserves nothing, hears nothing, and may act as anybody of the homeserver', async () => {
    const given = { ...settings, doublePuppetToken: 'puppets-secret' };
    const file = parse(await puppetRegistrationYaml(accountId('home'), given)) as Record<string, unknown>;
    expect(file).toEqual({
      id: 'crosstalk-home-puppets',
      url: null,
      as_token: 'puppets-secret',
      hs_token: expect.stringMatching(/^[\w-]{43}$/) as string,
      sender_localpart: 'crosstalk-puppets',
      rate_limited: false,
      namespaces: { users: [{ regex: '@.*:example\\.org$', exclusive: false }] },
    });
    expect(file['hs_token']).toBe(
      (parse(await puppetRegistrationYaml(accountId('home'), given)) as typeof file)['hs_token'],
    );
  });

  it('without a token in the settings it says what to give there', async () => {
    await expect(puppetRegistrationYaml(accountId('home'), settings)).rejects.toThrow('doublePuppetToken');
  });
});
