import type { Room } from './room.js';

/** Somebody of this server was invited to a room of another one. */
export interface Invitation {
  readonly id: number;
  readonly userId: string;
  /** 0 waits, 1 is accepted. */
  state: 0 | 1;
  /** The room as this server knows it. */
  readonly room: Room;
  readonly server: string;
  readonly remoteToken: string;
  readonly remoteAttendeeId: number;
  readonly secret: string;
  readonly inviterCloudId: string;
  readonly inviterName: string;
}

/** What this server's people were invited to. */
export class Invitations {
  readonly #byId = new Map<number, Invitation>();
  #lastId = 0;

  add(invitation: Omit<Invitation, 'id' | 'state'>): Invitation {
    this.#lastId += 1;
    const whole: Invitation = { ...invitation, id: this.#lastId, state: 0 };
    this.#byId.set(whole.id, whole);
    return whole;
  }

  /** Undefined where it is somebody else's. */
  get(id: number, userId: string): Invitation | undefined {
    const invitation = this.#byId.get(id);
    return invitation?.userId === userId ? invitation : undefined;
  }

  /** Those that wait for somebody's answer. */
  waitingFor(userId: string): Invitation[] {
    return [...this.#byId.values()].filter((one) => one.userId === userId && one.state === 0);
  }

  of(userId: string): Invitation[] {
    return [...this.#byId.values()].filter((one) => one.userId === userId);
  }

  byRoom(room: Room, userId: string): Invitation | undefined {
    return [...this.#byId.values()].find((one) => one.room === room && one.userId === userId);
  }

  /** The one that another server means: by its own number for the attendee, and the secret. */
  byRemote(server: string, remoteAttendeeId: number, secret: string): Invitation | undefined {
    return [...this.#byId.values()].find(
      (one) => one.server === server && one.remoteAttendeeId === remoteAttendeeId && one.secret === secret,
    );
  }

  delete(invitation: Invitation): void {
    this.#byId.delete(invitation.id);
  }
}
