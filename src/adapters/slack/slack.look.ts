import type { EventKind, MessageEdited } from '../../model/bridge-event.js';
import type { Clock } from '../../model/clock.js';
import { remoteId, type RoomId } from '../../model/ids.js';
import type { Copy, Outcome, Speaker, UncertainDelivery } from '../../model/network-adapter.js';
import type { ConversationsApi, Page, Window } from './api/conversations.api.js';
import type { SlackClient } from './slack.client.js';
import { hiddenMessages } from './slack.errors.js';
import { deliveryKeyIn, isTs, type SlackSelf, type SlackTs, tsOf } from './slack.ids.js';
import type { SlackMessages } from './slack.messages.js';
import { type JsonObject, readMessage } from './slack.payloads.js';
import { isShown, type Said, type SlackText } from './to-slack.js';

export interface LookParts {
  readonly conversations: ConversationsApi;
  readonly messages: SlackMessages;
  readonly client: Pick<SlackClient, 'skewMs'>;
  readonly clock: Clock;
  /** How far around an attempt a look reads, to be safe from unequal clocks. */
  readonly marginMs: number;
  self(): SlackSelf;
  textsOf(said: Said, speaker: Speaker, signal: AbortSignal): Promise<readonly SlackText[]>;
}

type FoundCopies = ReadonlyMap<UncertainDelivery, Map<number, Copy>>;

/** Many servers give no more than 15 at a time, whatever they are asked for. */
const pageSize = 200;
const mostPages = 100;

const posted: ReadonlySet<EventKind> = new Set(['messageSent', 'messageEdited', 'pollStarted']);

/** Finds out what earlier attempts left behind: in the channel, and in each thread that something was said in. */
export class SlackLook {
  constructor(private readonly parts: LookParts) {}

  /** Reads each channel once. `since`: by our clock, nothing was attempted before. */
  async wasDone(deliveries: readonly UncertainDelivery[], since: Date, signal: AbortSignal): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const room of new Set(deliveries.map((delivery) => delivery.room))) {
      const inRoom = deliveries.filter((delivery) => delivery.room === room);
      const found = await this.#findPosted(room, inRoom, since, signal);
      for (const delivery of inRoom) {
        const copies = [...(found.get(delivery)?.values() ?? [])].sort((a, b) => a.part - b.part);
        const done = copies.length > 0 ? copies : await this.#otherwise(delivery, signal);
        outcomes.push({ delivery: delivery.delivery, done });
      }
    }
    return outcomes;
  }

  async #otherwise(delivery: UncertainDelivery, signal: AbortSignal): Promise<'made' | 'alreadySo' | 'notFound'> {
    const { event, room, target } = delivery;
    if (event.kind === 'messageDeleted') return (await this.#areGone(room, target, signal)) ? 'alreadySo' : 'notFound';
    if (event.kind !== 'messageEdited') return 'notFound';
    return (await this.#isEdited(delivery, event, signal)) ? 'made' : 'notFound';
  }

  async #findPosted(
    room: RoomId,
    deliveries: readonly UncertainDelivery[],
    since: Date,
    signal: AbortSignal,
  ): Promise<FoundCopies> {
    const posting = deliveries.filter(({ event }) => posted.has(event.kind));
    const found = new Map(posting.map((delivery) => [delivery, new Map<number, Copy>()]));
    if (posting.length === 0) return found;
    const window = this.#window(since);
    await this.#read((cursor) => this.parts.conversations.history(room, window, cursor, signal), found);
    // What is said in a thread alone is not told among the channel's messages.
    for (const root of await this.#threads(room, posting, signal)) {
      await this.#read((cursor) => this.parts.conversations.replies(room, root, window, cursor, signal), found);
    }
    return found;
  }

  async #threads(
    room: RoomId,
    deliveries: readonly UncertainDelivery[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<SlackTs>> {
    const roots = new Set<SlackTs>();
    for (const { thread, replyTo, event, target } of deliveries) {
      const near = event.kind === 'messageEdited' ? target[0] : (thread ?? replyTo);
      if (near === undefined) continue;
      const root = await this.parts.messages.rootOf(room, near.id, signal);
      // What an edit adds stands in a thread only where the message does.
      const isTheThread = event.kind !== 'messageEdited' || root !== tsOf(near.id);
      if (root !== undefined && isTheThread) roots.add(root);
    }
    return roots;
  }

  async #read(page: (cursor: string | undefined) => Promise<Page<JsonObject>>, found: FoundCopies): Promise<void> {
    let cursor: string | undefined;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const { items, next } = await page(cursor);
      for (const item of items) match(item, found);
      if (next === undefined) return;
      cursor = next;
    }
    throw hiddenMessages();
  }

  /** By Slack's clock. */
  #window(since: Date): Window {
    const { client, clock, marginMs } = this.parts;
    const fromMs = since.getTime() + client.skewMs - marginMs;
    const untilMs = clock.now().getTime() + client.skewMs + marginMs;
    return { oldest: secondsOf(fromMs), latest: secondsOf(untilMs), limit: pageSize };
  }

  /**
   * Whether every part shows what the edit says, by the edit's own key, and no part is missing or too many. The text alone proves
   * nothing: a message that was read late was sent as it stood after the edit.
   */
  async #isEdited(delivery: UncertainDelivery, event: MessageEdited, signal: AbortSignal): Promise<boolean> {
    const { room, target, speaker } = delivery;
    const texts = await this.parts.textsOf({ ...event, attention: 'silent' }, speaker, signal);
    for (const [part, text] of texts.entries()) {
      const message = await this.#standing(
        room,
        target.find((each) => each.part === part),
        signal,
      );
      if (message === undefined || !isShown(text, message, this.parts.self())) return false;
      const key = deliveryKeyIn(readMessage(message));
      if (key === undefined || delivery.partOf(key) !== part) return false;
    }
    return this.#areGone(
      room,
      target.filter(({ part }) => part >= texts.length),
      signal,
    );
  }

  async #areGone(room: RoomId, parts: readonly Copy[], signal: AbortSignal): Promise<boolean> {
    for (const copy of parts) if ((await this.#standing(room, copy, signal)) !== undefined) return false;
    return true;
  }

  async #standing(room: RoomId, copy: Copy | undefined, signal: AbortSignal): Promise<JsonObject | undefined> {
    const ts = copy === undefined ? undefined : tsOf(copy.id);
    return ts === undefined ? undefined : this.parts.messages.find(room, ts, signal);
  }
}

function match(item: JsonObject, found: FoundCopies): void {
  const { ts } = item;
  if (typeof ts !== 'string' || !isTs(ts)) return;
  const key = deliveryKeyIn(readMessage(item));
  if (key === undefined) return;
  for (const [delivery, copies] of found) {
    const part = delivery.partOf(key);
    // An edit leaves its key on the parts that it changed: they are no new ones.
    if (part === undefined || delivery.target.some((copy) => copy.id === ts)) continue;
    copies.set(part, { part, id: remoteId(ts), key });
  }
}

function secondsOf(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(6);
}
