import { BridgeError, RoomClosed } from '../../model/errors.js';
import type { TalkClient } from './talk.client.js';
import { permissionBits, readOnlyState } from './talk.constants.js';
import { notAllowed, readOnlyRoom } from './talk.errors.js';

/** What is asked of a room. */
export interface Wish {
  readonly client: TalkClient;
  readonly token: string;
  readonly signal: AbortSignal;
  /** What it is where chatting may be allowed without it: a room that refuses just this stays open. */
  readonly beyondChat?: string;
}

/** A 403 does not say why: the room does. */
export async function withReason<T>(wish: Wish, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof RoomClosed) || error.reason !== 'noPermission') throw error;
    throw await reasonOf(error, wish);
  }
}

async function reasonOf(refusal: RoomClosed, { client, token, signal, beyondChat }: Wish): Promise<BridgeError> {
  try {
    const { readOnly, permissions } = await client.rooms.get(token, signal);
    if ((permissions & permissionBits.chat) === 0) return refusal;
    if (readOnly === readOnlyState.readOnly) return readOnlyRoom(refusal);
    return beyondChat === undefined ? refusal : notAllowed(beyondChat, refusal);
  } catch (error) {
    // The refusal itself stands; only its reason stays unknown.
    if (error instanceof BridgeError) return refusal;
    throw error;
  }
}
