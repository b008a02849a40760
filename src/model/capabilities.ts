/**
 * Who may be seen to say something in a room. `own`: the person, by a login of their own that is lent to us. `ghost`: a user that we control for the person. `guest`: somebody who is there under the
 * person's name for a while. `bridged`: one account under the names of many. `relay`: our account, with the name in what it says.
 */
export type SpeakerKind = 'own' | 'ghost' | 'guest' | 'bridged' | 'relay';

/** Who is to be seen to speak in a room; `auto`: the best that it has. Where it has not what is wished for, our account speaks. */
export const speakerWishes = ['auto', 'own', 'guest', 'bridged', 'relay'] as const;
export type SpeakerWish = (typeof speakerWishes)[number];

/**
 * `native`: its people vote in polls that their network counts. `counted`: they vote, and what a poll shows is ours to count.
 * `votes`: `secret`: nobody can look up what somebody chose while results are hidden; `readable`: who knows how can.
 */
export interface RoomPolls {
  readonly are: 'native' | 'counted';
  readonly minOptions: number;
  readonly maxOptions: number;
  readonly votes: 'secret' | 'readable';
}

/** What a room can show, as data. Abilities themselves are the presence of entries in `deliver`. */
export interface Capabilities {
  /** Best first. `own`: for those who lend a login of their own. */
  readonly speakers: readonly SpeakerKind[];
  /** Longest text of one message in UTF-16 code units, and in bytes of UTF-8 where that is bounded too. */
  readonly maxTextChars: number;
  readonly maxTextBytes?: number;
  /** In about how many messages a text may stand; a longer one goes as a file. Absent: in any number; 0: each goes so. */
  readonly maxTextMessages?: number;
  /** 0: the room takes no files. */
  readonly maxFileBytes: number;
  /** The types that it plays as a voice message, the one first that others are made into. Absent: any. */
  readonly spokenTypes?: readonly string[];
  readonly replies: 'quote' | 'thread' | 'none';
  readonly threads: 'titled' | 'plain' | 'none';
  /** How long after it was sent a message may be edited. Absent: for ever. */
  readonly editWindowMs?: number;
  /** `any`: any short text. `emoji`: one Unicode emoji each. */
  readonly reactions: 'any' | 'emoji' | 'none';
  /** Whether messages can be kept in sight there; absent: a line tells of it. */
  readonly pins?: 'shown';
  /** What is done there at another room's wish, to people whom it knows; absent: nothing. */
  readonly obeys?: readonly ('members' | 'roles' | 'writing' | 'expiration')[];
  /** Absent: what is asked there is told in words. */
  readonly polls?: RoomPolls;
  /** How many different reactions one speaker may put on one message. */
  readonly maxReactionsPerSpeaker: number;
}
