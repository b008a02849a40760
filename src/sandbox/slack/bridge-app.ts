import { SlackSandbox } from './slack-sandbox.js';

/** What an app like the service asks for. Source: https://docs.slack.dev/reference/scopes */
export const bridgeScopes: readonly string[] = [
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
  'groups:history',
  'groups:read',
  'groups:write',
  'metadata.message:read',
  'reactions:read',
  'reactions:write',
  'usergroups:read',
  'users:read',
];

/** The events that such an app listens to. */
export const bridgeEvents: readonly string[] = [
  'app_mention',
  'app_uninstalled',
  'channel_left',
  'channel_rename',
  'emoji_changed',
  'group_left',
  'group_rename',
  'member_joined_channel',
  'member_left_channel',
  'message.channels',
  'message.groups',
  'reaction_added',
  'reaction_removed',
  'subteam_created',
  'subteam_updated',
  'team_join',
  'tokens_revoked',
  'user_change',
];

/** A server with a workspace, three people in the channel "general", and the app "Bridge" with known tokens, started. */
export async function runSlackSandbox({
  port,
}: {
  /** 0 takes a free one. */ readonly port: number;
}): Promise<SlackSandbox> {
  const sandbox = new SlackSandbox();
  const team = sandbox.addWorkspace({ id: 'T0SANDBOX00', name: 'Sandbox' });
  const [ann, ...others] = ['Ann', 'Bert', 'Cleo'].map((realName) =>
    sandbox.addUser(team, {
      id: `U0${realName.toUpperCase()}`,
      realName,
      role: realName === 'Ann' ? 'owner' : 'member',
    }),
  );
  if (ann === undefined) throw new Error('nobody is there');
  sandbox.createChannel({ id: 'C0GENERAL00', team, name: 'general', creator: ann, members: others, isGeneral: true });
  sandbox.registerApp({
    id: 'A0BRIDGE000',
    name: 'Bridge',
    scopes: bridgeScopes,
    events: bridgeEvents,
    commands: ['/crosstalk'],
    clientId: '1.1',
    clientSecret: 'client-secret',
    signingSecret: 'signing-secret',
    appToken: 'xapp-sandbox',
  });
  sandbox.installApp('A0BRIDGE000', team, 'xoxb-sandbox');
  await sandbox.start(port);
  return sandbox;
}
