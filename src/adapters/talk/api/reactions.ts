import { pathOf } from './endpoint-call.js';
import type { OcsDoor } from './ocs.js';
import { reactionEndpoints } from './reactions.endpoints.js';

/** Reactions of the account's own user: one of each emoji for each message. Source: OpenAPI of Talk 22, `reaction`. */
export class ReactionsApi {
  constructor(private readonly door: OcsDoor) {}

  /**
   * Changes nothing where it is there already. Throws TargetGone where there is no such message, MessageRefused for a message
   * that was deleted and for what is no emoji.
   */
  async add(token: string, id: number, reaction: string, beforeSend: () => void, signal: AbortSignal): Promise<void> {
    const path = pathOf(reactionEndpoints.add, { token, messageId: id });
    await this.door.ask({ method: 'POST', path, body: { reaction }, act: 'write', token, signal, beforeSend });
  }

  /** Throws TargetGone where there is no such reaction, or no such message. */
  async remove(
    token: string,
    id: number,
    reaction: string,
    beforeSend: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    const path = pathOf(reactionEndpoints.remove, { token, messageId: id });
    await this.door.ask({ method: 'DELETE', path, query: { reaction }, act: 'write', token, signal, beforeSend });
  }
}
