import { Refusal } from '../refusal.js';
import type { Accounts } from './accounts.js';
import { actorKey, type Actor } from './actor.js';
import type { ChatEvent } from './chat.js';
import { readCloudId, writeCloudId } from './cloud-id.js';
import type { Conversations } from './conversations.js';
import { Invitations, type Invitation } from './invitations.js';
import type { Message } from './message.js';
import { randomText } from './random-text.js';
import { ParticipantType, RoomType, type Attendee, type RemoteRoom, type Room } from './room.js';
import type { Rooms } from './rooms.js';

/** What one server tells another about a room that both know. */
export type Notice =
  | { readonly type: 'SHARE_ACCEPTED' | 'SHARE_DECLINED' | 'SHARE_UNSHARED' }
  | { readonly type: 'ROOM_MODIFIED'; readonly name: string }
  | { readonly type: 'MESSAGE_POSTED'; readonly message: Readonly<Record<string, unknown>> };

/** To which attendee of the room's own server a notice belongs, and what proves it. */
export interface Subject {
  readonly attendeeId: number;
  readonly secret: string;
}

export interface Share {
  readonly shareWith: string;
  readonly roomToken: string;
  readonly roomName: string;
  readonly roomType: number;
  readonly inviterCloudId: string;
  readonly inviterName: string;
  readonly subject: Subject;
}

/** What carries both to another server. Each answers undefined where that one is not reached. */
export interface Carrier {
  /** Answers the display name of the invited, or that the server does not know them. */
  share(server: string, share: Share): Promise<{ readonly displayName: string } | 'unknown' | undefined>;
  notify(server: string, from: string, subject: Subject, notice: Notice): Promise<boolean>;
}

const secretLength = 64;

export interface FederatedServer {
  /** Whether it is switched on. */
  readonly isOn: boolean;
  /** The server's own address without a slash at its end, which is known when it listens. */
  readonly base: () => string;
}

/** People of other servers in this one's rooms, and this one's people in rooms of others. */
export class Federation {
  readonly invitations = new Invitations();
  readonly #pending = new Set<Promise<unknown>>();

  constructor(
    private readonly at: FederatedServer,
    private readonly accounts: Accounts,
    private readonly rooms: Rooms,
    private readonly conversations: Conversations,
    private readonly carrier: Carrier,
    /** A message as other servers are told of it. */
    private readonly view: (room: Room, message: Message) => Readonly<Record<string, unknown>>,
  ) {}

  get isOn(): boolean {
    return this.at.isOn;
  }

  /** When everything is told that was on its way. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /**
   * Does something, and answers when what it had to be told is told. It waits for nothing else that is on its way: two servers
   * that tell each other something at one time would wait for each other.
   */
  async withTelling<Done>(act: () => Done): Promise<Done> {
    const before = new Set(this.#pending);
    const done = act();
    await Promise.all([...this.#pending].filter((telling) => !before.has(telling)));
    return done;
  }

  /** Throws a Refusal: 400 `federation`, `cloud-id` or `reach-remote`, 404 for somebody whom the other server does not know. */
  async invite(room: Room, by: Actor, written: string): Promise<void> {
    if (!this.isOn) throw new Refusal(400, { error: 'federation' });
    const person = readCloudId(written);
    if (person === undefined) throw new Refusal(400, { error: 'cloud-id' });
    const cloudId = writeCloudId(person);
    if (room.attendees.has(actorKey({ type: 'federated_users', id: cloudId }))) return;
    const secret = randomText(secretLength, 'secret');
    const attendeeId = this.rooms.reserveAttendeeId();
    const answer = await this.carrier.share(person.server, {
      shareWith: cloudId,
      roomToken: room.token,
      roomName: room.name,
      roomType: room.type,
      inviterCloudId: this.#cloudIdOf(by),
      inviterName: this.accounts.displayName(by.id),
      subject: { attendeeId, secret },
    });
    if (answer === undefined) throw new Refusal(400, { error: 'reach-remote' });
    if (answer === 'unknown') throw new Refusal(404, { error: 'new-participant' });
    const { displayName } = answer;
    this.conversations.addFederated(room, by, { id: attendeeId, cloudId, displayName, accessToken: secret });
  }

  /** Another server invites somebody. Answers their display name, undefined for somebody unknown. */
  receive(server: string, share: Share): string | undefined {
    const person = readCloudId(share.shareWith);
    const user = person?.server === this.at.base() ? this.accounts.get(person.user) : undefined;
    if (!this.isOn || user === undefined) return undefined;
    const { secret, attendeeId } = share.subject;
    const remote: RemoteRoom = {
      server,
      token: share.roomToken,
      attendeeId,
      secret,
      avatarVersion: '',
      lastMessage: undefined,
    };
    const type = share.roomType === RoomType.public ? RoomType.public : RoomType.group;
    const room = this.rooms.create({ type, name: share.roomName, remote });
    const { inviterCloudId, inviterName } = share;
    const from = { server, remoteToken: share.roomToken, remoteAttendeeId: attendeeId, secret };
    this.invitations.add({ userId: user.id, room, ...from, inviterCloudId, inviterName });
    return user.displayName;
  }

  /**
   * @param view what is answered, taken before the other server tells of the acceptance
   * Throws a Refusal: 400 `state` where it is accepted already, 410 `remote` where the other server is not reached.
   */
  async accept<View>(invitation: Invitation, view: (attendee: Attendee) => View): Promise<View> {
    if (invitation.state === 1) throw new Refusal(400, { error: 'state' });
    const { room, userId } = invitation;
    const attendee = this.rooms.addAttendee(room, {
      actor: { type: 'users', id: userId },
      displayName: this.accounts.displayName(userId),
      participantType: ParticipantType.user,
    });
    const seen = view(attendee);
    invitation.state = 1;
    if (await this.#tellHost(invitation, { type: 'SHARE_ACCEPTED' })) return seen;
    invitation.state = 0;
    this.rooms.removeAttendee(room, attendee);
    throw new Refusal(410, { error: 'remote' });
  }

  /** Throws a Refusal 400 `state` where it is accepted already. */
  async decline(invitation: Invitation): Promise<void> {
    if (invitation.state === 1) throw new Refusal(400, { error: 'state' });
    await this.#leave(invitation);
  }

  /** Somebody of this server leaves another one's room. */
  async leave(room: Room, attendee: Attendee): Promise<void> {
    const invitation = this.invitations.byRoom(room, attendee.actor.id);
    this.rooms.removeAttendee(room, attendee);
    if (invitation !== undefined) await this.#leave(invitation);
  }

  /** Another server tells something. Answers whether it may. */
  hear(server: string, { attendeeId, secret }: Subject, notice: Notice): boolean {
    const invitation = this.invitations.byRemote(server, attendeeId, secret);
    switch (notice.type) {
      case 'SHARE_ACCEPTED':
      case 'SHARE_DECLINED':
        return this.#hearAnswer(attendeeId, secret, notice.type);
      case 'SHARE_UNSHARED':
        if (invitation === undefined) return false;
        this.#forget(invitation);
        return true;
      case 'ROOM_MODIFIED':
        if (invitation === undefined) return false;
        invitation.room.name = notice.name;
        return true;
      case 'MESSAGE_POSTED': {
        const remote = invitation?.room.remote;
        if (invitation === undefined || remote === undefined) return false;
        remote.lastMessage = notice.message;
        const { timestamp } = notice.message;
        if (typeof timestamp === 'number') this.rooms.touch(invitation.room, timestamp, undefined);
        return true;
      }
    }
  }

  /** Tells the servers of a room's federated people what happened in it. */
  spread(event: ChatEvent): void {
    const { room } = event;
    if (!this.isOn) return;
    if (event.kind !== 'said' && event.kind !== 'noted') return;
    const { content, parent } = event.message;
    // Only what is the room's last message is told.
    if (content.kind === 'system' && parent !== undefined) return;
    const guests = [...room.attendees.values()].filter(({ accessToken }) => accessToken !== undefined);
    if (guests.length === 0) return;
    const message = this.view(room, event.message);
    const isRename = content.kind === 'system' && content.type === 'conversation_renamed';
    for (const guest of guests) {
      if (isRename) this.#tellGuest(guest, { type: 'ROOM_MODIFIED', name: room.name });
      this.#tellGuest(guest, { type: 'MESSAGE_POSTED', message });
    }
  }

  /** Somebody of another server was removed here: theirs is told. */
  unshare(attendee: Attendee): void {
    this.#tellGuest(attendee, { type: 'SHARE_UNSHARED' });
  }

  /** What the other server knows a person of this one by. */
  cloudId(userId: string): string {
    return writeCloudId({ user: userId, server: this.at.base() });
  }

  #cloudIdOf(actor: Actor): string {
    return actor.type === 'users' ? this.cloudId(actor.id) : actor.id;
  }

  #hearAnswer(attendeeId: number, secret: string, type: 'SHARE_ACCEPTED' | 'SHARE_DECLINED'): boolean {
    for (const room of this.rooms.all()) {
      const attendee = [...room.attendees.values()].find(({ id }) => id === attendeeId);
      if (attendee?.accessToken === undefined || attendee.accessToken !== secret) continue;
      if (type === 'SHARE_ACCEPTED') this.conversations.noteAccepted(room, attendee);
      else this.conversations.remove(room, attendee.actor, attendee);
      return true;
    }
    return false;
  }

  async #leave(invitation: Invitation): Promise<void> {
    this.#forget(invitation);
    await this.#tellHost(invitation, { type: 'SHARE_DECLINED' });
  }

  /** The room goes with the last who knew of it. */
  #forget(invitation: Invitation): void {
    this.invitations.delete(invitation);
    const attendee = invitation.room.attendees.get(actorKey({ type: 'users', id: invitation.userId }));
    if (attendee !== undefined) this.rooms.removeAttendee(invitation.room, attendee);
    this.rooms.delete(invitation.room);
  }

  #tellHost({ server, remoteAttendeeId, secret }: Invitation, notice: Notice): Promise<boolean> {
    return this.carrier.notify(server, this.at.base(), { attendeeId: remoteAttendeeId, secret }, notice);
  }

  #tellGuest({ id, actor, accessToken }: Attendee, notice: Notice): void {
    const server = readCloudId(actor.id)?.server;
    if (server === undefined || accessToken === undefined) return;
    const telling = this.carrier.notify(server, this.at.base(), { attendeeId: id, secret: accessToken }, notice);
    this.#pending.add(telling);
    void telling.finally(() => this.#pending.delete(telling));
  }
}
