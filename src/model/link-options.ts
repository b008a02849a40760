/** What a link mirrors besides what people say. */
export interface LinkOptions {
  readonly name: boolean;
  readonly topic: boolean;
  readonly avatar: boolean;
  /** How people who come and go are shown: as members of the room where it has such, else in a line; always in a line; not at all. */
  readonly members: 'state' | 'line' | 'off';
  /** When a room's history is cleared: only said to the others, or what was bridged from it is deleted there too. */
  readonly clearedHistory: 'notice' | 'delete';
  /** How moderators are shown: by the power that their members have where the room has such, else in a line; in a line; not at all. */
  readonly moderators: 'state' | 'line' | 'off';
  /** Whether a call is told of, in one notice that changes as it goes on. */
  readonly calls: 'notice' | 'off';
  /** Whether it is told, in a line, who may enter and write, and how long messages stay. */
  readonly access: 'line' | 'off';
  /** What becomes of the copies of a message that vanished by itself. */
  readonly expired: 'delete' | 'keep';
  /** Whether what is done in one room to its people, and who may write there, is done in the others too, as far as the bridge may. */
  readonly moderation: 'on' | 'off';
  /** What becomes of a reaction that a room has no emoji for: it is said in an answer, or not shown. */
  readonly otherReactions: 'reply' | 'off';
}

export const defaultLinkOptions: LinkOptions = {
  name: true,
  topic: true,
  avatar: true,
  members: 'state',
  clearedHistory: 'notice',
  moderators: 'state',
  calls: 'notice',
  access: 'line',
  expired: 'delete',
  moderation: 'off',
  otherReactions: 'off',
};
