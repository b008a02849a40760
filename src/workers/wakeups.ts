import { Client } from 'pg';
import { v4 } from 'uuid';
import type { TypingChanged } from '../model/bridge-event.js';
import type { Clock } from '../model/clock.js';
import type { RoomRef } from '../model/ids.js';
import type { Log } from '../model/network-definition.js';
import { roomKey, type RowId } from '../model/routing.js';
import type { Database } from '../persistence/database.js';
import { typingChannel, wakeupChannel } from '../persistence/wakeup-channel.js';

/** Wake-ups of so long travel together. PostgreSQL takes at most 8,000 bytes in one. */
const collectMs = 20;
const mostInOne = 200;

export interface Wakeup {
  readonly lanes: readonly RowId[];
  readonly rooms: readonly RoomRef[];
}

interface Typing {
  /** Whose word it is: PostgreSQL tells it to the teller, too. */
  readonly from: string;
  readonly changed: TypingChanged;
}

export interface Hearing {
  wakeup(wakeup: Wakeup): void;
  /** What another replica knows of who types in a room. */
  typing(changed: TypingChanged): void;
}

/**
 * Tells other replicas by NOTIFY what they have to do, and hears it from them. It only hastens: polls are the net. Who types is told as
 * well, and stored nowhere: what is lost is over soon.
 */
export class Wakeups {
  #lanes = new Set<RowId>();
  #rooms = new Map<string, RoomRef>();
  #typing = new Map<string, TypingChanged>();
  readonly #self = v4();
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

  /** Of each room the newest alone. */
  tellTyping(changed: TypingChanged): void {
    this.#typing.set(roomKey(changed.room), changed);
    this.#sending ??= this.#send();
  }

  /** Resolves when what was told is on its way. */
  async flush(): Promise<void> {
    await this.#sending;
  }

  /** One after the other: an older word that overtook a newer one would be taken for the newest. */
  async #send(): Promise<void> {
    while (this.#lanes.size + this.#rooms.size + this.#typing.size > 0) {
      await this.clock.sleep(collectMs);
      const lanes = [...this.#lanes];
      const rooms = [...this.#rooms.values()];
      const typing = [...this.#typing.values()];
      this.#lanes = new Set();
      this.#rooms = new Map();
      this.#typing = new Map();
      try {
        for (let at = 0; at < Math.max(lanes.length, rooms.length); at += mostInOne) {
          const wakeup: Wakeup = { lanes: lanes.slice(at, at + mostInOne), rooms: rooms.slice(at, at + mostInOne) };
          await this.#notify(wakeupChannel, fitting(wakeup));
        }
        for (const changed of typing) await this.#notify(typingChannel, fittingTyping({ from: this.#self, changed }));
      } catch (error) {
        this.log.debug({ error }, 'other replicas could not be woken: their poll will find it');
      }
    }
    this.#sending = undefined;
  }

  async #notify(channel: string, text: string): Promise<void> {
    await this.database.rows(`select pg_notify($1, $2)`, [channel, text]);
  }

  /** Hears other replicas until `signal` aborts. Throws when the connection breaks. */
  async listen(hear: Hearing, signal: AbortSignal): Promise<void> {
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
      client.on('notification', ({ channel, payload }) => {
        if (payload === undefined || payload === '') return;
        if (channel === wakeupChannel) hear.wakeup(JSON.parse(payload) as Wakeup);
        else this.#hearTyping(JSON.parse(payload) as Typing, hear);
      });
      await client.query(`listen ${wakeupChannel}; listen ${typingChannel}`);
      await Promise.race([broken, stopped]);
    } finally {
      broken.catch(ended);
      await client.end();
    }
  }

  #hearTyping({ from, changed }: Typing, hear: Hearing): void {
    if (from !== this.#self) hear.typing(changed);
  }
}

/** The end of the connection was either asked for or has been thrown already. */
function ended(): void {
  return;
}

/** An overlong wake-up says nothing in particular: whoever hears it polls at once. */
function fitting(wakeup: Wakeup): string {
  const text = JSON.stringify(wakeup);
  return fits(text) ? text : JSON.stringify({ lanes: [], rooms: [] });
}

/** Where so many with such long names type, some of them do. */
function fittingTyping({ from, changed }: Typing): string {
  const text = JSON.stringify({ from, changed });
  if (fits(text)) return text;
  const some = changed.typing.slice(0, Math.floor(changed.typing.length / 2));
  return fittingTyping({ from, changed: { ...changed, typing: some } });
}

function fits(text: string): boolean {
  return Buffer.byteLength(text) < 8000;
}
