import { userId } from '../../model/ids.js';
import type { NetworkDefinition } from '../../model/network-definition.js';
import { TalkAdapter, talkNetwork } from './talk.adapter.js';
import { actorOf, talkUserId } from './talk.ids.js';
import { talkSettings, type TalkSettings } from './talk.settings.js';

export const talkDefinition: NetworkDefinition<TalkSettings, TalkAdapter> = {
  network: talkNetwork,
  label: 'Talk',
  settingsSchema: talkSettings,
  commands: [],
  userIdOf: (written) => {
    const { type, id } = actorOf(userId(written));
    return talkUserId(type, id);
  },
  httpRoutes: () => [],
  create: (context) => new TalkAdapter(context),
};
