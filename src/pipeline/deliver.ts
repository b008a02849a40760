import { type BridgeEvent, type EventKind, type MessageDeleted, targetOf } from '../model/bridge-event.js';
import type { FileRef } from '../model/ids.js';
import type {
  Copy,
  Deliver,
  DeliveryRequest,
  NetworkAdapter,
  OpenedFile,
  UncertainDelivery,
} from '../model/network-adapter.js';
import { MessageRefused, Uneditable } from '../model/errors.js';
import { pass } from '../observability/failpoint.js';
import { openForDelivery } from '../media/opened-files.js';
import type { FilesInFlight } from '../media/files-in-flight.js';
import { mostSoundBytes } from '../media/sound-conversion.js';
import type { SpokenFiles } from '../media/spoken-files.js';
import type { Lane, WaitingDelivery } from '../model/delivery.js';
import type { DeliveryKeys } from './delivery-key.js';
import { tooLarge } from './degrade-messages.js';
import { Preparation, type PreparationParts } from './preparation.js';
import type { Prepared, Unbound } from './prepared.js';

export interface DelivererParts extends PreparationParts {
  readonly keys: DeliveryKeys;
  readonly spoken: Pick<SpokenFiles, 'open'>;
  readonly inFlight: Pick<FilesInFlight, 'place'>;
}

/** What happens while a delivery is made. `beforeSend` is called in the same tick as each write. */
export interface DeliveryHooks extends Pick<DeliveryRequest<BridgeEvent>, 'mayBeDone'> {
  beforeSend(): void;
  onMade(copy: Copy): void;
  onGone(copy: Copy): void;
}

export type Delivered =
  | { readonly state: 'delivered'; readonly hash: Buffer | null; readonly shownPart?: number }
  | { readonly state: 'skipped'; readonly reason: string; readonly hash: null };

/** What is looked for, and by how much the numbers of its parts differ from those in the room. */
export type Doubted = UncertainDelivery & Pick<Unbound, 'firstPart' | 'inLine'>;

/** Sends one delivery, as it was prepared, and says as what a look may find it. */
export class Deliverer {
  readonly #preparation: Preparation;

  constructor(private readonly parts: DelivererParts) {
    this.#preparation = new Preparation(parts);
  }

  /** Throws a BridgeError when it could not be delivered. */
  async deliver(
    adapter: NetworkAdapter,
    lane: Lane,
    delivery: WaitingDelivery,
    hooks: DeliveryHooks,
    signal: AbortSignal,
  ): Promise<Delivered> {
    const prepared = await this.#preparation.prepare(adapter, lane, delivery, 'inPlace', signal);
    if ('skip' in prepared) return { state: 'skipped', reason: prepared.skip, hash: null };
    if ('shown' in prepared) {
      if (prepared.shown !== undefined) hooks.onMade(prepared.shown);
      return { state: 'delivered', hash: null };
    }
    if ('gone' in prepared) {
      for (const copy of prepared.gone) hooks.onGone(copy);
      return { state: 'delivered', hash: null };
    }
    const kept = await this.#withdraw(adapter, lane, delivery, prepared, hooks, signal);
    // Before the words, by which a look knows it as done.
    for (const file of prepared.added ?? []) await this.#send(adapter, lane, delivery, file, hooks, signal);
    const delivered = await this.#say(adapter, lane, delivery, prepared, hooks, signal);
    // The new words are there, and whoever looks after the bridge is told what stands beside them.
    if (kept !== undefined) throw kept;
    return delivered;
  }

  async #say(
    adapter: NetworkAdapter,
    lane: Lane,
    delivery: WaitingDelivery,
    prepared: Sendable,
    hooks: DeliveryHooks,
    signal: AbortSignal,
  ): Promise<Delivered> {
    try {
      await this.#send(adapter, lane, delivery, prepared.send, hooks, signal);
      return deliveredAs(prepared);
    } catch (error) {
      if (!(error instanceof Uneditable)) throw error;
      const corrected = await this.#preparation.prepare(adapter, lane, delivery, 'asAnswer', signal);
      if (!('send' in corrected)) throw error;
      await this.#send(adapter, lane, delivery, corrected.send, hooks, signal);
      return deliveredAs(corrected);
    }
  }

  /**
   * First, since a look goes by the words: where these are found, the files of the old ones are gone. Answers why one stays that the
   * room does not let us delete.
   */
  async #withdraw(
    adapter: NetworkAdapter,
    lane: Lane,
    delivery: WaitingDelivery,
    { send, outdated = [] }: Sendable,
    hooks: DeliveryHooks,
    signal: AbortSignal,
  ): Promise<MessageRefused | undefined> {
    const { event } = delivery;
    if (outdated.length === 0 || event.kind !== 'messageEdited') return undefined;
    const { room, actor, at, message, version } = event;
    const deletion: MessageDeleted = { kind: 'messageDeleted', room, actor, at, message, version };
    const { delivery: uuid, room: here, speaker, maxFileBytes } = send;
    const unsaid = {
      delivery: uuid,
      room: here,
      speaker,
      maxFileBytes,
      event: deletion,
      target: outdated,
      firstPart: 0,
    };
    try {
      await this.#send(adapter, lane, delivery, unsaid, hooks, signal);
    } catch (error) {
      if (!(error instanceof MessageRefused)) throw error;
      return error;
    }
    for (const copy of outdated) hooks.onGone(copy);
    return undefined;
  }

  async #send(
    adapter: NetworkAdapter,
    lane: Lane,
    delivery: WaitingDelivery,
    { firstPart, maxFileBytes, ...request }: Unbound,
    hooks: DeliveryHooks,
    signal: AbortSignal,
  ): Promise<void> {
    const entry = adapter.deliver[request.event.kind] as Deliver<EventKind>;
    const place = this.parts.inFlight.place(lane.account);
    const sending = entry.send(
      {
        ...request,
        openFile: async (file, opening, mostBytes = maxFileBytes) => {
          const most = Math.min(mostBytes, maxFileBytes);
          const opened = await place.open(file, (until) => this.#open(adapter, lane, file, most, until), most, opening);
          // Its network did not say before how large it is.
          if (opened.bytes > maxFileBytes) throw new MessageRefused(tooLarge(maxFileBytes));
          return opened;
        },
        made: delivery.made.map((copy) => ({ ...copy, part: copy.part - firstPart })),
        ...(hooks.mayBeDone === undefined ? {} : { mayBeDone: hooks.mayBeDone }),
        key: (part) => this.parts.keys.make(delivery.uuid, firstPart + part),
        onMade: (copy) => {
          pass('afterResponse', lane.account);
          hooks.onMade({ ...copy, part: firstPart + copy.part });
        },
        onGone: (copy) => {
          hooks.onGone(copy);
        },
        beforeSend: () => {
          pass('beforeSend', lane.account);
          hooks.beforeSend();
        },
      },
      signal,
    );
    await sending.finally(() => {
      place.leave();
    });
  }

  /** What was spoken is opened as the room plays it. */
  async #open(
    adapter: NetworkAdapter,
    lane: Lane,
    file: FileRef,
    mostBytes: number,
    signal: AbortSignal,
  ): Promise<OpenedFile> {
    const open = (most: number): Promise<OpenedFile> => openForDelivery(this.parts.openFile, file, signal, most);
    const { spokenTypes } = file.voice === undefined ? {} : await adapter.capabilities(lane.room);
    if (spokenTypes === undefined) return open(mostBytes);
    // It may be smaller once it is converted.
    const most = Math.max(mostBytes, mostSoundBytes);
    return this.parts.spoken.open(() => open(most), spokenTypes, signal);
  }

  /** The delivery as a look needs it; undefined where it cannot have been made, since what it is about is not in the room. */
  async uncertain(
    adapter: NetworkAdapter,
    lane: Lane,
    delivery: WaitingDelivery,
    signal: AbortSignal,
  ): Promise<Doubted | undefined> {
    if (targetOf(delivery.event) !== undefined && (await this.#preparation.target(lane, delivery)).length === 0)
      return undefined;
    const prepared = await this.#preparation.prepare(adapter, lane, delivery, 'inPlace', signal);
    const request = 'send' in prepared ? prepared.send : await this.#preparation.asItCame(adapter, lane, delivery);
    const { firstPart, maxFileBytes: _maxFileBytes, ...unbound } = request;
    return {
      ...unbound,
      firstPart,
      partOf: (key) => {
        const named = this.parts.keys.verify(key);
        return named?.delivery === delivery.uuid ? named.part - firstPart : undefined;
      },
    };
  }
}

type Sendable = Extract<Prepared, { send: unknown }>;

function deliveredAs({ hash, shownPart }: Sendable): Delivered {
  return { state: 'delivered', hash, ...(shownPart === undefined ? {} : { shownPart }) };
}
