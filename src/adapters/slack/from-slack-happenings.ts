import { cleanName } from '../../formatting/names.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import { type MessageRef, roomId, type UserRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import type { Reading } from './from-slack-inlines.js';
import { deliveryKeyIn, isoOf, isOurs, slackMessageRef, type SlackSelf, slackUserId } from './slack.ids.js';
import type { MessageEvent, SlackMessage } from './slack.payloads.js';

/** Slack itself, where it speaks or acts. */
const slackbot = 'USLACKBOT';

/** Who could not be known in time: an id says nothing to anybody. */
const somebody = 'somebody';

type Happening = Pick<BridgeEvent, 'room' | 'actor' | 'at' | 'key'>;

/** That alone happened. */
export function one(event: BridgeEvent): ReadResult {
  return { events: [event] };
}

/** What somebody did with a message of theirs. */
export function said(event: MessageEvent, message: SlackMessage, at: string, reading: Reading): Happening {
  const key = deliveryKeyIn(message);
  return {
    room: roomRef(event.channel, reading),
    actor: authorOf(message, reading),
    at: isoOf(at),
    ...(key === undefined ? {} : { key }),
  };
}

interface Doer {
  readonly user?: string | undefined;
  readonly bot?: string | undefined;
  readonly app?: string | undefined;
  /** As it called itself for this once. */
  readonly called?: string | undefined;
}

export function authorOf(message: SlackMessage, reading: Reading): UserRef {
  const { user, bot_id: bot, app_id: app, username, bot_profile: profile } = message;
  const called = username ?? (user === undefined ? profile?.name : undefined);
  return personRef({ user, bot, app: app ?? profile?.app_id, called }, reading);
}

/** What somebody did in a channel. */
export function happened(channel: string, doer: Doer, at: string, reading: Reading): Happening {
  return { room: roomRef(channel, reading), actor: personRef(doer, reading), at: isoOf(at) };
}

function roomRef(channel: string, { self }: Reading): BridgeEvent['room'] {
  return { account: self.account, id: roomId(channel) };
}

export function personRef(doer: Doer, { self, names }: Reading): UserRef {
  const id = doer.user ?? doer.bot ?? slackbot;
  const known = names.user(id);
  return {
    account: self.account,
    id: slackUserId(id),
    name: cleanName([doer.called, known?.name].find((name) => name !== undefined && name.trim() !== '') ?? somebody),
    standing: standingOf(doer, known?.isBot === true, self),
  };
}

function standingOf(doer: Doer, isBot: boolean, self: SlackSelf): UserRef['standing'] {
  if (isOurs(doer, self)) return 'ours';
  if (doer.user === undefined && doer.bot === undefined) return 'system';
  return isBot || doer.bot !== undefined || doer.user === slackbot ? 'bot' : 'person';
}

export function refTo({ channel }: MessageEvent, ts: string, { self }: Reading): MessageRef {
  return slackMessageRef(self.account, channel, ts);
}
