import { appOf, ManifestFault } from './manifest.js';

const whole = `
display_information: { name: Bridge }
features:
  slash_commands: [{ command: /bridge, description: d, url: 'https://b.test/commands' }]
oauth_config:
  redirect_urls: ['https://b.test/oauth']
  scopes: { bot: [chat:write] }
settings:
  event_subscriptions: { request_url: 'https://b.test/events', bot_events: [app_mention] }
  socket_mode_enabled: false
  token_rotation_enabled: true
`;

describe('an app’s manifest', () => {
  it('says what the app may do, what it is told, and where', () => {
    expect(appOf(whole)).toEqual({
      name: 'Bridge',
      scopes: ['chat:write'],
      events: ['app_mention'],
      commands: ['/bridge'],
      redirectUrls: ['https://b.test/oauth'],
      tokenRotation: true,
      delivery: { events: 'https://b.test/events', commands: 'https://b.test/commands' },
    });
  });

  it('may be JSON, and needs no addresses with Socket Mode', () => {
    const manifest = {
      display_information: { name: 'Small' },
      oauth_config: { scopes: { bot: [] } },
      settings: { socket_mode_enabled: true },
    };
    expect(appOf(JSON.stringify(manifest))).toMatchObject({ name: 'Small', delivery: 'socketMode', commands: [] });
  });

  it.each([
    ['', 'This is no app manifest.'],
    ['a: [', 'This is neither YAML nor JSON'],
    ['display_information: { name: x }\noauth_config: {}', 'scopes'],
    ['display_information: { name: x }\noauth_config: { scopes: {} }', 'is needed without Socket Mode'],
  ])('%j is none, with a sentence that says why', (manifest, why) => {
    expect(() => appOf(manifest)).toThrow(ManifestFault);
    expect(() => appOf(manifest)).toThrow(why);
  });
});
