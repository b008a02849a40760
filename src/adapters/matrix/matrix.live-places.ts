import { z } from 'zod';
import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { inboxKey } from '../../model/ids.js';
import type { Ingest } from '../../model/network-adapter.js';
import { isLivePlace, isLiveSharing, isShared, placeIn, sharingIn } from './from-matrix-live.js';
import type { MatrixEvent, StoredEvent } from './matrix.payloads.js';
import { Turns } from './matrix.turns.js';

const front = 'live/';
/** Messages can be edited elsewhere for a day at most: later places would each be a message. */
const movesForMs = 23 * 3_600_000;
/** Its end may come once more for as long as a transaction is repeated. */
const keptAfterwardsMs = 86_400_000;
const longestMs = 30 * 86_400_000;

const sharing = z.object({
  event: z.string(),
  room: z.string(),
  stateKey: z.string(),
  sender: z.string(),
  senderName: z.string(),
  beganMs: z.number(),
  name: z.string().optional(),
  until: z.string().optional(),
  /** Where its sharer was last. */
  latest: z.object({ event: z.string(), atMs: z.number(), uri: z.string() }).optional(),
  /** The event of the place that was told last. */
  told: z.string().optional(),
  /** What ended it. */
  over: z.object({ event: z.string(), atMs: z.number() }).optional(),
});
type Sharing = z.infer<typeof sharing>;

export interface LivePlacesParts {
  readonly store: AccountStore;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** How often the place is told anew. */
  readonly everyMs: number;
}

/**
 * Who lets a room see where they are. Clients say it every few seconds: the first place is told as it comes, later ones by a
 * payload of our own each time that `everyMs` is over, so that an edit tells the newest and none is left out at the end.
 */
export class LivePlaces {
  /** What is written down is read and written in turn. */
  readonly #turns = new Turns();
  /** Whether nobody shares, so that nothing is looked up. */
  #isIdle = false;

  constructor(private readonly parts: LivePlacesParts) {}

  /** The sharing that an event is about, where that is to be told now. */
  note(event: MatrixEvent, senderName: string): Promise<StoredEvent['live']> {
    if (isLiveSharing(event)) return this.#turns.take('', () => this.#noteSharing(event, senderName));
    return isLivePlace(event) ? this.#turns.take('', () => this.#notePlace(event)) : Promise.resolve(undefined);
  }

  /** Tells where people have come, and that their time is over. Runs until `signal` aborts. */
  async run(ingest: Ingest, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.parts.clock.sleep(this.parts.everyMs, signal);
      if (signal.aborted || this.#isIdle) continue;
      await this.#turns.take('', async () => {
        const all = await this.#all();
        this.#isIdle = all.length === 0;
        for (const each of all) await this.#tell(each, ingest);
      });
    }
  }

  async #noteSharing(event: MatrixEvent, senderName: string): Promise<StoredEvent['live']> {
    const { event_id: id, room_id: room, state_key: stateKey = '', sender, origin_server_ts: beganMs } = event;
    const all = await this.#all();
    const before = all.find(
      (each) =>
        each.room === room &&
        each.stateKey === stateKey &&
        each.event !== id &&
        (each.over === undefined || each.over.event === id),
    );
    if (before !== undefined) await this.#put({ ...before, over: { event: id, atMs: this.#nowMs() } });
    if (isShared(event.content) && !all.some((each) => each.event === id)) {
      await this.#put({ event: id, room, stateKey, sender, senderName, beganMs, ...sharingIn(event) });
    }
    return before === undefined ? undefined : toldOf(before);
  }

  async #notePlace(event: MatrixEvent): Promise<StoredEvent['live']> {
    const { event_id: id, room_id: room, sender, origin_server_ts: atMs } = event;
    const place = placeIn(event);
    const known = place === undefined ? undefined : await this.#of(place.of);
    if (place === undefined || known === undefined) return undefined;
    const { latest } = known;
    const isTheirs = known.room === room && known.sender === sender && known.over === undefined;
    if (!isTheirs || (latest !== undefined && latest.atMs > atMs)) return undefined;
    const isToldNow = known.told === undefined || known.told === id;
    const next = { ...known, latest: { event: id, atMs, uri: place.uri }, ...(isToldNow ? { told: id } : {}) };
    await this.#put(next);
    return isToldNow ? toldOf(next) : undefined;
  }

  async #tell(known: Sharing, ingest: Ingest): Promise<void> {
    const nowMs = this.#nowMs();
    const { event, until, latest, told, over, beganMs } = known;
    if (over !== undefined || nowMs > beganMs + longestMs) {
      if (nowMs > (over?.atMs ?? beganMs) + keptAfterwardsMs) await this.parts.store.delete(keyOf(event));
      return;
    }
    if (until !== undefined && Date.parse(until) <= nowMs) {
      const end = { event_id: event, type: 'm.beacon_info', content: { live: false }, state_key: known.stateKey };
      await this.#accept(known, { ...end, origin_server_ts: nowMs }, `${event}/over`, ingest);
      await this.#put({ ...known, over: { event, atMs: nowMs } });
    } else if (latest !== undefined && told !== latest.event && nowMs < beganMs + movesForMs) {
      const place = { event_id: latest.event, type: 'm.beacon', content: {}, origin_server_ts: latest.atMs };
      await this.#accept(known, place, `${latest.event}/live`, ingest);
      await this.#put({ ...known, told: latest.event });
    }
  }

  /** The event is only what the stored payload is about: what it says of the sharing stands beside it. */
  #accept(known: Sharing, about: Omit<MatrixEvent, 'room_id' | 'sender'>, key: string, ingest: Ingest): Promise<void> {
    const { room: room_id, sender, senderName } = known;
    const order = String(this.#nowMs() * 1000);
    const stored: StoredEvent = { event: { ...about, room_id, sender }, senderName, order, live: toldOf(known) };
    return ingest.accept([{ key: inboxKey(key), body: Buffer.from(JSON.stringify(stored)), isNews: true }]);
  }

  async #put(known: Sharing): Promise<void> {
    this.#isIdle = false;
    await this.parts.store.put(keyOf(known.event), known);
  }

  async #of(event: string): Promise<Sharing | undefined> {
    const found = sharing.safeParse(await this.parts.store.get(keyOf(event)));
    return found.success ? found.data : undefined;
  }

  async #all(): Promise<readonly Sharing[]> {
    const entries = await this.parts.store.list(front);
    return entries.flatMap(({ value }) => {
      const found = sharing.safeParse(value);
      return found.success ? [found.data] : [];
    });
  }

  #nowMs(): number {
    return this.parts.clock.now().getTime();
  }
}

const keyOf = (event: string): string => `${front}${event}`;

function toldOf({ event, name, until, latest }: Sharing): NonNullable<StoredEvent['live']> {
  return {
    event,
    ...(name === undefined ? {} : { name }),
    ...(until === undefined ? {} : { until }),
    ...(latest === undefined ? {} : { uri: latest.uri }),
  };
}
