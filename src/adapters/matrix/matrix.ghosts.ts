import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import type { RoomId, UserId } from '../../model/ids.js';
import type { Speaker } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { AccountApi, Writing } from './api/account.api.js';
import type { GhostPictures, Picture } from './matrix.pictures.js';
import { localpartOf, type OurUsers } from './matrix.ids.js';
import { BoundedMap } from '../../model/bounded-map.js';
import { Turns } from './matrix.turns.js';
import { isObject } from './matrix.payloads.js';
import type { GhostDoors } from './matrix.doors.js';
import type { MatrixSettings } from './matrix.settings.js';
import { ghostName } from './to-matrix.js';

/** What was done for a ghost, so that it is not done again. */
interface Ghost {
  name: string | undefined;
  picture: Picture | undefined;
  /** Milliseconds of the clock that never jumps. */
  pictureAgainMs: number;
  readonly rooms: Set<string>;
}

/** How much of a person is known: a picture that is not is left as it is. */
export type Dress = 'nameAndPicture' | 'name';

export interface GhostParts {
  readonly users: OurUsers;
  readonly account: AccountApi;
  readonly doors: GhostDoors;
  readonly pictures: GhostPictures;
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: MatrixSettings;
}

const maxRemembered = 20_000;

/** The users that we control for people of other networks: registered, named, pictured, and in the rooms where they speak. */
export class MatrixGhosts {
  readonly #ghosts = new BoundedMap<string, Ghost>(maxRemembered);
  readonly #turns = new Turns();

  constructor(private readonly parts: GhostParts) {}

  /**
   * The speaker's ghost, ready to speak in the room; `refused` where the room does not let it in.
   * Asks nobody once all of that was done. Throws MessageRefused for one that was banned there.
   */
  async ready(room: RoomId, speaker: Speaker, dress: Dress, writing: Writing): Promise<UserId | 'refused'> {
    const id = this.parts.users.ghostOf(speaker.person);
    const known = this.#ghosts.get(id);
    if (known !== undefined && this.#isReady(known, room, speaker, dress)) return id;
    return this.#turns.take(id, () => this.#prepare(id, room, speaker, dress, writing));
  }

  /** Whether we ever registered it. */
  async isKnown(ghost: string): Promise<boolean> {
    return this.#ghosts.get(ghost) !== undefined || (await this.parts.store.get(ghostKey(ghost))) !== undefined;
  }

  /** A ghost was seen leaving a room, or the room said that it is not there. */
  async forget(room: string, ghost: string): Promise<void> {
    this.#ghosts.get(ghost)?.rooms.delete(room);
    await this.parts.store.delete(roomKey(ghost, room));
  }

  #isReady(ghost: Ghost, room: RoomId, speaker: Speaker, dress: Dress): boolean {
    return ghost.rooms.has(room) && ghost.name === this.#nameOf(speaker) && !this.#wantsPicture(ghost, speaker, dress);
  }

  async #prepare(
    id: UserId,
    room: RoomId,
    speaker: Speaker,
    dress: Dress,
    writing: Writing,
  ): Promise<UserId | 'refused'> {
    const { account, doors, store } = this.parts;
    const ghost = await this.#load(id);
    if (ghost.name === undefined) await account.register(localpartOf(id), writing);
    await this.#dress(id, ghost, speaker, dress, writing);
    if (ghost.rooms.has(room)) return id;
    if ((await store.get(roomKey(id, room))) === undefined) {
      if ((await doors.enter(room, id, writing)) === 'refused') return 'refused';
      await store.put(roomKey(id, room), true);
    }
    ghost.rooms.add(room);
    return id;
  }

  /** Name and picture; written down only when they changed. */
  async #dress(id: UserId, ghost: Ghost, speaker: Speaker, dress: Dress, writing: Writing): Promise<void> {
    const { account, clock, pictures, settings, store } = this.parts;
    const name = this.#nameOf(speaker);
    const before = { name: ghost.name, picture: ghost.picture };
    if (name !== ghost.name) {
      await account.setDisplayName(id, name, writing);
      ghost.name = name;
    }
    if (this.#wantsPicture(ghost, speaker, dress)) {
      const picture = await pictures.set(id, speaker, writing);
      ghost.picture = picture === 'failed' ? ghost.picture : picture;
      ghost.pictureAgainMs = picture === 'failed' ? clock.monotonicMs() + settings.avatarRetryMs : 0;
    }
    if (before.name === ghost.name && before.picture === ghost.picture) return;
    await store.put(ghostKey(id), {
      name: ghost.name,
      ...(ghost.picture === undefined ? {} : { picture: ghost.picture }),
    });
  }

  #wantsPicture(ghost: Ghost, { profile }: Speaker, dress: Dress): boolean {
    if (dress === 'name') return false;
    return ghost.picture?.version !== profile.avatar?.version && this.parts.clock.monotonicMs() >= ghost.pictureAgainMs;
  }

  #nameOf({ profile, networkLabel }: Speaker): string {
    return ghostName(this.parts.settings.ghostName, profile.name, networkLabel);
  }

  async #load(id: UserId): Promise<Ghost> {
    const known = this.#ghosts.get(id);
    if (known !== undefined) return known;
    const stored = await this.parts.store.get(ghostKey(id));
    const { name, picture } = isObject(stored) ? stored : {};
    const ghost: Ghost = {
      name: typeof name === 'string' ? name : undefined,
      picture: isPicture(picture) ? picture : undefined,
      pictureAgainMs: 0,
      rooms: new Set(),
    };
    this.#ghosts.set(id, ghost);
    return ghost;
  }
}

function isPicture(value: unknown): value is Picture {
  return isObject(value) && typeof value['version'] === 'string';
}

const ghostKey = (ghost: string): string => `ghost/${localpartOf(ghost)}`;
const roomKey = (ghost: string, room: string): string => `${ghostKey(ghost)}/${room}`;
