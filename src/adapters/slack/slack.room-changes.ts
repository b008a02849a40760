import { cleanText } from '../../formatting/clean.js';
import { assertNever, type RoomChanged } from '../../model/bridge-event.js';
import type { Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import type { ConversationsApi } from './api/conversations.api.js';
import { writingOf } from './slack.deliver.js';
import { cannotShow } from './slack.errors.js';

/** Source: docs.slack.dev, conversations.setTopic and conversations.rename. */
const longestTopic = 250;
const longestName = 80;

/** Gives the channel the name and topic that a linked room got. What it has already is not set again: Slack would tell everybody. */
export class RoomDelivery implements Deliver<'roomChanged'> {
  readonly repeat = 'harmless';

  constructor(private readonly conversations: ConversationsApi) {}

  /** Throws TargetGone for what Slack has no way to show, or our app none to do. */
  async send(request: DeliveryRequest<RoomChanged>, signal: AbortSignal): Promise<void> {
    const { room, event } = request;
    const { change } = event;
    const writing = writingOf(request, signal);
    switch (change.of) {
      case 'name': {
        const name = channelNameOf(change.name);
        if (name === '') throw cannotShow('nothing of the name can be a channel’s');
        const channel = await this.conversations.info(room, signal);
        if (channel?.name === name) return;
        if ((await this.conversations.rename(room, name, writing)) === 'renamed') return;
        throw cannotShow('an app may rename only the channels that it made');
      }
      case 'topic': {
        const topic = cut(cleanText(change.topic).trim(), longestTopic);
        const channel = await this.conversations.info(room, signal);
        if (channel?.topic?.value !== topic) await this.conversations.setTopic(room, topic, writing);
        return;
      }
      case 'avatar':
        throw cannotShow('a channel of Slack has no picture');
      case 'history':
      case 'writing':
      case 'access':
      case 'expiration':
      case 'group':
      case 'breakoutRooms':
      case 'assistance':
      case 'reach':
        throw cannotShow('the history of a channel, and who may come in, are its people’s');
      default:
        assertNever(change);
    }
  }
}

/** As Slack takes it: small letters of any script, digits, dashes and underscores. */
export function channelNameOf(name: string): string {
  const small = cleanText(name).normalize('NFC').toLowerCase();
  return cut(small.replaceAll(/[^\p{L}\p{M}\p{N}_-]+/gu, '-').replaceAll(/^-+|-+$/g, ''), longestName);
}

function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : characters.slice(0, longest).join('');
}
