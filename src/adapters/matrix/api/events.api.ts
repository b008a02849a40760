import { brokenAnswer, refusalError } from '../matrix.errors.js';
import type { MatrixAnswer, MatrixClient } from '../matrix.client.js';
import type { JsonObject } from '../matrix.payloads.js';
import type { Writing } from './account.api.js';
import { path } from './path.js';

/** A write whose key is its transaction id: the homeserver takes it once for as long as it remembers. */
export interface Keyed extends Writing {
  readonly user: string;
  readonly key: string;
}

/** `forbidden`: the user is not in the room, or may not do this there. */
export type Written = { readonly id: string } | 'forbidden';

/** What we write into rooms. */
export class EventsApi {
  constructor(private readonly client: MatrixClient) {}

  async send(room: string, type: string, content: JsonObject, { key, ...keyed }: Keyed): Promise<Written> {
    const answer = await this.client.call({
      method: 'PUT',
      path: path`/_matrix/client/v3/rooms/${room}/send/${type}/${key}`,
      body: content,
      act: 'write',
      ...keyed,
    });
    if ('refusal' in answer && answer.refusal.errcode === 'M_FORBIDDEN') return 'forbidden';
    return { id: idIn(answer, 'message') };
  }

  /** `duplicate`: the user has put the same reaction on the event already. */
  async annotate(room: string, content: JsonObject, { key, ...keyed }: Keyed): Promise<Written | 'duplicate'> {
    const answer = await this.client.call({
      method: 'PUT',
      path: path`/_matrix/client/v3/rooms/${room}/send/m.reaction/${key}`,
      body: content,
      act: 'write',
      ...keyed,
    });
    if ('refusal' in answer) {
      if (answer.refusal.errcode === 'M_FORBIDDEN') return 'forbidden';
      if (answer.refusal.errcode === 'M_DUPLICATE_ANNOTATION') return 'duplicate';
    }
    return { id: idIn(answer, 'target') };
  }

  /** `gone`: there is nothing to redact. */
  async redact(room: string, event: string, content: JsonObject, { key, ...keyed }: Keyed): Promise<Written | 'gone'> {
    const answer = await this.client.call({
      method: 'PUT',
      path: path`/_matrix/client/v3/rooms/${room}/redact/${event}/${key}`,
      body: content,
      act: 'write',
      ...keyed,
    });
    if ('refusal' in answer) {
      if (answer.refusal.errcode === 'M_FORBIDDEN') return 'forbidden';
      if (answer.refusal.errcode === 'M_NOT_FOUND') return 'gone';
    }
    return { id: idIn(answer, 'target') };
  }
}

function idIn(answer: MatrixAnswer, about: 'message' | 'target'): string {
  if ('refusal' in answer) throw refusalError(answer.refusal, about, 'write');
  const { event_id: id } = answer.body;
  if (typeof id !== 'string') throw brokenAnswer('write', 'without the id of the event');
  return id;
}
