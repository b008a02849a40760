import { userId } from '../../model/ids.js';
import type { NetworkDefinition } from '../../model/network-definition.js';
import { SlackAdapter, slackNetwork } from './slack.adapter.js';
import { installRoutes } from './slack.install.js';
import { manifestYaml } from './slack.manifest.js';
import { requestRoutes } from './slack.requests.js';
import { type SlackSettings, slackSettings } from './slack.settings.js';

export const slackDefinition: NetworkDefinition<SlackSettings, SlackAdapter> = {
  network: slackNetwork,
  label: 'Slack',
  settingsSchema: slackSettings,
  commands: [
    {
      name: 'slack manifest',
      summary: 'Prints what Slack makes the app of: paste it at api.slack.com/apps, "From a manifest".',
      run: manifestYaml,
    },
  ],
  userIdOf: userId,
  httpRoutes: (adapters) => [
    ...requestRoutes(adapters.map(({ requestTarget }) => requestTarget)),
    ...installRoutes(adapters.map(({ installable }) => installable)),
  ],
  introduce: (adapters) => {
    for (const adapter of adapters) adapter.introduce(adapters);
  },
  create: (context) => new SlackAdapter(context),
};
