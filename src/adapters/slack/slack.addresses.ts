import type { Addresses } from '../../model/addresses.js';
import type { ChatApi } from './api/chat.api.js';
import { channelAddress, messageAddress, slackPlaceIn, type SlackSelf, tsOf } from './slack.ids.js';

/** A message in a thread has the thread in its address, or clients show the channel alone: Slack is asked for it. */
export function slackAddresses(chat: Pick<ChatApi, 'addressOf'>, self: () => SlackSelf): Addresses {
  return {
    placeIn: (url) => Promise.resolve(slackPlaceIn(url)),
    addressOf: async ({ room, message }, signal) => {
      const ts = message === undefined ? undefined : tsOf(message);
      if (ts === undefined) return channelAddress(room, self());
      return (await chat.addressOf(room, ts, signal)) ?? messageAddress(room, ts, self());
    },
  };
}
