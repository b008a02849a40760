import type { Channel } from './channel.js';
import type { Chat } from './chat.js';
import type { SlackClock } from './clock.js';
import { newId } from './ids.js';
import type { JsonObject } from './json.js';
import type { Message } from './message.js';

interface Huddle {
  readonly id: string;
  readonly message: Message;
  readonly createdBy: string;
  readonly startSeconds: number;
  readonly participants: Set<string>;
  /** Whoever was in it at any time. */
  readonly history: Set<string>;
}

/** What people say aloud in channels. A message of Slack's own stands for each, and is told anew with whoever comes and goes. */
export class Huddles {
  readonly #going = new Map<string, Huddle>();

  constructor(
    private readonly chat: Chat,
    private readonly clock: SlackClock,
  ) {}

  /** Comes into the channel's huddle, or begins one: a channel has one at a time. */
  join(channel: Channel, user: string): Message {
    const going = this.#going.get(channel.id);
    if (going === undefined) return this.#begin(channel, user);
    going.participants.add(user);
    going.history.add(user);
    this.chat.retell(channel, going.message, shown(channel, going, 0));
    return going.message;
  }

  /** With the last of them it is over. */
  leave(channel: Channel, user: string): void {
    const going = this.#going.get(channel.id);
    if (going?.participants.delete(user) !== true) throw new Error(`${user} is in no huddle of ${channel.id}`);
    const isOver = going.participants.size === 0;
    if (isOver) this.#going.delete(channel.id);
    this.chat.retell(channel, going.message, shown(channel, going, isOver ? this.clock.nowSeconds() : 0));
  }

  #begin(channel: Channel, user: string): Message {
    const began = {
      id: newId('R'),
      createdBy: user,
      startSeconds: this.clock.nowSeconds(),
      participants: new Set([user]),
      history: new Set([user]),
    };
    const author = { kind: 'person', user: 'USLACKBOT', team: channel.host } as const;
    const details = shown(channel, began, 0);
    const message = this.chat.say(channel, author, { text: '' }, { subtype: 'huddle_thread', details });
    this.#going.set(channel.id, { ...began, message });
    return message;
  }
}

/** `endSeconds`: 0 while it goes on. */
function shown(channel: Channel, huddle: Omit<Huddle, 'message'>, endSeconds: number): JsonObject {
  const { id, createdBy, startSeconds, participants, history } = huddle;
  return {
    room: {
      id,
      name: '',
      media_server: '',
      created_by: createdBy,
      date_start: startSeconds,
      date_end: endSeconds,
      participants: [...participants],
      participant_history: [...history],
      participants_camera_on: [],
      participants_screenshare_on: [],
      is_dm_call: channel.kind === 'im',
      was_rejected: false,
      was_missed: false,
      was_accepted: false,
      has_ended: endSeconds > 0,
      channels: [channel.id],
      huddle_link: `https://app.slack.com/huddle/${channel.host}/${channel.id}`,
      call_family: 'huddle',
    },
    no_notifications: true,
  };
}
