import type { RoomId } from '../../model/ids.js';
import type { RawPayload } from '../../model/network-adapter.js';
import type { TimelineApi } from './api/timeline.api.js';
import type { MatrixClient } from './matrix.client.js';
import type { OurUsers } from './matrix.ids.js';
import { reaches } from './matrix.look.js';
import type { JsonObject } from './matrix.payloads.js';
import type { MatrixSource } from './matrix.source.js';
import type { MatrixWriter } from './matrix.writer.js';

export interface CatchUpParts {
  readonly timeline: TimelineApi;
  readonly client: Pick<MatrixClient, 'skewMs'>;
  readonly users: OurUsers;
  readonly source: MatrixSource;
  readonly writer: MatrixWriter;
  /** How far behind the asked time it reads, to be safe from unequal clocks. */
  readonly marginMs: number;
}

/** Reads again what a room said since a time, as if it were pushed. */
export class MatrixCatchUp {
  constructor(private readonly parts: CatchUpParts) {}

  /**
   * Goes back to `since` without keeping anything, then reads on to the room's end: what was pushed meanwhile comes once more.
   * Throws RoomClosed where we are not in the room.
   */
  async *read(room: RoomId, since: Date, signal: AbortSignal): AsyncIterable<readonly RawPayload[]> {
    const { client, marginMs, source, timeline, writer } = this.parts;
    await writer.assertInRoom(room, signal);
    let from = await this.#begin(room, since, signal);
    const untilMs = since.getTime() + client.skewMs - marginMs;
    const told = { skewMs: client.skewMs };
    let isSkipping = true;
    for (;;) {
      const page = await timeline.messages(room, { direction: 'forward', from }, signal);
      const wanted: JsonObject[] = [];
      for (const event of page.raw) {
        isSkipping &&= isBefore(event, untilMs);
        if (!isSkipping) wanted.push(event);
      }
      if (wanted.length > 0) yield await source.payloadsOf(wanted, told, signal);
      if (page.end === undefined || page.raw.length === 0) return;
      from = page.end;
    }
  }

  /** Where a page begins that has all since then; undefined: with the room. */
  async #begin(room: RoomId, since: Date, signal: AbortSignal): Promise<string | undefined> {
    const { client, marginMs, timeline, users } = this.parts;
    let from: string | undefined;
    for (;;) {
      const page = await timeline.messages(room, { direction: 'backward', from }, signal);
      if (page.end === undefined) return undefined;
      from = page.end;
      if (reaches(page.events, since.getTime() + client.skewMs - marginMs, users)) return from;
    }
  }
}

function isBefore({ origin_server_ts: atMs }: JsonObject, untilMs: number): boolean {
  return typeof atMs === 'number' && atMs < untilMs;
}
