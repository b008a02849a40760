import { callEndpoint } from './endpoint-call.js';
import type { OcsDoor } from './ocs.js';
import { pollEndpoints, type Poll } from './polls.endpoints.js';

/** What is asked. `threadId`: in a thread that is there; a poll opens none. */
export type NewPoll = Pick<Poll, 'question' | 'options' | 'maxVotes'> & {
  readonly resultMode: 0 | 1;
  readonly threadId?: number;
};

/** Polls, as one login sees them and votes in them. Source: OpenAPI of Talk 22, `poll`. */
export class PollsApi {
  constructor(private readonly door: OcsDoor) {}

  /** The poll's id. Throws MessageRefused where the room, or the server, has no polls like it. */
  async create(token: string, asked: NewPoll, beforeSend: () => void, signal: AbortSignal): Promise<number> {
    const how = { beforeSend };
    const { data } = await callEndpoint(this.door, pollEndpoints.create, { token, ...asked }, signal, how);
    return (data as Poll).id;
  }

  /** In the place of what the login chose before; nothing takes that back. Throws MessageRefused once the poll is over. */
  async vote(
    token: string,
    pollId: number,
    optionIds: readonly number[],
    beforeSend: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    await callEndpoint(this.door, pollEndpoints.vote, { token, pollId, optionIds }, signal, { beforeSend });
  }

  /** Throws MessageRefused or RoomClosed where it is over already, or neither the login's own nor its to moderate. */
  async close(token: string, pollId: number, beforeSend: () => void, signal: AbortSignal): Promise<void> {
    await callEndpoint(this.door, pollEndpoints.close, { token, pollId }, signal, { beforeSend });
  }
}
