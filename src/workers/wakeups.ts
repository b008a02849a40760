import { Client } from 'pg';
import type { Clock } from '../model/clock.js';
import type { RoomRef } from '../model/ids.js';
import type { Log } from '../model/network-definition.js';
import type { RowId } from '../model/routing.js';
import type { Database } from '../persistence/database.js';
import { wakeupChannel } from '../persistence/wakeup-channel.js';

/** Wake-ups of so long travel together. PostgreSQL takes at most 8,000 bytes in one. */
const collectMs = 20;
const mostInOne = 200;

interface Wakeup {
  readonly lanes: readonly RowId[];
  readonly rooms: readonly RoomRef[];
}

/** Tells other replicas by NOTIFY what they have to do, and hears it from them. It only hastens: polls are the net. */
export class Wakeups {
  #lanes = new Set<RowId>();
  #rooms = new Map<string, RoomRef>();
  #sending: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly url: string,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  tell(wakeup: Partial<Wakeup>): void {
    for (const lane of wakeup.lanes ?? []) this.#lanes.add(lane);
    for (const room of wakeup.rooms ?? []) this.#rooms.set(`${room.account}\n${room.id}`, room);
    if (this.#lanes.size + this.#rooms.size > 0) this.#sending ??= this.#send();
  }

  /** Resolves when what was told is on its way. */
  async flush(): Promise<void> {
    await this.#sending;
  }

  async #send(): Promise<void> {
    await this.clock.sleep(collectMs);
    const lanes = [...this.#lanes];
    const rooms = [...this.#rooms.values()];
    this.#lanes = new Set();
    this.#rooms = new Map();
    this.#sending = undefined;
    try {
      for (let at = 0; at < Math.max(lanes.length, rooms.length); at += mostInOne) {
        const wakeup: Wakeup = { lanes: lanes.slice(at, at + mostInOne), rooms: rooms.slice(at, at + mostInOne) };
        await this.database.rows(`select pg_notify($1, $2)`, [wakeupChannel, fitting(wakeup)]);
      }
    } catch (error) {
      this.log.debug({ error }, 'other replicas could not be woken: their poll will find it');
    }
  }

  /** Hears other replicas until `signal` aborts. Throws when the connection breaks. */
  async listen(hear: (wakeup: Wakeup) => void, signal: AbortSignal): Promise<void> {
    const client = new Client({ connectionString: this.url, application_name: 'crosstalk wake-ups', keepAlive: true });
    const broken = new Promise<never>((_, reject) => {
      client.on('error', reject);
      client.on('end', () => {
        reject(new Error('the connection for wake-ups ended'));
      });
    });
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    });
    try {
      await client.connect();
      client.on('notification', ({ payload }) => {
        if (payload !== undefined && payload !== '') hear(JSON.parse(payload) as Wakeup);
      });
      await client.query(`listen ${wakeupChannel}`);
      await Promise.race([broken, stopped]);
    } finally {
      broken.catch(ended);
      await client.end();
    }
  }
}

/** The end of the connection was either asked for or has been thrown already. */
function ended(): void {
  return;
}

/** An overlong wake-up says nothing in particular: whoever hears it polls at once. */
function fitting(wakeup: Wakeup): string {
  const text = JSON.stringify(wakeup);
  return Buffer.byteLength(text) < 8000 ? text : JSON.stringify({ lanes: [], rooms: [] });
}
