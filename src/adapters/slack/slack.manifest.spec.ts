import { parse } from 'yaml';
import { accountId } from '../../model/ids.js';
import { bridgeEvents, bridgeScopes } from '../../sandbox/slack/bridge-app.js';
import { manifestYaml, neededEvents, neededScopes } from './slack.manifest.js';
import { type SlackSettings, slackSettings } from './slack.settings.js';

const manifest = async (settings: Readonly<Record<string, unknown>>): Promise<unknown> => {
  const checked: SlackSettings = slackSettings.parse(settings);
  return parse(await manifestYaml(accountId('town'), checked));
};

it('by default events come by Socket Mode, and Slack calls nothing', async () => {
  expect(await manifest({ botToken: 'xoxb-1', appToken: 'xapp-1', appName: 'Bridge', command: '/bridge' })).toEqual({
    _metadata: { major_version: 1, minor_version: 1 },
    display_information: {
      name: 'Bridge',
      description: 'Links channels with rooms on other networks',
      background_color: '#1f4b5a',
    },
    features: {
      bot_user: { display_name: 'Bridge', always_online: true },
      slash_commands: [
        {
          command: '/bridge',
          description: 'Speak elsewhere as yourself, or see to what this channel is linked with',
          usage_hint: 'login | logout | link NAME ACCOUNT=ROOM | unlink | status | help',
          should_escape: false,
        },
      ],
    },
    oauth_config: { scopes: { bot: neededScopes } },
    settings: {
      event_subscriptions: { bot_events: expect.arrayContaining(['message.channels', 'tokens_revoked']) as unknown },
      interactivity: { is_enabled: true },
      org_deploy_enabled: false,
      socket_mode_enabled: true,
      token_rotation_enabled: false,
    },
  });
});

it('with the Events API Slack calls our addresses, and an app that is installed by browser comes back to one', async () => {
  const settings = {
    receive: 'eventsApi',
    signingSecret: 'secret',
    url: 'https://bridge.example.org/',
    clientId: '1.2',
    clientSecret: 'secret',
    team: 'T0TOWN0001',
  };
  expect(await manifest(settings)).toMatchObject({
    features: { slash_commands: [{ url: 'https://bridge.example.org/slack/commands' }] },
    oauth_config: { redirect_urls: ['https://bridge.example.org/slack/oauth'] },
    settings: {
      event_subscriptions: { request_url: 'https://bridge.example.org/slack/events' },
      interactivity: { is_enabled: true, request_url: 'https://bridge.example.org/slack/commands' },
      socket_mode_enabled: false,
      token_rotation_enabled: true,
    },
  });
});

it('what is tried with the sandbox may do and hears what the manifest says, no more', () => {
  expect([bridgeScopes, bridgeEvents]).toEqual([neededScopes, neededEvents]);
});
