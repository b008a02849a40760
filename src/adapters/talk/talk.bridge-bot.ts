import type { Clock } from '../../model/clock.js';
import { LoginRefused, MessageRefused, RoomClosed } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import type { Speaker } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import { ChatApi } from './api/chat.js';
import { ParticipantsApi } from './api/participants.js';
import { PollsApi } from './api/polls.js';
import { ReactionsApi } from './api/reactions.js';
import type { TalkClient } from './talk.client.js';
import { ClosedRooms } from './talk.closed-rooms.js';
import { sessionOf } from './talk.credentials.js';
import type { GuestNames } from './talk.guest-names.js';
import { Turns } from './talk.turns.js';
import type { OtherVoices, Spoken, Voice } from './talk.voices.js';

/** The only user whose messages stand under whatever name is given with them. Nobody can quote them, or invite it. */
export const bridgeBotUser = 'bridge-bot';

/** One who joined by itself is out as soon as anybody lists the participants, when its session was not heard of for 100 s. */
const mostUnheardMs = 90_000;

/** Speaks for people of other networks under their names. */
export class BridgeBot implements OtherVoices {
  readonly #chat: ChatApi;
  readonly #reactions: ReactionsApi;
  readonly #polls: PollsApi;
  readonly #participants: ParticipantsApi;
  readonly #heardMs = new Map<RoomId, number>();
  readonly #closed: ClosedRooms;
  readonly #turns = new Turns();

  constructor(
    client: Pick<TalkClient, 'as'>,
    password: string,
    private readonly names: GuestNames,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.#closed = new ClosedRooms(clock);
    const door = client.as(sessionOf({ user: bridgeBotUser, password }));
    this.#chat = new ChatApi(door);
    this.#reactions = new ReactionsApi(door);
    this.#polls = new PollsApi(door);
    this.#participants = new ParticipantsApi(door);
  }

  async speak<T>(
    room: RoomId,
    speaker: Speaker,
    signal: AbortSignal,
    act: (voice: Voice) => Promise<T>,
  ): Promise<Spoken<T>> {
    // The server takes both out, which would leave two people with one name.
    const name = (await this.names.of(room, speaker, signal)).replaceAll('/', '⁄').replaceAll('"', '”');
    return this.#attempt(room, signal, act, name);
  }

  speakAs<T>(room: RoomId, _actor: string, signal: AbortSignal, act: (voice: Voice) => Promise<T>): Promise<Spoken<T>> {
    return this.#attempt(room, signal, act);
  }

  async #attempt<T>(
    room: RoomId,
    signal: AbortSignal,
    act: (voice: Voice) => Promise<T>,
    name?: string,
  ): Promise<Spoken<T>> {
    if (this.#closed.has(room)) return 'refused';
    const now = this.clock.monotonicMs();
    const voice: Voice = {
      as: 'bridged',
      chat: this.#chat,
      reactions: this.#reactions,
      polls: this.#polls,
      actor: bridgeBotUser,
      ...(name === undefined ? {} : { actorDisplayName: name }),
    };
    try {
      if (now - (this.#heardMs.get(room) ?? -Infinity) < mostUnheardMs) {
        try {
          return { done: await act(voice) };
        } catch (error) {
          if (!(error instanceof RoomClosed) || error.reason !== 'gone') throw error;
        }
      }
      await this.#turns.take(room, () => this.#enter(room, signal));
      return { done: await act(voice) };
    } catch (error) {
      if (error instanceof RoomClosed || error instanceof LoginRefused) {
        this.#closed.close(room);
        this.log.warn(
          { room, why: error.message },
          `${bridgeBotUser} cannot speak in a room: our account speaks there`,
        );
      } else if (!(error instanceof MessageRefused)) throw error;
      return 'refused';
    }
  }

  async #enter(room: RoomId, signal: AbortSignal): Promise<void> {
    await this.#participants.join(room, signal);
    this.#heardMs.set(room, this.clock.monotonicMs());
  }
}
