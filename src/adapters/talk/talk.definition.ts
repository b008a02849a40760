import type { NetworkDefinition } from '../../model/network-definition.js';
import { TalkAdapter, talkNetwork } from './talk.adapter.js';
import { talkSettings, type TalkSettings } from './talk.settings.js';

export const talkDefinition: NetworkDefinition<TalkSettings, TalkAdapter> = {
  network: talkNetwork,
  label: 'Talk',
  settingsSchema: talkSettings,
  commands: [],
  httpRoutes: () => [],
  create: (context) => new TalkAdapter(context),
};
