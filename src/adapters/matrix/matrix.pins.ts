import type { PinChanged } from '../../model/bridge-event.js';
import { asLine } from '../../model/in-line.js';
import type { DeliveryRequest } from '../../model/network-adapter.js';
import type { RoomsApi } from './api/rooms.api.js';
import { roomChangeRefused } from './matrix.errors.js';
import { pinnedIn } from './from-matrix-pins.js';
import type { MatrixSelf } from './matrix.ids.js';
import type { MatrixMessages } from './matrix.messages.js';
import { type MatrixWriter, withKey, writingOf } from './matrix.writer.js';

const pinnedEvents = 'm.room.pinned_events';

/** Keeps messages in sight, or no longer. */
export class MatrixPins {
  constructor(
    private readonly self: MatrixSelf,
    private readonly rooms: RoomsApi,
    private readonly messages: Pick<MatrixMessages, 'say'>,
    private readonly writer: MatrixWriter,
  ) {}

  /** Where our own user may not it is told in a line. */
  async change(request: DeliveryRequest<PinChanged>, signal: AbortSignal): Promise<void> {
    const { event, room, inLine, target } = request;
    await this.writer.assertWanted(room);
    const state = await this.rooms.state(room, pinnedEvents, '', signal);
    if (state !== 'hidden') {
      const before = state === 'none' ? [] : pinnedIn(state.content);
      const pinned = after(
        before,
        event.state,
        target.map(({ id }) => id),
      );
      if (pinned.length === before.length) return;
      const content = withKey({ pinned }, request.key(0));
      if ((await this.rooms.setState(room, pinnedEvents, content, writingOf(request, signal))) === 'set') return;
    }
    await this.writer.assertInRoom(room, signal);
    if (inLine === undefined) throw roomChangeRefused(this.self.users.bot, 'pinned messages');
    await this.messages.say(asLine(request, inLine), signal);
  }
}

/** A message of several parts is pinned by its first one, and unpinned whichever of them was. */
function after(before: readonly string[], state: PinChanged['state'], parts: readonly string[]): readonly string[] {
  if (state === 'unpinned') return before.filter((id) => !parts.includes(id));
  return before.some((id) => parts.includes(id)) ? before : [...before, ...parts.slice(0, 1)];
}
