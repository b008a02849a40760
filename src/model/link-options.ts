/** What a link mirrors besides what people say. */
export interface LinkOptions {
  readonly name: boolean;
  readonly topic: boolean;
  readonly avatar: boolean;
  /** How people who come and go are shown: as members of the room where it has such, else in a line; always in a line; not at all. */
  readonly members: 'state' | 'line' | 'off';
  /** When a room's history is cleared: only said to the others, or what was bridged from it is deleted there too. */
  readonly clearedHistory: 'notice' | 'delete';
}

export const defaultLinkOptions: LinkOptions = {
  name: true,
  topic: true,
  avatar: true,
  members: 'state',
  clearedHistory: 'notice',
};
