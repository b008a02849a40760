import type { ReadUpTo } from '../../model/bridge-event.js';
import { remoteId, roomId, userId, type AccountId } from '../../model/ids.js';
import type { OurUsers } from './matrix.ids.js';
import { isObject, type JsonObject } from './matrix.payloads.js';

export interface MatrixReceiptParts {
  readonly id: AccountId;
  readonly users: Pick<OurUsers, 'isOurs'>;
  isLinked(room: string): boolean;
  tell(upTo: ReadUpTo): void;
}

/** Who has read how far, as far as people let others see it: of private receipts the homeserver tells us nothing. */
export class MatrixReceipts {
  constructor(private readonly parts: MatrixReceiptParts) {}

  /** What a transaction brings beside its events. */
  hear(values: readonly unknown[]): void {
    const { users, isLinked, tell } = this.parts;
    for (const value of values) {
      if (!isObject(value) || value['type'] !== 'm.receipt' || !isObject(value['content'])) continue;
      const { room_id: room, content } = value;
      if (typeof room !== 'string' || !isLinked(room)) continue;
      for (const { event, user, atMs } of readIn(content)) {
        if (!users.isOurs(user)) tell(this.#upTo(room, event, user, atMs));
      }
    }
  }

  #upTo(id: string, event: string, user: string, atMs: number): ReadUpTo {
    const { id: account } = this.parts;
    const room = { account, id: roomId(id) };
    return {
      kind: 'readUpTo',
      room,
      actor: { account, id: userId(user), name: '', standing: 'person' },
      at: new Date(atMs).toISOString(),
      message: { room, id: remoteId(event) },
    };
  }
}

interface Receipt {
  readonly event: string;
  readonly user: string;
  readonly atMs: number;
}

/** Pure: who has read the room up to which event. One who has read a thread may have read nothing else. */
function readIn(content: JsonObject): readonly Receipt[] {
  return Object.entries(content).flatMap(([event, types]) => {
    const readers = isObject(types) ? types['m.read'] : undefined;
    return Object.entries(isObject(readers) ? readers : {}).flatMap(([user, receipt]) => {
      const { thread_id: thread = 'main', ts } = isObject(receipt) ? receipt : {};
      const isDate = typeof ts === 'number' && Math.abs(ts) <= 8.64e15;
      return thread === 'main' ? [{ event, user, atMs: isDate ? ts : 0 }] : [];
    });
  });
}
