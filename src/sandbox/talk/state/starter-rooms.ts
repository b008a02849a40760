import type { User } from './accounts.js';
import { actorKey } from './actor.js';
import type { Chat } from './chat.js';
import { userActor } from './conversations.js';
import { ParticipantType, RoomType, type Attendee, type Room, type RoomPicture } from './room.js';
import type { Rooms } from './rooms.js';

const news = [
  '## New in Talk 22',
  '- Use threads to keep your chat and discussions organized',
  '- Live transcriptions now available during the call (requires the live-transcription ExApp and the High-performance backend)',
].join('\n');

const notesPicture: RoomPicture = {
  mime: 'image/svg+xml',
  bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>', 'utf8'),
  version: 'notes',
};

export interface Notes {
  readonly room: Room;
  readonly attendee: Attendee;
}

/** The rooms that a new user finds: a changelog and a place for notes. */
export class StarterRooms {
  readonly #given = new Set<string>();

  constructor(
    private readonly rooms: Rooms,
    private readonly chat: Chat,
  ) {}

  /** Makes them when somebody lists their rooms for the first time. */
  giveTo(user: User): void {
    if (this.#given.has(user.id)) return;
    this.#given.add(user.id);
    this.#changelog(user);
    this.notesOf(user);
  }

  /** The place for notes; made where there is none. */
  notesOf(user: User): Notes {
    const key = actorKey(userActor(user.id));
    for (const room of this.rooms.of(key)) {
      const attendee = room.attendees.get(key);
      if (room.type === RoomType.noteToSelf && attendee !== undefined) return { room, attendee };
    }
    return this.#notes(user);
  }

  #changelog(user: User): void {
    const room = this.rooms.create({ type: RoomType.changelog, name: user.id, readOnly: 1 });
    this.rooms.addAttendee(room, {
      actor: userActor(user.id),
      displayName: user.displayName,
      participantType: ParticipantType.user,
    });
    this.chat.tellNews(room, news);
  }

  #notes(user: User): Notes {
    const room = this.rooms.create({
      type: RoomType.noteToSelf,
      name: 'Note to self',
      description: 'A place for your private notes, thoughts and ideas',
      objectType: 'note_to_self',
      objectId: user.id,
      picture: notesPicture,
    });
    this.chat.note(room, { type: 'guests', id: 'system', name: '' }, 'conversation_created');
    const attendee = this.rooms.addAttendee(room, {
      actor: userActor(user.id),
      displayName: user.displayName,
      participantType: ParticipantType.owner,
      isFavorite: true,
    });
    return { room, attendee };
  }
}
