import type { AccountId, RoomId, RoomRef } from '../model/ids.js';
import type { Database, Transaction } from './database.js';

/** A room of which nothing is known stands well: nothing keeps us from writing there. */
export interface Standing {
  readonly room: RoomId;
  readonly mute: string | null;
  readonly muteTold: boolean;
  readonly note: string | null;
}

/** How rooms stand beside what is said in them. Kept apart from how they are read, so that neither waits for the other. */
export class StandingRepository {
  constructor(private readonly database: Database) {}

  /** Those of which there is something to say. */
  async of(account: AccountId, rooms: readonly RoomId[]): Promise<Standing[]> {
    return this.database.rows<Standing>(
      `select room, mute, mute_told as "muteTold", note from room_standings where account = $1 and room = any($2)`,
      [account, rooms],
    );
  }

  async isMute({ account, id }: RoomRef): Promise<boolean> {
    const rows = await this.database.rows(
      `select 1 from room_standings where account = $1 and room = $2 and mute is not null`,
      [account, id],
    );
    return rows.length > 0;
  }

  /** All of these rooms, as they stand: nobody else changes that before the end of the transaction. */
  async take(account: AccountId, rooms: readonly RoomId[], tx: Pick<Transaction, 'rows'>): Promise<Standing[]> {
    await tx.rows(
      `insert into room_standings (account, room) select $1, room from unnest($2::text[]) as wanted (room) order by room
           on conflict do nothing`,
      [account, rooms],
    );
    return tx.rows<Standing>(
      `select room, mute, mute_told as "muteTold", note from room_standings
        where account = $1 and room = any($2) order by room for update`,
      [account, rooms],
    );
  }

  async put(account: AccountId, standings: readonly Standing[], tx: Pick<Transaction, 'rows'>): Promise<void> {
    await tx.rows(
      `update room_standings s set mute = now.mute, mute_told = now.mute_told, note = now.note
         from unnest($2::text[], $3::text[], $4::boolean[], $5::text[]) as now (room, mute, mute_told, note)
        where s.account = $1 and s.room = now.room`,
      [
        account,
        standings.map(({ room }) => room),
        standings.map(({ mute }) => mute),
        standings.map(({ muteTold }) => muteTold),
        standings.map(({ note }) => note),
      ],
    );
  }

  /** Of rooms that were taken those that stand well need no row. */
  async tidy(account: AccountId, rooms: readonly RoomId[], tx: Pick<Transaction, 'rows'>): Promise<void> {
    await tx.rows(
      `delete from room_standings where account = $1 and room = any($2) and mute is null and note is null`,
      [account, rooms],
    );
  }
}
