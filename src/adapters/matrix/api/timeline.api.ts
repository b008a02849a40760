import { refusalError } from '../matrix.errors.js';
import type { MatrixClient } from '../matrix.client.js';
import { isObject, type JsonObject, type MatrixEvent, parseEvent } from '../matrix.payloads.js';
import { path } from './path.js';

export interface Page {
  /** In the order of reading. */
  readonly events: readonly MatrixEvent[];
  /** The same as they came. */
  readonly raw: readonly JsonObject[];
  /** Where the next page begins; absent where there is none. */
  readonly end?: string;
}

/** `backward`: newest first. */
export interface PageWanted {
  readonly direction: 'backward' | 'forward';
  /** Absent: from the room's end, or from its beginning. */
  readonly from?: string | undefined;
}

export interface Related {
  readonly to: string;
  readonly by: 'm.annotation' | 'm.replace';
  readonly type: string;
  readonly from?: string | undefined;
}

const pageSize = '100';

/** Reading what happened in rooms, as our own user sees it. */
export class TimelineApi {
  constructor(private readonly client: MatrixClient) {}

  /** Undefined where there is no such event for us. */
  async event(room: string, id: string, signal: AbortSignal, timeoutMs?: number): Promise<MatrixEvent | undefined> {
    const answer = await this.client.call({
      method: 'GET',
      path: path`/_matrix/client/v3/rooms/${room}/event/${id}`,
      act: 'read',
      signal,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    if (!('refusal' in answer)) return parseEvent({ room_id: room, ...answer.body });
    const { status, errcode } = answer.refusal;
    if (errcode === 'M_NOT_FOUND' || (status === 403 && errcode !== '')) return undefined;
    throw refusalError(answer.refusal, 'room', 'read');
  }

  /** A page of the room. */
  async messages(room: string, { direction, from }: PageWanted, signal: AbortSignal): Promise<Page> {
    const body = await this.client.get(
      {
        method: 'GET',
        path: path`/_matrix/client/v3/rooms/${room}/messages`,
        query: { dir: direction === 'backward' ? 'b' : 'f', limit: pageSize, from },
        act: 'read',
        signal,
      },
      'room',
    );
    return pageOf(room, body, body['end'], from);
  }

  /** A page of what relates to an event and was not redacted, newest first; empty where there is no such event. */
  async relations(room: string, { to, by, type, from }: Related, signal: AbortSignal): Promise<Page> {
    const answer = await this.client.call({
      method: 'GET',
      path: path`/_matrix/client/v1/rooms/${room}/relations/${to}/${by}/${type}`,
      query: { limit: pageSize, from },
      act: 'read',
      signal,
    });
    if (!('refusal' in answer)) return pageOf(room, answer.body, answer.body['next_batch'], from);
    const { status, errcode } = answer.refusal;
    // Synapse 1.163 knows nothing of its relations: 404 M_UNKNOWN.
    if (status === 404 && errcode !== '' && errcode !== 'M_UNRECOGNIZED') return { events: [], raw: [] };
    throw refusalError(answer.refusal, 'room', 'read');
  }
}

function pageOf(room: string, { chunk }: JsonObject, end: unknown, from: string | undefined): Page {
  const raw = (Array.isArray(chunk) ? chunk : []).flatMap((value: unknown) =>
    isObject(value) ? [{ room_id: room, ...value }] : [],
  );
  const events = raw.flatMap((value) => parseEvent(value) ?? []);
  return { events, raw, ...(typeof end === 'string' && end !== from ? { end } : {}) };
}
