import type { Clock } from '../../model/clock.js';
import { BridgeError, LoginRefused, MessageRefused, RoomClosed } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import type { Lender } from '../../model/lending.js';
import type { Speaker } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import { ChatApi } from './api/chat.js';
import type { OcsDoor } from './api/ocs.js';
import { ParticipantsApi } from './api/participants.js';
import { PollsApi } from './api/polls.js';
import { ReactionsApi } from './api/reactions.js';
import type { TalkClient } from './talk.client.js';
import { ClosedRooms } from './talk.closed-rooms.js';
import { type Session, sessionOf } from './talk.credentials.js';
import { ownerKey } from './talk.guest-store.js';
import type { LentLogin, LentLogins } from './talk.lent-logins.js';
import type { OwnActs } from './talk.own-acts.js';
import { ownFiles, type OwnFilesParts } from './talk.own-files.js';
import { OwnReading } from './talk.own-reading.js';
import type { RoomPeople } from './talk.room-people.js';
import type { RoomViews } from './talk.room-views.js';
import type { TalkSettings } from './talk.settings.js';
import type { TalkUploads } from './talk.uploads.js';
import type { OtherVoices, Spoken, Voice } from './talk.voices.js';

/** Who came by a room's link is out as soon as anybody lists the participants, when its session was not heard of for 100 s. */
const mostUnheardMs = 90_000;

/** A lent login in use. */
interface Door {
  /** When it was lent. */
  readonly at: string;
  readonly session: Session;
  readonly voice: Voice;
  /** Absent: its lender was not told of it. */
  readonly files?: TalkUploads;
  readonly participants: ParticipantsApi;
  readonly reading: OwnReading;
}

export interface OwnSpeakerParts extends Pick<OwnFilesParts, 'folders'> {
  readonly client: Pick<TalkClient, 'as' | 'skewMs' | 'chat'>;
  readonly settings: Pick<TalkSettings, 'url' | 'uploadChunkBytes' | 'requestTimeoutMs' | 'ownFiles'>;
  readonly logins: LentLogins;
  readonly acts: OwnActs;
  readonly people: RoomPeople;
  readonly rooms: RoomViews;
  readonly clock: Clock;
  readonly log: Log;
  /** The server takes the login for nobody's. */
  onRevoked(login: LentLogin): Promise<void>;
}

/** People who lend a login of their own speak as the users that they are, in rooms where those may. */
export class OwnSpeakers implements OtherVoices {
  readonly #doors = new Map<string, Door>();
  /** Whom a room did not let: others speak for that one for a while. */
  readonly #closed = new Map<string, ClosedRooms>();
  /** When somebody came by a room's link. */
  readonly #heardMs = new Map<string, number>();

  constructor(private readonly parts: OwnSpeakerParts) {}

  /** Whether the person can speak there so, as far as is known. */
  async speaksIn(room: RoomId, lender: Lender): Promise<boolean> {
    const login = await this.parts.logins.of(lender);
    if (login === undefined || this.#isClosed(room, login)) return false;
    return (await this.#wayInto(room, login, AbortSignal.timeout(this.parts.settings.requestTimeoutMs))) !== 'none';
  }

  async speak<T>(
    room: RoomId,
    speaker: Pick<Speaker, 'person'>,
    signal: AbortSignal,
    act: (voice: Voice) => Promise<T>,
  ): Promise<Spoken<T>> {
    const login = await this.parts.logins.of(speaker.person);
    return login === undefined ? 'refused' : this.#attempt(room, login, signal, ({ voice }) => act(voice));
  }

  /** They have read it up to that message. Reading brings nobody into a room. Nothing where they were not told of it. */
  async markRead(room: RoomId, lender: Lender, message: number, signal: AbortSignal): Promise<void> {
    const login = await this.parts.logins.of(lender);
    if (login?.uses.includes('reading') !== true || (await this.#wayInto(room, login, signal)) !== 'member') return;
    await this.#attempt(room, login, signal, ({ reading }) => reading.upTo(room, message, signal));
  }

  /** Asks, by the login, what its user has read; undefined where it works no more. Throws BridgeErrors. */
  async asReader<T>(login: LentLogin, ask: (reading: OwnReading) => Promise<T>): Promise<T | undefined> {
    try {
      const door = await this.#doorOf(login);
      return door === undefined ? undefined : await ask(door.reading);
    } catch (error) {
      if (!(error instanceof LoginRefused)) throw error;
      await this.#lose(login);
      return undefined;
    }
  }

  /** `actor`: the user's id. */
  async speakAs<T>(
    room: RoomId,
    actor: string,
    signal: AbortSignal,
    act: (voice: Voice) => Promise<T>,
  ): Promise<Spoken<T>> {
    for (const login of await this.parts.logins.ofUser(actor)) {
      const spoken = await this.#attempt(room, login, signal, ({ voice }) => act(voice));
      if (spoken !== 'refused') return spoken;
    }
    return 'refused';
  }

  /** The file that they let us share: it is theirs also where they are in its room no more. */
  async inFilesOf(user: string, act: (files: TalkUploads) => Promise<void>): Promise<Spoken<void>> {
    for (const login of await this.parts.logins.ofUser(user)) {
      const files = (await this.#doorOf(login))?.files;
      if (files === undefined) continue;
      try {
        return { done: await act(files) };
      } catch (error) {
        if (!(error instanceof LoginRefused)) throw error;
        await this.#lose(login);
      }
    }
    return 'refused';
  }

  async isUsed(): Promise<boolean> {
    return (await this.parts.logins.all()).length > 0;
  }

  /** Somebody may be let in again. */
  knockAgain(room: RoomId): void {
    for (const rooms of this.#closed.values()) rooms.open(room);
  }

  async #attempt<T>(
    room: RoomId,
    login: LentLogin,
    signal: AbortSignal,
    act: (door: Door) => Promise<T>,
  ): Promise<Spoken<T>> {
    if (this.#isClosed(room, login)) return 'refused';
    const door = await this.#doorOf(login);
    if (door === undefined) return 'refused';
    try {
      switch (await this.#wayInto(room, login, signal)) {
        case 'none':
          return 'refused';
        case 'member':
          return { done: await act(door) };
        case 'link':
          return { done: await this.#byLink(room, login, door, signal, act) };
      }
    } catch (error) {
      // Our account, which looks and helps, may be let in no more either: that is not theirs.
      if (error instanceof LoginRefused && door.session.isRefused) await this.#lose(login);
      else if (error instanceof RoomClosed) this.#close(room, login, error);
      else if (!(error instanceof MessageRefused)) throw error;
      return 'refused';
    }
  }

  /** Comes in by the room's link, and again where the server turns out to have dropped the session. */
  async #byLink<T>(
    room: RoomId,
    login: LentLogin,
    door: Door,
    signal: AbortSignal,
    act: (door: Door) => Promise<T>,
  ): Promise<T> {
    const key = placeKey(room, login);
    if (this.#now() - (this.#heardMs.get(key) ?? -Infinity) < mostUnheardMs) {
      try {
        return await act(door);
      } catch (error) {
        if (!(error instanceof RoomClosed) || error.reason !== 'gone') throw error;
      }
    }
    await door.participants.join(room, signal);
    this.#heardMs.set(key, this.#now());
    // In a listed room that makes a member.
    this.parts.people.forget(room);
    return act(door);
  }

  /** Asking for a room that one is not in counts as an attack: our account looks who is. */
  async #wayInto(room: RoomId, { user }: LentLogin, signal: AbortSignal): Promise<'member' | 'link' | 'none'> {
    if ((await this.parts.people.of(room, signal)).members.has(user)) return 'member';
    return (await this.parts.rooms.of(room))?.letsUsersIn === true ? 'link' : 'none';
  }

  async #doorOf(login: LentLogin): Promise<Door | undefined> {
    const key = ownerKey(login.owner);
    const known = this.#doors.get(key);
    if (known?.at === login.at) return known;
    const secret = await this.parts.logins.secretOf(login.owner);
    if (secret === undefined) return undefined;
    const { client, settings } = this.parts;
    const session = sessionOf({ user: secret.loginName, password: secret.appPassword });
    const through = client.as(session);
    const mayShare = login.uses.includes('files');
    const files = mayShare ? ownFiles(login.user, through, this.parts) : undefined;
    const door: Door = {
      at: login.at,
      session,
      voice: this.#voiceOf(login, through, settings.ownFiles ? files : undefined),
      ...(files === undefined ? {} : { files }),
      participants: new ParticipantsApi(through),
      reading: new OwnReading(through),
    };
    this.#doors.set(key, door);
    return door;
  }

  /** What it changes is written down first: the rows that tell of it come back as the person's. */
  #voiceOf({ user }: LentLogin, through: OcsDoor, files: TalkUploads | undefined): Voice {
    const { acts } = this.parts;
    const chat = new ChatApi(through);
    const reactions = new ReactionsApi(through);
    const polls = new PollsApi(through);
    const unreacted = (token: string, id: number, emoji: string): Promise<void> =>
      acts.reactsNoMore(token, id, user, emoji, this.#serverSeconds());
    return {
      as: 'own',
      actor: user,
      ...(files === undefined ? {} : { files }),
      polls,
      chat: {
        post: (...args) => chat.post(...args),
        edit: async (token, id, text, ...rest) => {
          const over = (): Promise<void> => acts.editsNoMore(token, id, user, text, this.#serverSeconds());
          await acts.edits(token, id, user, text);
          try {
            await chat.edit(token, id, text, ...rest);
          } catch (error) {
            if (isNotDone(error)) await over();
            throw error;
          }
          await over();
        },
        delete: async (token, id, ...rest) => {
          await acts.deletes(token, id, user);
          await chat.delete(token, id, ...rest);
        },
      },
      reactions: {
        add: async (token, id, emoji, ...rest) => {
          await acts.reacts(token, id, user, emoji);
          try {
            await reactions.add(token, id, emoji, ...rest);
          } catch (error) {
            if (isNotDone(error)) await unreacted(token, id, emoji);
            throw error;
          }
        },
        remove: async (token, id, emoji, ...rest) => {
          await reactions.remove(token, id, emoji, ...rest);
          await unreacted(token, id, emoji);
        },
      },
    };
  }

  async #lose(login: LentLogin): Promise<void> {
    this.#doors.delete(ownerKey(login.owner));
    const now = await this.parts.logins.secretOf(login.owner);
    // Another replica may have lost it, or its person taken it back, or lent another one.
    if (now === undefined || (await this.parts.logins.of(login.owner))?.at !== login.at) return;
    await this.parts.onRevoked(login);
  }

  #close(room: RoomId, login: LentLogin, why: RoomClosed): void {
    const key = ownerKey(login.owner);
    const rooms = this.#closed.get(key) ?? new ClosedRooms(this.parts.clock);
    this.#closed.set(key, rooms);
    rooms.close(room);
    this.parts.people.forget(room);
    this.parts.rooms.forget(room);
    this.parts.log.info({ room, why: why.message }, 'the room does not let somebody speak as themselves: others do');
  }

  #isClosed(room: RoomId, { owner }: LentLogin): boolean {
    return this.#closed.get(ownerKey(owner))?.has(room) === true;
  }

  #serverSeconds(): number {
    return Math.ceil((this.parts.clock.now().getTime() + this.parts.client.skewMs) / 1000);
  }

  #now(): number {
    return this.parts.clock.monotonicMs();
  }
}

function isNotDone(error: unknown): boolean {
  return error instanceof BridgeError && error.failure.certainty === 'notSent';
}

const placeKey = (room: RoomId, { owner }: LentLogin): string => `${room}/${ownerKey(owner)}`;
