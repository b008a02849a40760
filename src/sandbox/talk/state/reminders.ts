import type { Message } from './message.js';
import type { Room } from './room.js';

export interface Reminder {
  readonly userId: string;
  readonly room: Room;
  readonly message: Message;
  readonly atSeconds: number;
}

/** Who wants to be reminded of which message. */
export class Reminders {
  readonly #reminders = new Map<string, Reminder>();

  set(reminder: Reminder): void {
    this.#reminders.set(keyOf(reminder.userId, reminder.room, reminder.message.id), reminder);
  }

  get(userId: string, room: Room, messageId: number): Reminder | undefined {
    return this.#reminders.get(keyOf(userId, room, messageId));
  }

  delete(userId: string, room: Room, messageId: number): void {
    this.#reminders.delete(keyOf(userId, room, messageId));
  }

  of(userId: string): readonly Reminder[] {
    return [...this.#reminders.values()].filter((reminder) => reminder.userId === userId);
  }
}

function keyOf(userId: string, room: Room, messageId: number): string {
  return `${userId}/${room.token}/${messageId}`;
}
