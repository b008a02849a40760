import { userId } from '../../model/ids.js';
import type { NetworkDefinition } from '../../model/network-definition.js';
import { TalkAdapter, talkNetwork } from './talk.adapter.js';
import { talkBotCommand } from './talk.bot-command.js';
import { talkCommand } from './talk.command.js';
import { actorOf, talkUserId } from './talk.ids.js';
import { talkLoginsCommand } from './talk.logins-command.js';
import { talkSettings, type TalkSettings } from './talk.settings.js';
import { webhookRoutes } from './talk.webhooks.js';

export const talkDefinition: NetworkDefinition<TalkSettings, TalkAdapter> = {
  network: talkNetwork,
  label: 'Talk',
  settingsSchema: talkSettings,
  commands: [talkCommand, talkBotCommand, talkLoginsCommand],
  userIdOf: (written) => {
    const { type, id } = actorOf(userId(written));
    return talkUserId(type, id);
  },
  httpRoutes: (adapters) => webhookRoutes(adapters.map(({ webhooks }) => webhooks)),
  create: (context) => new TalkAdapter(context),
};
