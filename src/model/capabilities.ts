/** Who may be seen to say something in a room, best first. */
export type SpeakerKind = 'puppet' | 'ghost' | 'guest' | 'relay';

/** What a room can show, as data. Abilities themselves are the presence of entries in `deliver`. */
export interface Capabilities {
  readonly speakers: readonly SpeakerKind[];
  /** Longest text of one message in UTF-16 code units, and in bytes of UTF-8 where that is bounded too. */
  readonly maxTextChars: number;
  readonly maxTextBytes?: number;
  readonly maxFileBytes: number;
  readonly replies: 'quote' | 'thread' | 'none';
  readonly threads: 'titled' | 'plain' | 'none';
  /** How long after it was sent a message may be edited. Absent: for ever. */
  readonly editWindowMs?: number;
  /** `any`: any short text. `emoji`: one Unicode emoji each. */
  readonly reactions: 'any' | 'emoji' | 'none';
  /** How many different reactions one speaker may put on one message. */
  readonly maxReactionsPerSpeaker: number;
}
