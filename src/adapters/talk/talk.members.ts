import type { BridgeEvent, MemberJoined, MemberLeft, RoleChanged } from '../../model/bridge-event.js';
import { TargetGone } from '../../model/errors.js';
import type { UserRef } from '../../model/ids.js';
import { orInLine } from '../../model/in-line.js';
import type { Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import type { Participant } from './api/room.answers.js';
import type { TalkClient } from './talk.client.js';
import { bannedActor, participantSource, participantType, valuesOf } from './talk.constants.js';
import { ourOwnAccount, personUnknown } from './talk.errors.js';
import { actorOf, talkUserId } from './talk.ids.js';
import { withReason } from './talk.rights.js';

const moderators: ReadonlySet<number> = new Set([
  participantType.owner,
  participantType.moderator,
  participantType.guestModerator,
]);

/** Does to people of the room what was done to them in a linked one, as far as our account is a moderator; else a line tells it. */
export class TalkMembers {
  readonly joining: Deliver<'memberJoined'>;
  readonly leaving: Deliver<'memberLeft'>;
  readonly roles: Deliver<'roleChanged'>;

  constructor(
    private readonly client: TalkClient,
    private readonly lines: Deliver<'messageSent'>,
    /** The id of the account's own user. */
    private readonly self: () => string,
  ) {
    // Who is in the room is read before anything is done: what was done already is not done again.
    this.joining = this.#entry('add people', (request, signal) => this.#add(request, signal));
    this.leaving = this.#entry('remove people', (request, signal) => this.#remove(request, signal));
    this.roles = this.#entry('choose its moderators', (request, signal) => this.#setRole(request, signal));
  }

  #entry<E extends MemberJoined | MemberLeft | RoleChanged>(
    beyondChat: string,
    act: (request: DeliveryRequest<E>, signal: AbortSignal) => Promise<void>,
  ): { readonly repeat: 'harmless'; send(request: DeliveryRequest<E>, signal: AbortSignal): Promise<void> } {
    return {
      repeat: 'harmless',
      send: (request, signal) =>
        orInLine(request, this.lines, signal, async () => {
          const wish = { client: this.client, token: request.room, signal, beyondChat };
          // Somebody may be known in Talk by the very account that bridges: without it nothing would be bridged any more.
          if (request.event.member.id === talkUserId('users', this.self())) throw ourOwnAccount();
          try {
            await withReason(wish, () => act(request, signal));
          } catch (error) {
            // Somebody who went meanwhile is as gone as he was to be.
            if (!(error instanceof TargetGone)) throw error;
          }
        }),
    };
  }

  async #add(request: DeliveryRequest<MemberJoined>, signal: AbortSignal): Promise<void> {
    const { room: token, event } = request;
    if ((await this.#participant(token, event.member, signal)) !== undefined) return;
    const { type, id } = actorOf(event.member.id);
    const source = valuesOf(participantSource).find((each) => each === type);
    if (source === undefined) throw personUnknown();
    try {
      await this.client.api.participants.add({ token, newParticipant: id, source }, signal, sendingOf(request));
    } catch (error) {
      throw error instanceof TargetGone ? personUnknown(error) : error;
    }
  }

  async #remove(request: DeliveryRequest<MemberLeft>, signal: AbortSignal): Promise<void> {
    const { room: token, event } = request;
    const { client } = this;
    if (event.how === 'banned') {
      const { type, id } = actorOf(event.member.id);
      const actorType = valuesOf(bannedActor).find((each) => each === type);
      const { data: known } = await client.api.bans.list({ token }, signal);
      const isBanned = known.some(
        ({ bannedActorType, bannedActorId }) => bannedActorType === type && bannedActorId === id,
      );
      if (actorType !== undefined) {
        if (!isBanned) await client.api.bans.add({ token, actorType, actorId: id }, signal, sendingOf(request));
        return;
      }
    }
    const participant = await this.#participant(token, event.member, signal);
    if (participant === undefined) return;
    await client.api.participants.remove({ token, attendeeId: participant.attendeeId }, signal, sendingOf(request));
  }

  async #setRole(request: DeliveryRequest<RoleChanged>, signal: AbortSignal): Promise<void> {
    const { room: token, event } = request;
    const participant = await this.#participant(token, event.member, signal);
    if (participant === undefined) throw personUnknown();
    const { attendeeId, participantType: now } = participant;
    if (moderators.has(now) === (event.role === 'moderator')) return;
    if (event.role === 'moderator') {
      await this.client.api.participants.promote({ token, attendeeId }, signal, sendingOf(request));
    } else {
      await this.client.api.participants.demote({ token, attendeeId }, signal, sendingOf(request));
    }
  }

  async #participant(token: string, { id }: UserRef, signal: AbortSignal): Promise<Participant | undefined> {
    const actor = actorOf(id);
    const { data } = await this.client.api.participants.list({ token }, signal);
    return data.find(({ actorType, actorId }) => actorType === actor.type && actorId === actor.id);
  }
}

function sendingOf(request: Pick<DeliveryRequest<BridgeEvent>, 'beforeSend'>): { beforeSend(): void } {
  return {
    beforeSend: () => {
      request.beforeSend();
    },
  };
}
