import { setImmediate } from 'node:timers/promises';
import type { AppserviceClient } from './appservice-client.js';
import { AppserviceInterest } from './appservice-interest.js';
import { formatEvent } from './client-format.js';
import type { EphemeralChange } from './ephemerals.js';
import type { JsonObject, StoredEvent } from './events.js';
import type { Homeserver } from './homeserver.js';
import { PushFaults } from './push-faults.js';
import type { Appservice } from './registration.js';
import type { Room } from './room.js';

const maxEventsPerTransaction = 100;
const maxBackoffDoublings = 9;
const keptForReplay = 100;

export interface PendingTransaction {
  readonly id: number;
  readonly eventIds: readonly string[];
  /** How often it was sent in vain. */
  readonly failures: number;
}

interface Transaction {
  id: number;
  readonly events: readonly StoredEvent[];
  readonly ephemeral: readonly JsonObject[];
  failures: number;
}

/**
 * Hands events to the application service: one transaction at a time, in order, repeated for ever under its id until it is answered 200.
 * While the service is down every event becomes a transaction of its own, as the reference server has it; ephemeral events are dropped then.
 */
export class AppservicePusher {
  readonly faults = new PushFaults();
  readonly #transactions: Transaction[] = [];
  readonly #sent: Transaction[] = [];
  readonly #stranded: Transaction[] = [];
  #events: StoredEvent[] = [];
  #ephemeral: JsonObject[] = [];
  #lastId = 0;
  #failuresInARow = 0;
  #state: 'up' | 'down' = 'up';
  #loop: Promise<void> | undefined;
  #isStopped = true;
  #abort = new AbortController();
  #wake: (() => void) | undefined;
  readonly #interest = new AppserviceInterest();
  #isWatching = false;

  constructor(
    private readonly server: Homeserver,
    private readonly client: AppserviceClient,
    /** The first pause after a failure; each later one is twice as long, up to 512 times the first. */
    private readonly backoffMs: number,
  ) {}

  start(): void {
    this.#isStopped = false;
    this.#abort = new AbortController();
    // What happens while the sending is paused waits, like what happens while the application service is down.
    if (!this.#isWatching) {
      this.server.watch((event, room) => {
        this.#takeEvent(event, room);
      });
      this.server.ephemerals.watch((change) => {
        this.#takeEphemeral(change);
      });
      this.server.presences.watch((user) => {
        this.#takePresence(user);
      });
    }
    this.#isWatching = true;
    this.#kick();
  }

  /** Stops sending and cuts a transaction under way; what waits is kept. */
  async pause(): Promise<void> {
    this.#isStopped = true;
    this.#abort.abort();
    this.#wake?.();
    await this.#loop;
  }

  /** Tries at once what waits after a failure. False where it is being tried already, which the reference server answers as a failure. */
  retryNow(): boolean {
    if (this.#state === 'down' && this.#wake === undefined) return false;
    this.#wake?.();
    return true;
  }

  /** Transactions that were not answered 200 yet, the oldest first. */
  pending(): readonly PendingTransaction[] {
    return [...this.#stranded, ...this.#transactions].map(({ id, events, failures }) => ({
      id,
      failures,
      eventIds: events.map(({ eventId }) => eventId),
    }));
  }

  /** Nothing waits, nothing is under way. */
  get isIdle(): boolean {
    return (
      this.#transactions.length === 0 &&
      this.#stranded.length === 0 &&
      this.#events.length === 0 &&
      this.#loop === undefined
    );
  }

  /** Sends the last accepted transaction again. False where there is none or it was not answered 200. */
  async replay(id: 'sameId' | 'otherId'): Promise<boolean> {
    const last = this.#sent.at(-1);
    const { appservice } = this.server;
    if (last === undefined || appservice === undefined) return false;
    return this.#send(appservice, id === 'sameId' ? last : { ...last, id: ++this.#lastId });
  }

  #takeEvent(event: StoredEvent, room: Room): void {
    const { appservice } = this.server;
    if (appservice === undefined || !this.#interest.inEvent(appservice, event, room)) return;
    this.#events.push(event);
    this.#kick();
  }

  #takeEphemeral({ roomId, event }: EphemeralChange): void {
    this.#takeBeside({ ...event, room_id: roomId }, [roomId]);
  }

  #takePresence(user: string): void {
    const content = { ...this.server.presences.get(user, this.server.nowMs()), user_id: user };
    this.#takeBeside({ type: 'm.presence', sender: user, content }, [...this.server.joinedRooms(user)]);
  }

  /** What is no event of a room, where one of these rooms is of interest. */
  #takeBeside(told: JsonObject, roomIds: readonly string[]): void {
    const { appservice, rooms } = this.server;
    if (appservice?.wantsEphemeral !== true || this.#state === 'down') return;
    const inRooms = roomIds.flatMap((id) => rooms.get(id) ?? []);
    if (!inRooms.some((room) => this.#interest.inRoom(appservice, room))) return;
    this.#ephemeral.push(told);
    this.#kick();
  }

  #kick(): void {
    if (this.#isStopped) return;
    if (this.#loop === undefined) this.#loop = this.#runLoop();
    else if (this.#state === 'down') this.#form();
  }

  async #runLoop(): Promise<void> {
    // Events of one tick share a transaction.
    await setImmediate();
    await this.#run();
    this.#loop = undefined;
    if (this.#transactions.length > 0 || this.#events.length > 0 || this.#ephemeral.length > 0) this.#kick();
  }

  /** Makes transactions of what waits; their ids grow with them. */
  #form(): void {
    if (this.#state === 'down') this.#ephemeral = [];
    while (this.#events.length > 0 || this.#ephemeral.length > 0) {
      const events = this.#events.splice(0, maxEventsPerTransaction);
      const ephemeral = this.#ephemeral.splice(0, maxEventsPerTransaction);
      this.#transactions.push({ id: ++this.#lastId, events, ephemeral, failures: 0 });
      if (this.#state === 'up') return;
    }
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const { appservice } = this.server;
      if (this.#transactions.length === 0) this.#form();
      const transaction = this.#transactions[0];
      if (transaction === undefined || appservice === undefined) return;
      if (this.#state === 'up' && this.faults.strandsNext()) {
        this.#transactions.shift();
        this.#stranded.push(transaction);
        continue;
      }
      if (await this.#deliver(appservice, transaction)) {
        this.#transactions.shift();
        this.#failuresInARow = 0;
        if (this.#transactions.length === 0) this.#state = 'up';
        this.#keep(transaction);
        continue;
      }
      if (this.#hasStopped()) return;
      transaction.failures += 1;
      this.#state = 'down';
      this.#transactions.unshift(...this.#stranded.splice(0));
      this.#form();
      await this.#backOff();
    }
  }

  #keep(transaction: Transaction): void {
    this.#sent.push(transaction);
    if (this.#sent.length > keptForReplay) this.#sent.shift();
  }

  async #deliver(appservice: Appservice, transaction: Transaction): Promise<boolean> {
    const fault = this.faults.next();
    if (fault?.delayMs !== undefined) await this.#pause(fault.delayMs);
    await this.#askForUsers(appservice, transaction);
    if (this.#hasStopped() || !(await this.#send(appservice, transaction))) return false;
    if (fault?.repeat !== undefined && !this.#hasStopped()) {
      this.faults.noteRepeated();
      await this.#send(appservice, fault.repeat === 'sameId' ? transaction : { ...transaction, id: ++this.#lastId });
    }
    return true;
  }

  /** Asked anew after every wait. */
  #hasStopped(): boolean {
    return this.#isStopped;
  }

  /** A user of the namespaces whom nobody registered is asked for before the first event about him goes out. */
  async #askForUsers(appservice: Appservice, { events, failures }: Transaction): Promise<void> {
    if (failures > 0) return;
    const users = new Set<string>();
    for (const { type, sender, stateKey } of events) {
      users.add(sender);
      if (type === 'm.room.member' && stateKey !== undefined) users.add(stateKey);
    }
    for (const userId of users) {
      if (!appservice.ownsUser(userId) || userId === appservice.senderId || this.server.accounts.has(userId)) continue;
      await this.client.ask(appservice, `/users/${encodeURIComponent(userId)}`, this.#abort.signal);
    }
  }

  async #send(appservice: Appservice, transaction: Transaction): Promise<boolean> {
    return this.client.push(appservice, transaction.id, this.#body(appservice, transaction), this.#abort.signal);
  }

  #body(appservice: Appservice, { events, ephemeral }: Transaction): JsonObject {
    const nowMs = this.server.nowMs();
    const formatted = events.map((event) => {
      const room = this.server.rooms.get(event.roomId);
      if (room === undefined) throw new Error(`the room ${event.roomId} of a pushed event is unknown`);
      return formatEvent(event, { room, nowMs, format: 'v1', roomState: 'included' });
    });
    const { registration } = appservice;
    return {
      events: formatted,
      ...(registration.receive_ephemeral === true ? { ephemeral } : {}),
      ...(registration['de.sorunome.msc2409.push_ephemeral'] === true
        ? { 'de.sorunome.msc2409.ephemeral': ephemeral }
        : {}),
      ...(appservice.wantsEphemeral ? { 'de.sorunome.msc2409.to_device': [] } : {}),
    };
  }

  async #backOff(): Promise<void> {
    const doublings = Math.min(this.#failuresInARow, maxBackoffDoublings);
    this.#failuresInARow += 1;
    await this.#pause(this.backoffMs * 2 ** doublings);
  }

  /** Waits, or until somebody wakes it. */
  async #pause(forMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, forMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
