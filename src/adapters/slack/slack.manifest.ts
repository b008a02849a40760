import { stringify } from 'yaml';
import type { AccountId } from '../../model/ids.js';
import type { SlackSettings } from './slack.settings.js';

/** What the app may do. Source: docs.slack.dev, "Scopes". */
export const neededScopes: readonly string[] = [
  'app_mentions:read',
  'channels:history',
  'channels:join',
  'channels:manage',
  'channels:read',
  'chat:write',
  'chat:write.customize',
  'commands',
  'emoji:read',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'groups:write',
  'metadata.message:read',
  'pins:read',
  'pins:write',
  'reactions:read',
  'reactions:write',
  'usergroups:read',
  'users:read',
];

/** What the app is told. Source: docs.slack.dev, "Events". */
export const neededEvents: readonly string[] = [
  'app_mention',
  'app_uninstalled',
  'channel_deleted',
  'channel_left',
  'channel_rename',
  'emoji_changed',
  'group_deleted',
  'group_left',
  'group_rename',
  'member_joined_channel',
  'member_left_channel',
  'message.channels',
  'message.groups',
  'pin_added',
  'pin_removed',
  'reaction_added',
  'reaction_removed',
  'subteam_created',
  'subteam_updated',
  'team_join',
  'tokens_revoked',
  'user_change',
];

export const eventsPath = '/slack/events';
export const commandsPath = '/slack/commands';
export const redirectPath = '/slack/oauth';

/** The app as its administrator pastes it at Slack: "Create an app", "From a manifest". Source: docs.slack.dev, "App manifest reference". */
export function manifestOf(settings: SlackSettings): Readonly<Record<string, unknown>> {
  const { appName, command, receive, url, clientId } = settings;
  const requests = receive === 'eventsApi' && url !== undefined ? url : undefined;
  return {
    _metadata: { major_version: 1, minor_version: 1 },
    display_information: {
      name: appName,
      description: 'Links channels with rooms on other networks',
      background_color: '#1f4b5a',
    },
    features: {
      bot_user: { display_name: appName, always_online: true },
      slash_commands: [
        {
          command,
          description: 'Speak elsewhere as yourself, or see to what this channel is linked with',
          usage_hint: 'login | logout | link NAME ACCOUNT=ROOM | unlink | status | help',
          should_escape: false,
          ...(requests === undefined ? {} : { url: `${requests}${commandsPath}` }),
        },
      ],
    },
    oauth_config: {
      ...(clientId === undefined || url === undefined ? {} : { redirect_urls: [`${url}${redirectPath}`] }),
      scopes: { bot: neededScopes },
    },
    settings: {
      event_subscriptions: {
        ...(requests === undefined ? {} : { request_url: `${requests}${eventsPath}` }),
        bot_events: neededEvents,
      },
      // Polls have buttons.
      interactivity: {
        is_enabled: true,
        ...(requests === undefined ? {} : { request_url: `${requests}${commandsPath}` }),
      },
      org_deploy_enabled: false,
      socket_mode_enabled: receive === 'socketMode',
      token_rotation_enabled: clientId !== undefined,
    },
  };
}

export function manifestYaml(_account: AccountId, settings: SlackSettings): Promise<string> {
  return Promise.resolve(stringify(manifestOf(settings)));
}
