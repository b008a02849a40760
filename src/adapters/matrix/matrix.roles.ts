import type { RoleChanged } from '../../model/bridge-event.js';
import { asLine } from '../../model/in-line.js';
import type { DeliveryRequest } from '../../model/network-adapter.js';
import type { RoomsApi } from './api/rooms.api.js';
import { roomChangeRefused } from './matrix.errors.js';
import type { MatrixSelf } from './matrix.ids.js';
import type { MatrixMessages } from './matrix.messages.js';
import { withRole } from './matrix.power.js';
import { type MatrixWriter, writingOf } from './matrix.writer.js';

const powerLevels = 'm.room.power_levels';

/** Shows who sees to a linked room by the power of their ghosts. */
export class MatrixRoles {
  constructor(
    private readonly self: MatrixSelf,
    private readonly rooms: RoomsApi,
    private readonly messages: Pick<MatrixMessages, 'say'>,
    private readonly writer: MatrixWriter,
  ) {}

  /**
   * Where our own user may not give anybody power it is told in a line, or stays unshown where it was only found by looking. Throws
   * MessageRefused where the link does not tell of such.
   */
  async set(request: DeliveryRequest<RoleChanged>, signal: AbortSignal): Promise<void> {
    const { event, room, inLine } = request;
    await this.writer.assertWanted(room);
    const state = await this.rooms.state(room, powerLevels, '', signal);
    if (typeof state !== 'string') {
      const { account, users } = this.self;
      const user = event.member.account === account ? event.member.id : users.ghostOf(event.member);
      const levels = withRole(state.content, user, event.role);
      if (levels === undefined) return;
      const outcome = await this.rooms.setState(room, powerLevels, levels, writingOf(request, signal));
      if (outcome === 'set') return;
    }
    await this.writer.assertInRoom(room, signal);
    if (event.found === 'later') return;
    if (inLine === undefined) throw roomChangeRefused(this.self.users.bot, 'moderators');
    await this.messages.say(asLine(request, inLine), signal);
  }
}
