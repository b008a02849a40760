import { parse } from 'yaml';
import { accountId } from '../../model/ids.js';
import { registrationYaml } from './matrix.registration.js';
import { matrixSettings } from './matrix.settings.js';

describe('registrationYaml', () => {
  it('tells the homeserver who we are, where we listen, and which names are ours alone', async () => {
    const settings = matrixSettings.parse({
      homeserver: 'https://matrix.example.org',
      serverName: 'example.org',
      asToken: 'as-secret',
      hsToken: 'hs-secret',
      url: 'http://crosstalk:8780',
    });
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
