/** What those are told who show the server as it is. */
export interface TalkChange {
  readonly room: string;
  /** `poll`: somebody voted in one, or it is over; of hidden ones no row tells. */
  readonly what: 'message' | 'room' | 'members' | 'poll';
  /** The changed row of the room's stream. */
  readonly messageId?: number;
  /** The id of the poll. */
  readonly poll?: number;
}
