import type { MemberJoined, MemberLeft } from '../../model/bridge-event.js';
import { asLine } from '../../model/in-line.js';
import type { DeliveryRequest } from '../../model/network-adapter.js';
import type { AccountId, UserRef } from '../../model/ids.js';
import type { RoomsApi } from './api/rooms.api.js';
import { roomChangeRefused } from './matrix.errors.js';
import type { MatrixGhosts } from './matrix.ghosts.js';
import type { OurUsers } from './matrix.ids.js';
import type { MatrixMessages } from './matrix.messages.js';
import { type MatrixWriter, writingOf } from './matrix.writer.js';

/** Shows who comes and goes elsewhere as members of the room. */
export class MatrixMembers {
  constructor(
    private readonly account: AccountId,
    private readonly users: OurUsers,
    private readonly rooms: RoomsApi,
    private readonly ghosts: MatrixGhosts,
    private readonly messages: Pick<MatrixMessages, 'say'>,
    private readonly writer: MatrixWriter,
  ) {}

  /** A room that lets no ghosts in shows nobody. Throws MessageRefused where the person is banned there. */
  async join(request: DeliveryRequest<MemberJoined>, signal: AbortSignal): Promise<void> {
    const { event, room, speaker } = request;
    await this.writer.assertWanted(room);
    if (event.member.account === this.account) return this.#invite(request, signal);
    if (speaker.as !== 'ghost' || !this.writer.admitsGhosts(room)) return;
    const writing = writingOf(request, signal);
    if (isSame(event.member, speaker.person)) {
      await this.writer.ghost(room, speaker, 'nameAndPicture', writing);
      return;
    }
    // Somebody let them in: nothing is known of the member but the name.
    const member = { ...speaker, person: event.member, profile: { name: event.member.name } };
    await this.writer.ghost(room, member, 'name', writing);
  }

  /** Somebody of Matrix goes as himself, and as whoever he was shown as from elsewhere. */
  async leave(request: DeliveryRequest<MemberLeft>, signal: AbortSignal): Promise<void> {
    const { event, room } = request;
    await this.writer.assertWanted(room);
    const shown = event.member.account === this.account ? event.shown : event.member;
    if (shown !== undefined) await this.#hide(request, shown, signal);
    if (event.member.account === this.account) await this.#expel(request, signal);
  }

  async #hide(request: DeliveryRequest<MemberLeft>, shown: UserRef, signal: AbortSignal): Promise<void> {
    const { event, room, speaker } = request;
    const ghost = this.users.ghostOf(shown);
    const membership = await this.rooms.membership(room, ghost, signal);
    if (membership !== 'join' && membership !== 'invite') return;
    await this.rooms.leave(room, ghost, reasonOf(event.how, speaker.networkLabel), writingOf(request, signal));
    await this.ghosts.forget(room, ghost);
  }

  /** Somebody of Matrix who came into a linked room as somebody of its network. */
  async #invite(request: DeliveryRequest<MemberJoined>, signal: AbortSignal): Promise<void> {
    const { event, room } = request;
    const membership = await this.rooms.membership(room, event.member.id, signal);
    if (membership === 'join' || membership === 'invite') return;
    const outcome = await this.rooms.invite(room, event.member.id, this.users.bot, writingOf(request, signal));
    if (outcome === 'forbidden') await this.#tell(request, signal);
  }

  /** Somebody of Matrix who was removed from a linked room as somebody of its network. */
  async #expel(request: DeliveryRequest<MemberLeft>, signal: AbortSignal): Promise<void> {
    const { event, room, speaker } = request;
    const membership = await this.rooms.membership(room, event.member.id, signal);
    const how = event.how === 'banned' ? 'ban' : 'kick';
    if (membership === 'ban' || (how === 'kick' && membership !== 'join' && membership !== 'invite')) return;
    const reason = reasonOf(event.how, speaker.networkLabel || 'the linked room');
    const outcome = await this.rooms.expel(room, how, event.member.id, reason, writingOf(request, signal));
    if (outcome === 'forbidden') await this.#tell(request, signal);
  }

  /** Throws MessageRefused where the link does not tell of such. */
  async #tell(request: DeliveryRequest<MemberJoined | MemberLeft>, signal: AbortSignal): Promise<void> {
    await this.writer.assertInRoom(request.room, signal);
    if (request.inLine === undefined) throw roomChangeRefused(this.users.bot, 'members');
    await this.messages.say(asLine(request, request.inLine), signal);
  }
}

function isSame(one: UserRef, other: UserRef): boolean {
  return one.account === other.account && one.id === other.id;
}

function reasonOf(how: MemberLeft['how'], networkLabel: string): string | undefined {
  switch (how) {
    case 'left':
      return undefined;
    case 'removed':
      return `removed on ${networkLabel}`;
    case 'banned':
      return `banned on ${networkLabel}`;
  }
}
