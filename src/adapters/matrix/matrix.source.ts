import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../model/clock.js';
import { inboxKey } from '../../model/ids.js';
import type { Ingest, RawPayload } from '../../model/network-adapter.js';
import type { PublicAnswer } from '../../model/network-definition.js';
import { EventSupplements, type SupplementParts } from './matrix.supplements.js';
import type { TransactionGaps } from './matrix.gaps.js';
import { isObject, type MatrixEvent, parseEvent, type StoredEvent } from './matrix.payloads.js';
import { Turns } from './matrix.turns.js';

export interface SourceParts extends SupplementParts {
  readonly hsToken: string;
  readonly gaps: TransactionGaps;
  readonly clock: Clock;
  /** Whether a user of ours was made by us. */
  isKnownGhost(user: string): Promise<boolean>;
  /** Told each event after it was stored; where it throws, the transaction comes again. */
  onStored(event: MatrixEvent): Promise<void>;
  /** Told what a transaction brings that is kept nowhere: who types, who has read how far. */
  onEphemeral(values: readonly unknown[]): void;
}

export const answerWith = (status: number, errcode?: string): PublicAnswer => ({
  status,
  json: errcode === undefined ? {} : { errcode },
});

/** The homeserver's transactions: answered 200 once all of their events are stored, and one at a time. */
export class MatrixSource {
  readonly #token: Buffer;
  readonly #turns = new Turns();
  readonly #supplements: EventSupplements;
  #ingest: { readonly ingest: Ingest; readonly signal: AbortSignal } | undefined;
  #lastOrder = 0;
  #lastPing: string | undefined;

  constructor(private readonly parts: SourceParts) {
    this.#token = hashOf(parts.hsToken);
    this.#supplements = new EventSupplements(parts);
  }

  open(ingest: Ingest, signal: AbortSignal): void {
    this.#ingest = { ingest, signal };
    this.parts.gaps.open(signal);
  }

  /** Compares in constant time. */
  admits(tokenHash: Buffer): boolean {
    return timingSafeEqual(tokenHash, this.#token);
  }

  /**
   * Stores the events of a transaction. 503 while we are not listening and 500 where storing fails: both are tried again.
   * A body that is no JSON was damaged on its way: 400, tried again too. Anything else is never refused for its contents,
   * since that would keep all later events waiting for ever.
   */
  async receive(transaction: string, body: Buffer): Promise<PublicAnswer> {
    return this.#turns.take('', () => this.#receive(transaction, body));
  }

  /** The transaction id of the latest ping. */
  get lastPing(): string | undefined {
    return this.#lastPing;
  }

  /** The homeserver shows that it reaches us. */
  hearPing(body: Buffer): PublicAnswer {
    const transaction = pingIn(body);
    if (transaction !== undefined) this.#lastPing = transaction;
    return answerWith(200);
  }

  async hasUser(user: string): Promise<PublicAnswer> {
    const isKnown = this.parts.users.isOurs(user) && (await this.parts.isKnownGhost(user));
    return isKnown ? answerWith(200) : answerWith(404, 'M_NOT_FOUND');
  }

  async #receive(transaction: string, body: Buffer): Promise<PublicAnswer> {
    const listening = this.#ingest;
    if (listening === undefined || listening.signal.aborted) return answerWith(503, 'M_UNKNOWN');
    const { gaps, log } = this.parts;
    const contents = contentsIn(body);
    if (contents === 'broken') {
      log.warn({ transaction, bytes: body.length }, 'a transaction was damaged on its way');
      gaps.watch();
      return answerWith(400, 'M_NOT_JSON');
    }
    const { events, ephemeral } = contents;
    if (events === undefined) {
      log.warn({ transaction, bytes: body.length }, 'a transaction has no events');
      return answerWith(200);
    }
    try {
      if (await gaps.isPastGap(transaction)) {
        log.info({ transaction }, 'an earlier transaction is missing: this one is to come again after it');
        return answerWith(503, 'M_UNKNOWN');
      }
      await this.#store(listening.ingest, events, listening.signal);
      gaps.passed(transaction);
      this.parts.onEphemeral(ephemeral);
      return answerWith(200);
    } catch (error) {
      log.error({ transaction, events: events.length, error }, 'a transaction could not be stored; it will come again');
      gaps.watch();
      return answerWith(500, 'M_UNKNOWN');
    }
  }

  async #store(ingest: Ingest, values: readonly unknown[], signal: AbortSignal): Promise<void> {
    const payloads = await this.payloadsOf(values, 'now', signal);
    if (payloads.length > 0) await ingest.accept(payloads);
    for (const value of values) {
      const event = parseEvent(value);
      if (event === undefined) continue;
      this.#supplements.wasStored(event);
      await this.parts.onStored(event);
    }
  }

  /**
   * Events as they are stored, with what they lack. `told`: they come now, or are read again: then what came since they
   * happened stays the newer.
   */
  async payloadsOf(values: readonly unknown[], told: Told, signal: AbortSignal): Promise<readonly RawPayload[]> {
    const payloads: RawPayload[] = [];
    for (const value of values) {
      const event = parseEvent(value);
      if (event === undefined) {
        payloads.push(unreadable(value));
        continue;
      }
      const found = await this.#supplements.find(event, signal);
      const stored = { event: value as MatrixEvent, order: this.#orderOf(event, told), ...found };
      payloads.push({ ...toPayload(stored, event.event_id), ...(told === 'now' ? { isNews: true } : {}) });
    }
    return payloads;
  }

  /** Microseconds since 1970. Of what comes now: grows with each event, also when the clock is set back. */
  #orderOf({ origin_server_ts: atMs }: MatrixEvent, told: Told): string {
    const nowMicros = this.parts.clock.now().getTime() * 1000;
    if (told !== 'now') {
      const then = Math.min(Math.max(0, Math.floor((atMs - told.skewMs) * 1000)), nowMicros);
      told.last = Math.max((told.last ?? -1) + 1, then);
      return String(told.last);
    }
    this.#lastOrder = Math.max(this.#lastOrder + 1, nowMicros);
    return String(this.#lastOrder);
  }
}

/** `skewMs`: how much later the homeserver's clock is than ours. `last`: the order of the latest one. */
export type Told = 'now' | { readonly skewMs: number; last?: number };

interface Contents {
  /** Undefined: JSON, but without a list of events. */
  readonly events: readonly unknown[] | undefined;
  readonly ephemeral: readonly unknown[];
}

function contentsIn(body: Buffer): Contents | 'broken' {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return 'broken';
  }
  const listIn = (name: string): unknown[] | undefined => {
    const list: unknown = isObject(json) ? json[name] : undefined;
    return Array.isArray(list) ? (list as unknown[]) : undefined;
  };
  // Homeservers from before version 1.13 of the specification have the name of its proposal.
  const ephemeral = listIn('ephemeral') ?? listIn('de.sorunome.msc2409.ephemeral') ?? [];
  return { events: listIn('events'), ephemeral };
}

/** Undefined where it carries no id of a text: homeservers may send whatever they like. */
function pingIn(body: Buffer): string | undefined {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    const transaction = isObject(json) ? json['transaction_id'] : undefined;
    return typeof transaction === 'string' ? transaction : undefined;
  } catch {
    return undefined;
  }
}

function toPayload(stored: StoredEvent, key: string): RawPayload {
  try {
    return { key: inboxKey(key), body: Buffer.from(JSON.stringify(stored)) };
  } catch {
    // Nested deeper than it can be written again: kept without its contents, so that it is counted.
    const { event_id, room_id, type } = stored.event;
    return { key: inboxKey(key), body: Buffer.from(JSON.stringify({ unwritable: { event_id, room_id, type } })) };
  }
}

/** No event, or one without what every event has: stored all the same, under a key of its own. */
function unreadable(value: unknown): RawPayload {
  let text: string;
  try {
    text = JSON.stringify({ unreadable: value });
  } catch {
    text = JSON.stringify({ unreadable: 'nested too deeply' });
  }
  return { key: inboxKey(`sha256:${createHash('sha256').update(text).digest('hex')}`), body: Buffer.from(text) };
}

export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
