import { randomBytes } from 'node:crypto';
import { MatrixError } from './matrix/matrix-error.js';
import { MatrixSandbox } from './matrix/matrix-sandbox.js';
import type { RoomMessage } from './matrix/matrix-sandbox.types.js';
import { PostRefused, type Side, type SideChange, type SideMessage } from './side.js';

/** The service's key for the account; its registration is named after it. */
const account = 'matrix';
const bot = 'crosstalk';
const ghostPrefix = 'crosstalk_';
/** First pause after the service could not be reached; the real server's second grows to hours. */
const pushBackoffMs = 250;

/** A homeserver with one room that is open to all, in which Mia and Noah are. */
export class MatrixSide implements Side {
  readonly network = 'Matrix';
  readonly people: Side['people'];
  /** The room as the service's settings name it. */
  readonly roomId: string;
  readonly #server = new MatrixSandbox({ pushBackoffMs });
  readonly #tokens = { asToken: randomBytes(24).toString('hex'), hsToken: randomBytes(24).toString('hex') };
  readonly #publicUrl: string;
  #url = '';

  /** `publicUrl`: where the service takes what the homeserver pushes. */
  constructor(
    readonly room: string,
    publicUrl: string,
  ) {
    this.#publicUrl = publicUrl;
    const server = this.#server;
    server.registerAppservice(this.#registration());
    const mia = server.addUser('mia', 'Mia');
    const noah = server.addUser('noah', 'Noah');
    this.people = [
      { id: mia, name: 'Mia' },
      { id: noah, name: 'Noah' },
    ];
    this.roomId = server.createRoom({ creator: mia, name: room, public: true });
    server.join(this.roomId, noah);
  }

  /** Throws an error with code EADDRINUSE where the port is in use. */
  async start(port: number): Promise<{ readonly url: string }> {
    ({ url: this.#url } = await this.#server.start(port));
    return { url: this.#url };
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  /** Settings of the service's account, as people write them. */
  account(): Record<string, unknown> {
    return {
      network: 'matrix',
      homeserver: this.#url,
      serverName: this.#server.serverName,
      url: this.#publicUrl,
      ...this.#tokens,
    };
  }

  post(person: string, text: string): void {
    try {
      this.#server.post(this.roomId, person, text);
    } catch (error) {
      if (!(error instanceof MatrixError)) throw error;
      throw new PostRefused(
        error.errcode === 'M_TOO_LARGE'
          ? 'Matrix takes no message of more than about 60 kilobytes.'
          : `Matrix refuses that: ${error.message}`,
      );
    }
  }

  onChange(listener: (change: SideChange) => void): void {
    this.#server.onChange(({ room, message }) => {
      if (room !== this.roomId) return;
      const redacted = message.type === 'm.room.redaction' ? message.redacts : undefined;
      if (redacted !== undefined) listener({ type: 'messageGone', id: redacted });
      const shown = messageOf(message);
      if (shown !== undefined) listener({ type: 'message', message: shown });
    });
  }

  #registration() {
    const server = this.#server.serverName.replaceAll('.', String.raw`\.`);
    return {
      id: `crosstalk-${account}`,
      url: this.#publicUrl,
      as_token: this.#tokens.asToken,
      hs_token: this.#tokens.hsToken,
      sender_localpart: bot,
      rate_limited: false,
      namespaces: {
        users: [
          { exclusive: true, regex: `@${bot}:${server}$` },
          { exclusive: true, regex: `@${ghostPrefix}.*:${server}$` },
        ],
        aliases: [{ exclusive: true, regex: `#${ghostPrefix}.*:${server}$` }],
        rooms: [],
      },
    };
  }
}

/** Undefined for what is no message of a person. An edit is shown as what it made of its message. */
function messageOf(event: RoomMessage): SideMessage | undefined {
  if (event.type !== 'm.room.message' || event.redactedBy !== undefined) return undefined;
  const { body } = event.content;
  if (typeof body !== 'string' || 'm.new_content' in event.content) return undefined;
  return {
    id: event.eventId,
    author: { id: event.sender, name: event.senderName },
    origin: event.sender.startsWith(`@${bot}`) ? 'bridged' : 'here',
    atMs: event.atMs,
    text: [{ text: body }],
  };
}
