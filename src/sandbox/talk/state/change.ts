/** What those are told who show the server as it is. */
export interface TalkChange {
  readonly room: string;
  readonly what: 'message' | 'room' | 'members';
  /** The changed row of the room's stream. */
  readonly messageId?: number;
}
