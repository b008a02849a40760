import { randomBytes } from 'node:crypto';
import type { Ledger } from './ledger.js';
import type { JsonObject } from './matrix/events.js';
import { MatrixError } from './matrix/matrix-error.js';
import { MatrixSandbox } from './matrix/matrix-sandbox.js';
import type { RoomMessage } from './matrix/matrix-sandbox.types.js';
import { askedBy, endedBy, pollIn, type MatrixPoll, type PollEvent, votedBy } from './matrix-poll.js';
import { MatrixView, threadOf } from './matrix-view.js';
import type { Act, PageNote, PagePerson } from './page.types.js';
import { ActRefused, type Reached, type Side, type SideChange, type SideFile, type SideMessage } from './side.js';
import { typedHtml } from './typed-html.js';

/** The service's key for the account; its registration is named after it. */
const account = 'matrix';
const bot = 'crosstalk';
const ghostPrefix = 'crosstalk_';
/** A moderator's, as a room gives it to a bridge that is to rename it, to pin, and to delete what others said. */
const botPower = 50;
/** First pause after the service could not be reached; the real server's second grows to hours. */
const pushBackoffMs = 250;
/** Clients write emoji with variation selector 16 where it may stand; of the page's, that is this one. */
const keys: ReadonlyMap<string, string> = new Map([['👍', '👍\ufe0f']]);
/** Source: https://spec.matrix.org/v1.16/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid */
const sending = /^\/_matrix\/client\/v3\/rooms\/[^/]+\/send\/(?:m\.room\.message|[\w.]*poll\.start)\/([^/?]+)/;

/** A homeserver with one room that is open to all, in which Mia, Noah and Olga are. */
export class MatrixSide implements Side {
  readonly network = 'Matrix';
  readonly people: Side['people'];
  readonly can = { mostOptions: 20, threads: 'onMessage' } as const;
  readonly roomId: string;
  readonly #server = new MatrixSandbox({ pushBackoffMs });
  readonly #tokens = { asToken: randomBytes(24).toString('hex'), hsToken: randomBytes(24).toString('hex') };
  readonly #publicUrl: string;
  readonly #names = new Map<string, string>();
  readonly #first: (SideMessage | PageNote)[] = [];
  readonly #view = new MatrixView({
    isGhost: (user) => user.startsWith(`@${ghostPrefix}`),
    isBot: (user) => user.startsWith(`@${bot}:`),
    nameOf: (user) => this.#names.get(user) ?? user,
  });
  #url = '';

  /** `publicUrl`: where the service takes what the homeserver pushes. */
  constructor(
    readonly room: string,
    publicUrl: string,
  ) {
    this.#publicUrl = publicUrl;
    const server = this.#server;
    server.registerAppservice(this.#registration());
    this.people = ['Mia', 'Noah', 'Olga'].map((name) => ({ id: server.addUser(name.toLowerCase(), name), name }));
    const [creator, ...others] = this.people.map(({ id }) => id);
    if (creator === undefined) throw new Error('nobody makes the room');
    const powers = { [`@${bot}:${server.serverName}`]: botPower };
    this.roomId = server.createRoom({ creator, name: room, public: true, powers });
    for (const other of others) server.join(this.roomId, other);
    this.#learnNames();
    for (const event of server.messages(this.roomId)) {
      const entry = this.#view.take(event);
      if (entry !== undefined) this.#first.push(entry);
    }
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

  get ledger(): Ledger {
    return this.#server.ledger;
  }

  members(): readonly PagePerson[] {
    const members = this.#server.members(this.roomId).filter(({ membership }) => membership === 'join');
    return members.map(({ userId, name }) => ({ id: userId, name }));
  }

  entries(): readonly (SideMessage | PageNote)[] {
    return this.#first;
  }

  act(person: string, act: Act): void {
    try {
      this.#act(person, act);
    } catch (error) {
      if (!(error instanceof MatrixError)) throw error;
      throw error.errcode === 'M_TOO_LARGE'
        ? new ActRefused('tooLong', 'Matrix takes no message of more than about 60 kilobytes.')
        : new ActRefused('refused', `Matrix refuses that: ${error.message}`);
    }
  }

  share(person: string, { name, mime, bytes }: SideFile, caption: string): void {
    const url = this.#server.upload(bytes, mime, name);
    const [kind = ''] = mime.split('/');
    const msgtype = ['image', 'video', 'audio'].includes(kind) ? `m.${kind}` : 'm.file';
    const words = caption === '' ? { body: name } : { body: caption, filename: name };
    const info = { mimetype: mime, size: bytes.length };
    this.#server.sendEvent(this.roomId, person, 'm.room.message', { msgtype, ...words, url, info });
  }

  file(id: string): SideFile | undefined {
    const file = this.#server.fileAt(id);
    return file === undefined ? undefined : { name: file.name ?? '', mime: file.contentType, bytes: file.bytes };
  }

  onChange(listener: (change: SideChange) => void): void {
    this.#server.onChange(({ room, message }) => {
      if (room !== this.roomId) return;
      const isOfMember = message.type === 'm.room.member';
      if (isOfMember) this.#learnNames();
      const entry = this.#view.take(message);
      if (entry !== undefined) listener({ type: 'entry', entry });
      if (isOfMember) listener({ type: 'members', members: this.members() });
    });
  }

  onReached(listener: (reached: Reached) => void): void {
    this.#server.faults.watch((method, path) => {
      const key = method === 'PUT' ? sending.exec(path)?.[1] : undefined;
      if (key !== undefined) listener({ atMs: Date.now(), key });
    });
  }

  #act(person: string, act: Act): void {
    const server = this.#server;
    switch (act.do) {
      case 'say': {
        const formattedBody = typedHtml(act.text);
        const answered = act.answers === undefined ? undefined : this.#message(act.answers);
        const under = act.thread !== undefined && 'under' in act.thread ? this.#message(act.thread.under) : undefined;
        // Whoever answers in a thread stays in it.
        const thread = threadOf((under ?? answered)?.content ?? {}) ?? under?.eventId;
        server.post(this.roomId, person, act.text, {
          ...(answered === undefined ? {} : { replyTo: answered.eventId }),
          ...(thread === undefined ? {} : { thread }),
          ...(formattedBody === undefined ? {} : { formattedBody }),
        });
        return;
      }
      case 'ask':
        this.#send(person, askedBy(act));
        return;
      case 'vote':
        this.#send(person, votedBy(act.message, this.#poll(act.message), act.choices));
        return;
      case 'endPoll':
        this.#poll(act.message);
        this.#send(person, endedBy(this.#own(person, act.message).eventId));
        return;
      case 'press':
        throw new ActRefused('refused', 'Messages of Matrix have no buttons.');
      case 'edit':
        server.sendEvent(this.roomId, person, 'm.room.message', editOf(this.#own(person, act.message), act.text));
        return;
      case 'delete':
        server.redact(this.roomId, person, this.#own(person, act.message).eventId);
        return;
      case 'react':
        server.react(this.roomId, person, this.#message(act.message).eventId, keys.get(act.emoji) ?? act.emoji);
        return;
      case 'unreact': {
        const reaction = this.#view.reaction(act.message, person, act.emoji);
        if (reaction === undefined) throw new ActRefused('gone', 'That reaction is gone.');
        server.redact(this.roomId, person, reaction);
      }
    }
  }

  #send(person: string, { type, content }: PollEvent): void {
    this.#server.sendEvent(this.roomId, person, type, content);
  }

  /** Throws ActRefused where it is over, or none. */
  #poll(id: string): MatrixPoll {
    const poll = pollIn(this.#message(id).content);
    if (poll === undefined || this.#view.isOver(id)) throw new ActRefused('gone', 'That poll is over.');
    return poll;
  }

  #message(id: string): RoomMessage {
    const message = this.#view.message(id);
    if (message === undefined) throw new ActRefused('gone', 'That message is gone.');
    return message;
  }

  #own(person: string, id: string): RoomMessage {
    const message = this.#message(id);
    if (message.sender !== person) {
      throw new ActRefused('refused', 'Matrix lets people change their own messages only.');
    }
    return message;
  }

  #learnNames(): void {
    for (const { userId, name } of this.#server.members(this.roomId)) this.#names.set(userId, name);
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

/** As clients send one: the new text whole, and a fallback for those that know no edits. */
function editOf({ eventId }: RoomMessage, text: string): JsonObject {
  const html = typedHtml(text);
  const formatted = (before: string): JsonObject =>
    html === undefined ? {} : { format: 'org.matrix.custom.html', formatted_body: `${before}${html}` };
  return {
    msgtype: 'm.text',
    body: `* ${text}`,
    ...formatted('* '),
    'm.new_content': { msgtype: 'm.text', body: text, ...formatted('') },
    'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
  };
}
