import { createHash } from 'node:crypto';
import { roomId, userId } from '../../model/ids.js';
import type { Log } from '../../model/network-definition.js';
import type { CommandAnswer, RoomCommand } from '../../model/room-command.js';
import { commandIn } from './from-matrix-commands.js';
import type { MatrixDirects, Saying } from './matrix.directs.js';
import type { OurUsers } from './matrix.ids.js';
import { BoundedMap } from '../../model/bounded-map.js';
import type { MatrixEvent } from './matrix.payloads.js';

export interface CommandParts {
  readonly users: OurUsers;
  readonly directs: Pick<MatrixDirects, 'tell' | 'isDirect'>;
  /** What people type first. */
  readonly command: string;
  /** People who may see to links. */
  readonly operators: readonly string[];
  readonly log: Log;
  readonly answerWithinMs: number;
  isLinked(room: string): boolean;
  run(call: RoomCommand): Promise<CommandAnswer>;
  say(room: string, text: string, how: Saying): Promise<'said' | 'forbidden'>;
}

const mostHeard = 1000;

/** What people of linked rooms ask by a message that begins with the command. */
export class MatrixCommands {
  /** A transaction may come several times. */
  readonly #heard = new BoundedMap<string, true>(mostHeard);

  constructor(private readonly parts: CommandParts) {}

  /** Looks at an event that was stored. The homeserver does not wait for the answer: it goes on by itself. */
  note(event: MatrixEvent): void {
    const words = commandIn(event, this.parts.command);
    if (words === undefined || this.parts.users.isOurs(event.sender)) return;
    if (this.#heard.get(event.event_id) === true) return;
    this.#heard.set(event.event_id, true);
    this.#answer(event, words).catch((error: unknown) => {
      this.parts.log.warn({ room: event.room_id, error }, 'a command could not be answered');
    });
  }

  async #answer({ room_id: room, sender, event_id: id }: MatrixEvent, words: readonly string[]): Promise<void> {
    const { isLinked, directs, say, answerWithinMs } = this.parts;
    const isDirect = await directs.isDirect(room);
    if (!isDirect && !isLinked(room)) return;
    const { says, to } = await this.#run(room, sender, words);
    const signal = AbortSignal.timeout(answerWithinMs);
    const key = `answer-${createHash('sha256').update(id).digest('base64url')}`;
    if (to === 'room' || isDirect) {
      await say(room, says, { style: 'notice', key, signal });
      return;
    }
    await directs.tell(sender, says, key, signal);
    await say(room, `${sender}, look into the conversation that Crosstalk has with you alone.`, {
      style: 'notice',
      key: `${key}-told`,
      signal,
    });
  }

  async #run(room: string, sender: string, words: readonly string[]): Promise<CommandAnswer> {
    const { run, operators, command, log } = this.parts;
    const by = { id: userId(sender), mayLink: operators.includes(sender) };
    try {
      return await run({ room: roomId(room), by, words, prefix: command });
    } catch (error) {
      log.warn({ room, error }, 'a command failed');
      return { says: 'That cannot be done just now: try again in a moment.', to: 'room' };
    }
  }
}
