/** What people of which network wrote or did, and what people of the two others see of it. */
export interface Case {
  readonly name: string;
  /** Rows of the list of features. */
  readonly rows: readonly number[];
  readonly from: Network;
  /** As the network tells it: of Matrix the event, of Talk the row, of Slack the event, each without what all have. */
  readonly sent: Payload;
  /** What our source finds out beside it, and stores with it. */
  readonly found?: Payload;
  readonly given?: Given;
  /** What is seen in the others; of its own network nothing stands here. */
  readonly talk?: unknown;
  readonly matrix?: unknown;
  readonly slack?: unknown;
}

export type Network = 'talk' | 'matrix' | 'slack';
export const networks: readonly Network[] = ['talk', 'matrix', 'slack'];

export type Payload = Readonly<Record<string, unknown>>;

/** What is not as it usually is. */
export interface Given {
  /** Messages of the source that the other rooms do not have. */
  readonly missing?: readonly string[];
  /** So many options had the poll that is asked otherwise; absent: as many as it has now. */
  readonly pollOptions?: number;
  /** How old the copies are of what is edited, in hours. */
  readonly copyAgeHours?: number;
  /** Who has reacted so already, by their ids; our account stands for all of them. */
  readonly reacted?: readonly string[];
  readonly options?: Payload;
  /** Another ability of all other rooms. */
  readonly able?: Payload;
  /** What stands in files, by their names. */
  readonly contents?: Readonly<Record<string, string>>;
  /** The longest text of a message of Talk, and the most that the blocks of one of Slack may be. */
  readonly maxChars?: number;
  readonly maxBytes?: number;
}
