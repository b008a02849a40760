import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../model/clock.js';
import { BridgeError } from '../../model/errors.js';
import { inboxKey } from '../../model/ids.js';
import type { Ingest, RawPayload } from '../../model/network-adapter.js';
import type { Log, PublicAnswer, PublicCall, PublicRequest, PublicRoute } from '../../model/network-definition.js';
import type { TransactionGaps } from './matrix.gaps.js';
import type { OurUsers } from './matrix.ids.js';
import type { EditedMessages } from './matrix.edited-messages.js';
import type { CallMembers } from './matrix.call-members.js';
import type { LivePlaces } from './matrix.live-places.js';
import type { MatrixLookups } from './matrix.lookups.js';
import { Turns } from './matrix.turns.js';
import { openIn, showsFile } from './from-matrix-text.js';
import {
  isObject,
  type MatrixEvent,
  parseEvent,
  readFile,
  readRedaction,
  readRelation,
  type StoredEvent,
} from './matrix.payloads.js';
import { dialectOf, newContentIn, pollTypes } from './from-matrix-polls.js';

export interface SourceParts {
  readonly hsToken: string;
  readonly users: OurUsers;
  readonly lookups: MatrixLookups;
  readonly edited: EditedMessages;
  readonly live: LivePlaces;
  readonly calls: CallMembers;
  readonly gaps: TransactionGaps;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether anything of the room is of interest: of other rooms nothing is looked up. */
  isLinked(room: string): boolean;
  /** Whether a user of ours was made by us. */
  isKnownGhost(user: string): Promise<boolean>;
  /** Told each event after it was stored; where it throws, the transaction comes again. */
  onStored(event: MatrixEvent): Promise<void>;
  /** Told what a transaction brings that is kept nowhere: who types, who has read how far. */
  onEphemeral(values: readonly unknown[]): void;
}

/** A transaction has at most 100 events and 100 ephemeral ones of 64 KiB each, and what servers add to them. */
const maxBodyBytes = 32 * 1024 * 1024;
/** How often a transaction is refused because the homeserver itself does not answer a look-up. */
const maxPatience = 3;

const answer = (status: number, errcode?: string): PublicAnswer => ({
  status,
  json: errcode === undefined ? {} : { errcode },
});

/** The homeserver's transactions: answered 200 once all of their events are stored, and one at a time. */
export class MatrixSource {
  readonly #token: Buffer;
  readonly #turns = new Turns();
  readonly #patience = new Map<string, number>();
  #ingest: { readonly ingest: Ingest; readonly signal: AbortSignal } | undefined;
  #lastOrder = 0;
  #lastPing: string | undefined;

  constructor(private readonly parts: SourceParts) {
    this.#token = hashOf(parts.hsToken);
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
    return answer(200);
  }

  async hasUser(user: string): Promise<PublicAnswer> {
    const isKnown = this.parts.users.isOurs(user) && (await this.parts.isKnownGhost(user));
    return isKnown ? answer(200) : answer(404, 'M_NOT_FOUND');
  }

  async #receive(transaction: string, body: Buffer): Promise<PublicAnswer> {
    const listening = this.#ingest;
    if (listening === undefined || listening.signal.aborted) return answer(503, 'M_UNKNOWN');
    const { gaps, log } = this.parts;
    const contents = contentsIn(body);
    if (contents === 'broken') {
      log.warn({ transaction, bytes: body.length }, 'a transaction was damaged on its way');
      gaps.watch();
      return answer(400, 'M_NOT_JSON');
    }
    const { events, ephemeral } = contents;
    if (events === undefined) {
      log.warn({ transaction, bytes: body.length }, 'a transaction has no events');
      return answer(200);
    }
    try {
      if (await gaps.isPastGap(transaction)) {
        log.info({ transaction }, 'an earlier transaction is missing: this one is to come again after it');
        return answer(503, 'M_UNKNOWN');
      }
      await this.#store(listening.ingest, events, listening.signal);
      gaps.passed(transaction);
      this.parts.onEphemeral(ephemeral);
      return answer(200);
    } catch (error) {
      log.error({ transaction, events: events.length, error }, 'a transaction could not be stored; it will come again');
      gaps.watch();
      return answer(500, 'M_UNKNOWN');
    }
  }

  async #store(ingest: Ingest, values: readonly unknown[], signal: AbortSignal): Promise<void> {
    const payloads = await this.payloadsOf(values, 'now', signal);
    if (payloads.length > 0) await ingest.accept(payloads);
    for (const value of values) {
      const event = parseEvent(value);
      if (event === undefined) continue;
      this.#patience.delete(event.event_id);
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
      this.parts.lookups.note(event);
      const extra = await this.#lookUp(event, signal);
      const stored = { event: value as MatrixEvent, order: this.#orderOf(event, told), ...extra };
      payloads.push({ ...toPayload(stored, event.event_id), ...(told === 'now' ? { isNews: true } : {}) });
    }
    return payloads;
  }

  async #lookUp(event: MatrixEvent, signal: AbortSignal): Promise<Omit<StoredEvent, 'event' | 'order'>> {
    const { lookups, users } = this.parts;
    const { content, room_id: room, sender } = event;
    if (!this.parts.isLinked(room)) return { senderName: '' };
    lookups.noteWords(event);
    if (users.isOurs(sender)) return { senderName: '' };
    const senderName = await lookups.nameOf(room, sender, signal);
    const live = await this.parts.live.note(event, senderName);
    if (live !== undefined) return { senderName, live };
    const call = await this.parts.calls.note(event);
    if (call !== undefined) return { senderName, call };
    const said = { senderName, ...(await this.#lookUpSaid(event, signal)) };
    if (event.type === 'm.room.redaction') return { ...said, ...(await this.#lookUpTakenBack(event, signal)) };
    const { rel_type: type, event_id: target } = readRelation(content);
    if (target === undefined) return said;
    const poll = await this.#pollOf(event, target, signal);
    if (poll !== undefined) return { ...said, poll };
    if (type !== 'm.replace') return said;
    await this.parts.edited.note(event.event_id, target);
    const editedSender = await this.#editedSender(event, target, signal);
    const answered = await lookups.answeredBy(room, target, signal);
    return {
      ...said,
      editedSender,
      ...(editedSender === sender ? await this.#fileNow(event, target, signal) : {}),
      ...(answered === undefined ? {} : { answered }),
    };
  }

  /** Whether an edited message came with a file, and which of those that edits gave it it shows now. */
  async #fileNow(
    { type, room_id: room, content }: MatrixEvent,
    message: string,
    signal: AbortSignal,
  ): Promise<Pick<StoredEvent, 'addedFile' | 'editedFile'>> {
    const { edited, lookups } = this.parts;
    const shown = newContentIn(content);
    if (!showsFile(type, shown)) return (await edited.hasFiles(message)) ? { addedFile: null } : {};
    const editedFile = await lookups.cameWithFile(room, message, signal);
    if (editedFile !== false) return editedFile === undefined ? {} : { editedFile };
    const addedFile = await edited.placeOf(readFile(shown).url ?? '', message);
    return addedFile === undefined ? {} : { editedFile, addedFile };
  }

  /** Of a redacted edit: what its message says now. It does not tell any more which one that was. */
  async #lookUpTakenBack(event: MatrixEvent, signal: AbortSignal): Promise<Partial<StoredEvent>> {
    const { edited, lookups } = this.parts;
    const { room_id: room } = event;
    const redacted = readRedaction(event.content).redacts ?? event.redacts;
    const message = redacted === undefined ? undefined : await edited.messageOf(redacted);
    if (message === undefined) return {};
    const standing = await this.#patiently(event, 'an edit that was taken back could not be followed', () =>
      lookups.standing(room, message, signal),
    );
    if (standing === undefined) return { restored: null };
    const { type, sender, content } = standing;
    const answered = await lookups.answeredBy(room, message, signal);
    return {
      ...(await this.#lookUpSaid(standing, signal)),
      ...(await this.#fileNow(standing, message, signal)),
      ...(answered === undefined ? {} : { answered }),
      restored: { event: message, type, sender, senderName: await lookups.nameOf(room, sender, signal), content },
    };
  }

  /** How the poll began that an event votes in, or ends. */
  async #pollOf(event: MatrixEvent, target: string, signal: AbortSignal): Promise<StoredEvent['poll']> {
    const { lookups } = this.parts;
    const { response, end } = pollTypes[dialectOf(event.type)];
    if (event.type !== response && event.type !== end) return undefined;
    return this.#patiently(event, 'a vote could not be understood', async () => {
      const poll = await lookups.pollOf(event.room_id, target, signal);
      if (poll === undefined) return undefined;
      const { sender, ...asked } = poll;
      if (event.type !== end) return asked;
      const mayEnd = sender === event.sender || (await lookups.mayRedact(event.room_id, event.sender, signal));
      return { ...asked, mayEnd };
    });
  }

  /** What the words of a message leave open: whether they call everybody, what they answer, which rooms they name. */
  async #lookUpSaid(event: MatrixEvent, signal: AbortSignal): Promise<Partial<StoredEvent>> {
    if (event.type !== 'm.room.message') return {};
    const { lookups } = this.parts;
    const { room_id: room, sender } = event;
    const open = openIn(event.content);
    const quoted = open.answers === undefined ? undefined : await lookups.quotedOf(room, open.answers, signal);
    const rooms: Record<string, string> = {};
    for (const alias of open.aliases) {
      const id = await lookups.roomOf(alias, signal);
      if (id !== undefined) rooms[alias] = id;
    }
    return {
      ...(open.callsAll ? { mayCallAll: await lookups.mayCallAll(room, sender, signal) } : {}),
      ...(quoted === undefined ? {} : { quoted }),
      ...(Object.keys(rooms).length === 0 ? {} : { rooms }),
    };
  }

  /** Null where the room does not show it, or where the homeserver did not say it several times. */
  async #editedSender(event: MatrixEvent, target: string, signal: AbortSignal): Promise<string | null> {
    const sender = await this.#patiently(event, 'an edit could not be verified', () =>
      this.parts.lookups.senderOf(event.room_id, target, signal),
    );
    return sender ?? null;
  }

  /** What the homeserver does not tell has its transaction come again; several times, and it is done without. */
  async #patiently<T>(event: MatrixEvent, what: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      const failures = (this.#patience.get(event.event_id) ?? 0) + 1;
      if (failures < maxPatience || !(error instanceof BridgeError)) {
        this.#patience.set(event.event_id, failures);
        throw error;
      }
      this.parts.log.warn({ room: event.room_id, event: event.event_id, error }, what);
      return undefined;
    }
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

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

type Handler = (source: MatrixSource, request: PublicRequest) => Promise<PublicAnswer>;

/** The addresses that homeservers call. All accounts share them and are told apart by their tokens. */
export function matrixRoutes(sources: readonly MatrixSource[]): readonly PublicRoute[] {
  if (sources.length === 0) return [];
  const callerOf = (call: PublicCall): MatrixSource | PublicAnswer => {
    const token = tokenIn(call);
    if (token === undefined) return answer(401, 'M_MISSING_TOKEN');
    const hash = hashOf(token);
    // All are compared, so that the time tells nothing.
    const [source] = sources.filter((each) => each.admits(hash));
    return source ?? answer(403, 'M_FORBIDDEN');
  };
  const route = (method: PublicRoute['method'], path: string, handler: Handler): PublicRoute => ({
    method,
    path,
    maxBodyBytes,
    refusal: (call) => {
      const caller = callerOf(call);
      return caller instanceof MatrixSource ? undefined : caller;
    },
    handle: (request) => {
      const caller = callerOf(request);
      return caller instanceof MatrixSource ? handler(caller, request) : Promise.resolve(caller);
    },
  });
  const transaction: Handler = (source, { params, body }) => source.receive(params['txnId'] ?? '', body);
  const user: Handler = (source, { params }) => source.hasUser(params['userId'] ?? '');
  // Rooms are made before their aliases are told anybody: one that is asked for does not exist.
  const alias: Handler = () => Promise.resolve(answer(404, 'M_NOT_FOUND'));
  return [
    route('PUT', '/_matrix/app/v1/transactions/:txnId', transaction),
    route('POST', '/_matrix/app/v1/ping', (source, { body }) => Promise.resolve(source.hearPing(body))),
    route('GET', '/_matrix/app/v1/users/:userId', user),
    route('GET', '/_matrix/app/v1/rooms/:alias', alias),
    // Before version 1.0 of the application service API.
    route('PUT', '/transactions/:txnId', transaction),
    route('GET', '/users/:userId', user),
    route('GET', '/rooms/:alias', alias),
  ];
}

/** From the header or, as before 1.4, from the address; both must agree. */
function tokenIn({ headers, query }: PublicCall): string | undefined {
  const inHeader = /^Bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1];
  const inQuery = query.get('access_token') ?? undefined;
  if (inHeader !== undefined && inQuery !== undefined && inHeader !== inQuery) return '';
  return inHeader ?? inQuery;
}
