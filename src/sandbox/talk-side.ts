import type { PagePerson } from './page.types.js';
import { PostRefused, type Side, type SideChange, type SideMessage } from './side.js';
import { spansOf } from './talk-markdown.js';
import { Refusal } from './talk/refusal.js';
import { TalkSandbox } from './talk/talk-sandbox.js';

const bridge = 'crosstalk';
const people: readonly PagePerson[] = [
  { id: 'anna', name: 'Anna' },
  { id: 'ben', name: 'Ben' },
];
/** A look in a held poll for what is new: the real server's second would make everybody wait for it. */
const pollStepMs = 200;
/** The first words in a room are noticed by a look at all rooms: nobody shall wait the usual three seconds for it. */
const sweepIntervalMs = 300;

/** A Talk server with one room, in which Anna, Ben and Crosstalk's own user are. */
export class TalkSide implements Side {
  readonly network = 'Nextcloud Talk';
  readonly people = people;
  readonly #server: TalkSandbox;
  readonly #token: string;

  constructor(readonly room: string) {
    const users = [...people, { id: bridge, name: 'Crosstalk' }];
    this.#server = new TalkSandbox({ pollStepMs, users: users.map(({ id, name }) => ({ id, displayName: name })) });
    this.#token = this.#server.createRoom({ name: room, owner: 'anna', members: ['ben', bridge] });
  }

  /** Throws an error with code EADDRINUSE where the port is in use. */
  async start(port: number): Promise<{ readonly url: string }> {
    return this.#server.start(port);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  /** Settings of the service's account, as people write them. */
  account(): Record<string, unknown> {
    return {
      network: 'talk',
      url: this.#server.url,
      user: bridge,
      password: this.#server.issueAppPassword(bridge),
      sweepIntervalMs,
    };
  }

  /** The room as the service's settings name it. */
  get roomId(): string {
    return this.#token;
  }

  post(person: string, text: string): void {
    try {
      this.#server.post(this.#token, person, text);
    } catch (error) {
      if (error instanceof Refusal) throw new PostRefused(sentenceOf(error));
      throw error;
    }
  }

  onChange(listener: (change: SideChange) => void): void {
    this.#server.onChange(({ room, messageId }) => {
      if (room !== this.#token || messageId === undefined) return;
      const message = this.#message(messageId);
      listener(message === undefined ? { type: 'messageGone', id: String(messageId) } : { type: 'message', message });
    });
  }

  /** Undefined for what is no message of a person: the server's own rows, and what was deleted. */
  #message(id: number): SideMessage | undefined {
    const row = this.#server.state.rooms.get(this.#token)?.log.get(id);
    if (row?.content.kind !== 'comment') return undefined;
    const name = this.#server.state.accounts.get(row.actor.id)?.displayName ?? row.actor.id;
    return {
      id: String(row.id),
      author: { id: row.actor.id, name },
      origin: row.actor.id === bridge ? 'bridged' : 'here',
      atMs: row.createdSeconds * 1000,
      text: spansOf(row.content.text),
    };
  }
}

function sentenceOf({ status }: Refusal): string {
  if (status === 413) return 'Talk takes no message of more than 32,000 characters.';
  if (status === 400) return 'Talk takes no empty message.';
  return `Talk refuses that with ${status}.`;
}
