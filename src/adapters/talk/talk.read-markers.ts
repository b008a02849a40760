import type { Clock } from '../../model/clock.js';
import type { Log } from '../../model/network-definition.js';
import type { TalkClient } from './talk.client.js';
import type { TalkSettings } from './talk.settings.js';

interface Marker {
  /** The last row that everybody has read, as the server said last; undefined where it does not say. */
  commonRead: number | undefined;
  /** The last row that we said we have read. */
  marked: number;
  notBeforeMs: number;
  /** One says it at a time: the later of two rows could arrive first. */
  isSaying: boolean;
}

/**
 * Talk shows of a message when everybody in the room has read it. Our account reads without being seen to, so it would keep
 * that from everybody for ever: where the server says that not everybody has read what we have, and we did not say that we
 * have, we say so, now and then, in rooms in which something is written.
 */
export class ReadMarkers {
  readonly #rooms = new Map<string, Marker>();

  constructor(
    private readonly client: Pick<TalkClient, 'api'>,
    private readonly settings: Pick<TalkSettings, 'readMarkerIntervalMs'>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Something that was written there was handed on. */
  hadActivity(room: string): void {
    if (this.settings.readMarkerIntervalMs === 0 || this.#rooms.has(room)) return;
    this.#rooms.set(room, { commonRead: undefined, marked: 0, notBeforeMs: 0, isSaying: false });
  }

  /** An answer said so. */
  saw(room: string, commonRead: number | undefined): void {
    const marker = this.#rooms.get(room);
    if (marker !== undefined) marker.commonRead = commonRead;
  }

  /** The room is read and stored up to a row, and has nothing later. Marking goes on beside reading, which waits for no answer to it. */
  follow(room: string, row: number, signal: AbortSignal): void {
    const marker = this.#rooms.get(room);
    if (marker?.commonRead === undefined || marker.commonRead >= row || marker.marked >= row) return;
    const nowMs = this.clock.monotonicMs();
    if (marker.isSaying || nowMs < marker.notBeforeMs) return;
    marker.isSaying = true;
    marker.notBeforeMs = nowMs + this.settings.readMarkerIntervalMs;
    void this.#mark(room, marker, row, signal);
  }

  /** Never throws. */
  async #mark(room: string, marker: Marker, row: number, signal: AbortSignal): Promise<void> {
    try {
      await this.client.api.chat.markRead({ token: room, lastReadMessage: row }, signal);
      marker.marked = row;
    } catch (error) {
      this.log.debug({ room, error }, 'not marked as read');
    } finally {
      marker.isSaying = false;
    }
  }
}
