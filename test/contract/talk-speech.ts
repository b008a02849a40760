import type { TalkAdapter } from '../../src/adapters/talk/talk.adapter.js';
import { fromPlain } from '../../src/formatting/plain.js';
import type {
  MessageDeleted,
  MessageEdited,
  MessageSent,
  ReactionAdded,
  ReactionRemoved,
} from '../../src/model/bridge-event.js';
import { userId } from '../../src/model/ids.js';
import type { Copy, DeliveryRequest, Speaker } from '../../src/model/network-adapter.js';
import type { TalkAtSandbox } from './talk-at-sandbox.js';
import { copyOf, happened, keyOf, message, requested, type Requested } from './talk-requests.js';

const signal = new AbortController().signal;

export const said = (text: string): MessageSent => ({
  ...happened,
  kind: 'messageSent',
  message,
  body: fromPlain(text),
  files: [],
  style: 'text',
});

/** What people of Matrix say and do in a Talk room. Ids are those of rows. */
export interface TalkSpeech {
  /** Messages are numbered from here: the first has `keyOf(10)`, the next `keyOf(20)`. */
  begin(): void;
  person(name: string, id?: string): Speaker;
  say(
    speaker: Speaker,
    text: string,
    more?: Partial<DeliveryRequest<MessageSent>>,
    adapter?: TalkAdapter,
  ): Promise<number>;
  /** An edit, not made yet. */
  editing(speaker: Speaker, id: number, text: string): Requested<MessageEdited>['request'];
  edit(speaker: Speaker, id: number, text: string): Promise<void>;
  remove(speaker: Speaker, id: number): Promise<void>;
  react(
    speaker: Speaker,
    id: number,
    emoji: string,
    adapter?: TalkAdapter,
    more?: Partial<DeliveryRequest<ReactionAdded>>,
  ): Promise<Copy>;
  unreact(speaker: Speaker, id: number, reaction: Copy, adapter?: TalkAdapter): Promise<void>;
  rows(): readonly Record<string, unknown>[];
  row(id: number): Record<string, unknown> | undefined;
  last(): Record<string, unknown> | undefined;
}

/** `as`: who is to be seen to speak. */
export function speechAt(place: () => TalkAtSandbox, as: Speaker['as']): TalkSpeech {
  let messages = 0;
  const rows = (): readonly Record<string, unknown>[] => place().talk.messages(place().token);
  const editing: TalkSpeech['editing'] = (speaker, id, text) => {
    const event: MessageEdited = {
      ...happened,
      kind: 'messageEdited',
      message,
      body: fromPlain(text),
      style: 'text',
      version: '2',
    };
    return requested(place(), event, { speaker, target: [copyOf(id)] }).request;
  };
  return {
    begin: () => {
      messages = 0;
    },
    person: (name, id = `@${name.toLowerCase()}:there`) => ({
      ...requested(place(), said('')).request.speaker,
      as,
      person: { ...happened.actor, id: userId(id), name },
      profile: { name, handle: id },
    }),
    say: async (speaker, text, more = {}, adapter = place().adapter) => {
      messages += 1;
      const number = messages;
      const key = (part: number): ReturnType<typeof keyOf> => keyOf(number * 10 + part);
      const { request, made } = requested(place(), said(text), { speaker, key, ...more });
      await adapter.deliver.messageSent.send(request, signal);
      return Number(made[0]?.id);
    },
    editing,
    edit: (speaker, id, text) => place().adapter.deliver.messageEdited.send(editing(speaker, id, text), signal),
    remove: (speaker, id) => {
      const event: MessageDeleted = { ...happened, kind: 'messageDeleted', message, version: '3' };
      const { request } = requested(place(), event, { speaker, target: [copyOf(id)] });
      return place().adapter.deliver.messageDeleted.send(request, signal);
    },
    react: async (speaker, id, emoji, adapter = place().adapter, more = {}) => {
      const event: ReactionAdded = { ...happened, kind: 'reactionAdded', message, emoji, version: '1' };
      const { request, made } = requested(place(), event, { speaker, target: [copyOf(id)], ...more });
      await adapter.deliver.reactionAdded.send(request, signal);
      return made[0] ?? { part: 0, id: message.id };
    },
    unreact: (speaker, id, reaction, adapter = place().adapter) => {
      const event: ReactionRemoved = { ...happened, kind: 'reactionRemoved', message, emoji: '👍', version: '2' };
      const { request } = requested(place(), event, { speaker, target: [copyOf(id)], reaction });
      return adapter.deliver.reactionRemoved.send(request, signal);
    },
    rows,
    row: (id) => rows().find((row) => row['id'] === id),
    last: () => rows().at(-1),
  };
}
