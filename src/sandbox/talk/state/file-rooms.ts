import type { User } from './accounts.js';
import { RoomType, type Room } from './room.js';
import type { Conversations } from './conversations.js';
import type { Rooms } from './rooms.js';
import type { StoredFile } from './stored-file.js';

/** Rooms in which people talk about one file. */
export class FileRooms {
  constructor(
    private readonly rooms: Rooms,
    private readonly conversations: Conversations,
    /** Whether the administrator lets people talk about files. */
    readonly areAllowed: boolean,
  ) {}

  /** The one that is there, or a new one of the file's owner. */
  aboutFile(file: StoredFile, owner: User): Room {
    const id = String(file.id);
    const known = this.rooms.all().find((room) => room.objectType === 'file' && room.objectId === id);
    if (known !== undefined) return known;
    const room = { type: RoomType.public, name: file.name, objectType: 'file', objectId: id };
    return this.conversations.create(owner, room);
  }
}
