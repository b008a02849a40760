import { createHash } from 'node:crypto';
import { inboxKey } from '../../model/ids.js';
import type { Ingest, RawPayload } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import { wantedBy } from './from-slack.js';
import { isDirectId, slackInboxKey, slackMessageKey, type SlackSelf } from './slack.ids.js';
import { isObject, type JsonObject, parseEnvelope, type StoredEvent } from './slack.payloads.js';
import { voteIn } from './slack.poll.payloads.js';
import type { SlackPeople } from './slack.people.js';

export interface SourceParts {
  readonly people: Pick<SlackPeople, 'namesOf' | 'note'>;
  readonly log: Log;
  /** As whom we listen; undefined before we are logged in. */
  self(): SlackSelf | undefined;
  /** Whether anything of the channel is of interest: of others no names are looked up. */
  isLinked(channel: string): boolean;
  /** Told each event after it was stored, with Slack's whole second; where it throws, the event comes again. */
  onHeard(event: JsonObject, happenedAt: Date | undefined): Promise<void>;
}

interface Waiting {
  readonly payload: RawPayload;
  readonly stored: () => void;
  readonly failed: (error: unknown) => void;
}

/** What is read of a channel. Others tell what our own memory is kept fresh with, and are not kept. */
const kept: ReadonlySet<unknown> = new Set([
  'message',
  'reaction_added',
  'reaction_removed',
  'member_joined_channel',
  'member_left_channel',
  'pin_added',
  'pin_removed',
]);
/** They have a `ts` of their own, and are no messages. */
const aboutOthers: ReadonlySet<string> = new Set(['message_changed', 'message_deleted', 'message_replied']);
const mostAtOnce = 100;
const tooDeep = JSON.stringify({ unreadable: 'nested too deeply' });

/** Events as they come, by WebSocket or request: what this resolves for is stored, and may be acknowledged. */
export class SlackSource {
  #listening: { readonly ingest: Ingest; readonly signal: AbortSignal } | undefined;
  /** By channel: what comes later is stored later, though its names were known sooner. */
  readonly #turns = new Map<string, Promise<void>>();
  #waiting: Waiting[] = [];
  #isStoring = false;

  constructor(private readonly parts: SourceParts) {}

  open(ingest: Ingest, signal: AbortSignal): void {
    this.#listening = { ingest, signal };
  }

  /** Whether events are taken now. */
  get isListening(): boolean {
    return this.#listening !== undefined && !this.#listening.signal.aborted;
  }

  /** Stores what came for this account; throws where it could not: then it is to come again. */
  async receive(body: unknown): Promise<void> {
    const self = this.parts.self();
    if (self === undefined || this.#listening?.signal.aborted !== false) throw new Error('not listening');
    const { signal } = this.#listening;
    const envelope = parseEnvelope(body);
    if (envelope === undefined) {
      this.parts.log.warn({ account: self.account }, 'something that is no event came, and is kept as it is');
      await this.#inTurn('', Promise.resolve(unreadable(body)));
      return;
    }
    const { event, event_id: id, event_time: timeS } = envelope;
    this.parts.people.note(event);
    if (isKept(event) && !isDirect(event)) {
      await this.#inTurn(channelOf(event) ?? '', this.payloadOf(event, signal, id));
    }
    await this.parts.onHeard(event, timeS === undefined ? undefined : new Date(timeS * 1000));
  }

  /** Stores a vote; throws where it could not. False where a button was pressed that is none of our polls'. */
  async receiveVote(body: unknown): Promise<boolean> {
    const vote = voteIn(body);
    if (vote === undefined) return false;
    if (this.#listening?.signal.aborted !== false) throw new Error('not listening');
    const { channel, user, message_ts: poll, event_ts: at } = vote;
    const id = `${channel}/${poll}/vote/${user}/${at}`;
    await this.#inTurn(channel, this.payloadOf(vote, this.#listening.signal, id));
    return true;
  }

  /** An event as it is stored, with what it lacks. `id`: under which Slack told it; a message is known without. */
  async payloadOf(event: StoredEvent['event'], signal: AbortSignal, id = ''): Promise<RawPayload> {
    const self = this.parts.self();
    if (self === undefined) throw new Error('not listening');
    const channel = channelOf(event);
    const isWanted = channel !== undefined && this.parts.isLinked(channel);
    const names = isWanted ? await this.#namesOf(event, self, signal) : undefined;
    const { account: _account, ...listener } = self;
    const stored: StoredEvent = { event, self: listener, ...(names === undefined ? {} : { names }) };
    // What cannot be written down comes again for ever if it is not stored as that.
    return { key: inboxKeyOf(event, id), body: Buffer.from(jsonOf(stored) ?? tooDeep) };
  }

  async #namesOf(event: StoredEvent['event'], self: SlackSelf, signal: AbortSignal): Promise<StoredEvent['names']> {
    try {
      return await this.parts.people.namesOf(wantedBy(event, self), signal);
    } catch (error) {
      // What was not stored comes again.
      if (signal.aborted) throw error;
      // It is stored as it came, and counted as what cannot be read.
      this.parts.log.debug({ account: self.account, type: event.type, error }, 'an event cannot be read');
      return undefined;
    }
  }

  async #inTurn(channel: string, preparing: Promise<RawPayload>): Promise<void> {
    const before = this.#turns.get(channel);
    const taken = preparing.then(async (payload) => {
      await before;
      return this.#store(payload);
    });
    const turn = Promise.allSettled([preparing, before]).then(() => {
      if (this.#turns.get(channel) === turn) this.#turns.delete(channel);
    });
    this.#turns.set(channel, turn);
    const { whenStored } = await taken;
    await whenStored;
  }

  /** What comes while something is being stored is stored together, next. */
  #store(payload: RawPayload): { readonly whenStored: Promise<void> } {
    const whenStored = new Promise<void>((stored, failed) => {
      this.#waiting.push({ payload, stored, failed });
    });
    if (!this.#isStoring) void this.#drain();
    return { whenStored };
  }

  async #drain(): Promise<void> {
    this.#isStoring = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, mostAtOnce);
      const payloads = new Map(batch.map(({ payload }) => [payload.key, payload]));
      try {
        if (this.#listening === undefined) throw new Error('not listening');
        await this.#listening.ingest.accept([...payloads.values()]);
        for (const { stored } of batch) stored();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#isStoring = false;
  }
}

/** A message is the same whether an event tells it or history: what it is known by there stands in it. */
function inboxKeyOf(event: StoredEvent['event'], id: string): RawPayload['key'] {
  const { type, subtype, ts } = event;
  const channel = channelOf(event);
  const isSaid = type === 'message' && !(typeof subtype === 'string' && aboutOthers.has(subtype));
  return isSaid && channel !== undefined && typeof ts === 'string' ? slackMessageKey(channel, ts) : slackInboxKey(id);
}

/** Whether an event is stored where it is of a channel. */
export function isKept({ type }: JsonObject): boolean {
  return kept.has(type);
}

/** The channel that an event is about. */
export function channelOf(event: JsonObject): string | undefined {
  const { channel, channel_id: id, item } = event;
  const found = [channel, id, isObject(item) ? item['channel'] : undefined].find((each) => typeof each === 'string');
  return typeof found === 'string' ? found : undefined;
}

/** What people tell the app alone, or each other in private, is no channel's. */
function isDirect(event: JsonObject): boolean {
  const { channel_type: type } = event;
  return type === 'im' || type === 'mpim' || isDirectId(channelOf(event) ?? '');
}

/** Undefined where it is nested too deeply: it can be read, but not written. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Stored all the same, under a key of its own. */
function unreadable(value: unknown): RawPayload {
  const text = jsonOf({ unreadable: value }) ?? tooDeep;
  return { key: inboxKey(`sha256:${createHash('sha256').update(text).digest('hex')}`), body: Buffer.from(text) };
}
