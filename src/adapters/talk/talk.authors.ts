import type { RoomId } from '../../model/ids.js';
import type { Copy } from '../../model/network-adapter.js';
import type { TalkClient } from './talk.client.js';
import { rowIdOf } from './talk.ids.js';
import { voiceOf, type VoiceKind } from './talk.voices.js';

const mostRemembered = 10_000;

/** By which of our voices messages were written: what is written there later has the same form. */
export class TalkAuthors {
  readonly #known = new Map<string, VoiceKind>();

  constructor(private readonly client: Pick<TalkClient, 'chat'>) {}

  note(room: RoomId, copy: Pick<Copy, 'id'>, as: VoiceKind): void {
    const key = keyOf(room, copy);
    this.#known.delete(key);
    this.#known.set(key, as);
    const oldest = this.#known.keys().next();
    if (this.#known.size > mostRemembered && oldest.done !== true) this.#known.delete(oldest.value);
  }

  /** Asks the room for what was written before the program was started. */
  async of(room: RoomId, copy: Pick<Copy, 'id'>, signal: AbortSignal): Promise<VoiceKind> {
    const known = this.#known.get(keyOf(room, copy));
    if (known !== undefined) return known;
    const id = rowIdOf(copy.id);
    const row = id === undefined ? undefined : await this.client.chat.get(room, id, signal);
    if (row === undefined) return 'relay';
    const as = voiceOf(row.actorType);
    this.note(room, copy, as);
    return as;
  }
}

const keyOf = (room: RoomId, { id }: Pick<Copy, 'id'>): string => `${room}/${id}`;
