import type { Ledger } from './ledger.js';
import type { Act, PageNote, PagePerson } from './page.types.js';
import { ActRefused, type Reached, type Side, type SideChange, type SideFile, type SideMessage } from './side.js';
import { slackEntry, slackWhisper, type SlackReading } from './slack-view.js';
import { pressIn } from './slack-press.js';
import { runCommand, typedCommand } from './slack-typed-command.js';
import type { SlackPlace } from './slack/place.js';
import { SlackError } from './slack/slack-error.js';
import type { SlackSandbox } from './slack/slack-sandbox.js';
import type { Channel } from './slack/state/channel.js';
import { nameOfEmoji } from './slack/state/emoji.js';
import { isObject, type JsonObject } from './slack/state/json.js';
import type { Message } from './slack/state/message.js';
import { shownName } from './slack/state/workspace.js';
import { emojiOfFile } from './slack/view/emoji-file.js';
import { emojiPicture } from './slack/view/picture.js';
import { storedBytes } from './stored-bytes.js';
import { withMentions } from './typed-mentions.js';
import { typedRichText } from './typed-rich-text.js';

/** A channel as the people see it who are in it. */
export class SlackSide implements Side {
  readonly network = 'Slack';
  readonly people: readonly PagePerson[];
  readonly can = { threads: 'byReply' } as const;
  readonly roomId: string;
  readonly #server: SlackSandbox;
  readonly #typed = new Map<string, string>();
  #typedNow: string | undefined;
  /** As they were last shown: of what is deleted, nothing else is left. */
  readonly #known = new Map<string, Message>();

  constructor(
    readonly room: string,
    private readonly place: SlackPlace,
  ) {
    this.#server = place.server;
    this.people = place.people;
    this.roomId = place.channel;
    for (const message of this.#here().all()) this.#known.set(message.ts, message);
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
      network: 'slack',
      apiUrl: `${this.#server.url}/api/`,
      botToken: this.place.botToken,
      appToken: this.place.appToken,
      // The first of them may see to the link by /crosstalk.
      operators: this.people.slice(0, 1).map(({ id }) => id),
    };
  }

  get ledger(): Ledger {
    return this.#server.ledger;
  }

  members(): readonly PagePerson[] {
    return [...this.#here().members].map((id) => ({ id, name: this.#nameOf(id) }));
  }

  entries(): readonly (SideMessage | PageNote)[] {
    return this.#here()
      .all()
      .map((message) => slackEntry(this.#reading(), message));
  }

  act(person: string, act: Act): void {
    try {
      this.#act(person, act);
    } catch (error) {
      if (error instanceof SlackError) throw refusedBy(error);
      throw error;
    }
  }

  share(person: string, { name, mime, bytes }: SideFile, caption: string): void {
    this.#here();
    const files = [{ name, mimetype: mime, bytes }];
    if (caption === '') this.#server.post(this.roomId, person, '', { files });
    else this.#typing(caption, (blocks) => this.#server.post(this.roomId, person, '', { blocks, files }));
  }

  file(id: string): SideFile | undefined {
    const emoji = emojiOfFile(id);
    if (emoji !== undefined) return this.#emoji(emoji);
    const file = this.#server.state.files.get(id);
    return file === undefined || file.isDeleted ? undefined : { ...file, mime: file.mimetype };
  }

  #emoji(name: string): SideFile | undefined {
    const isThere = this.#server.state.workspace(this.place.team).emoji.has(name);
    return isThere ? { name, mime: 'image/png', bytes: storedBytes(emojiPicture(name)) } : undefined;
  }

  onChange(listener: (change: SideChange) => void): void {
    this.#server.onChange(({ channel, event }) => {
      if (channel !== this.roomId) return;
      const { type, subtype } = event;
      if (type === 'member_joined_channel') listener({ type: 'members', members: this.members() });
      if (type === 'member_left_channel') {
        const members = this.members().filter(({ id }) => id !== event['user']);
        listener({ type: 'members', members });
      }
      const ts = changedTs(event);
      const message = ts === undefined ? undefined : (this.#here().message(ts) ?? this.#known.get(ts));
      if (ts === undefined || message === undefined) return;
      this.#known.set(ts, message);
      if (this.#typedNow !== undefined) this.#typed.set(ts, this.#typedNow);
      listener({ type: 'entry', entry: slackEntry(this.#reading(), message, subtype === 'message_deleted') });
    });
    this.#server.state.ephemerals.onShown((ephemeral) => {
      if (ephemeral.channel !== this.roomId) return;
      const app = this.#server.state.apps.byBotId(ephemeral.botId);
      const author =
        app === undefined
          ? { id: 'USLACKBOT', name: 'Slackbot' }
          : { id: app.botUser, name: this.#nameOf(app.botUser) };
      listener({ type: 'entry', entry: slackWhisper(this.#reading(), author, ephemeral) });
    });
  }

  onReached(listener: (reached: Reached) => void): void {
    this.#server.faults.watch((method, path) => {
      const isMessage = /^\/api\/(?:chat\.postMessage|files\.completeUploadExternal)(?:\?|$)/.test(path);
      if (method === 'POST' && isMessage) listener({ atMs: Date.now() });
    });
  }

  #act(person: string, act: Act): void {
    const server = this.#server;
    switch (act.do) {
      case 'say': {
        const command = act.answers === undefined ? typedCommand(act.text) : undefined;
        if (command !== undefined) {
          runCommand(this.place, person, command, (word) => this.#personCalled(word));
          return;
        }
        const thread = act.answers === undefined ? {} : { thread: this.#message(act.answers).ts };
        this.#typing(act.text, (blocks) => server.post(this.roomId, person, '', { ...thread, blocks }));
        return;
      }
      case 'ask':
      case 'vote':
      case 'endPoll':
        throw new ActRefused('refused', 'Slack has no polls of its own.');
      case 'press':
        pressIn(this.place, person, this.#message(act.message), act);
        return;
      case 'edit': {
        const { ts } = this.#message(act.message);
        this.#typing(act.text, (blocks) => {
          server.edit(this.roomId, person, ts, '', blocks);
          return ts;
        });
        return;
      }
      case 'delete':
        server.remove(this.roomId, person, this.#message(act.message).ts);
        return;
      case 'react':
        server.react(this.roomId, person, this.#message(act.message).ts, named(act.emoji));
        return;
      case 'unreact':
        server.unreact(this.roomId, person, this.#message(act.message).ts, named(act.emoji));
    }
  }

  /** What is typed is remembered for its author to edit: Slack keeps what its clients make of it. */
  #typing(text: string, send: (blocks: readonly JsonObject[]) => string): void {
    this.#typedNow = text;
    try {
      this.#typed.set(send(withMentions(typedRichText(text), (word) => this.#named(word))), text);
    } finally {
      this.#typedNow = undefined;
    }
  }

  #here(): Channel {
    const channel = this.#server.state.conversations.get(this.roomId);
    if (channel === undefined) throw new ActRefused('gone', 'The channel is gone.');
    return channel;
  }

  #message(ts: string): Message {
    const message = this.#here().message(ts);
    if (message === undefined || message.isTombstone) throw new ActRefused('gone', 'That message is gone.');
    return message;
  }

  #reading(): SlackReading {
    return {
      nameOf: (id) => this.#nameOf(id),
      file: (id) => {
        const file = this.#server.state.files.get(id);
        if (file === undefined || file.isDeleted) return undefined;
        return { id, name: file.name, mime: file.mimetype, bytes: file.bytes.length };
      },
      creator: this.#here().creator,
      typed: (ts) => this.#typed.get(ts),
    };
  }

  /** What an `@name` or a `#name` becomes where it names somebody or something. */
  #named(word: string): JsonObject | undefined {
    const [, range] = /^@(channel|here|everyone)$/.exec(word) ?? [];
    if (range !== undefined) return { type: 'broadcast', range };
    const [, name = ''] = /^:(.+):$/.exec(word) ?? [];
    if (this.#server.state.workspace(this.place.team).emoji.has(name)) return { type: 'emoji', name };
    const user = this.#personCalled(word);
    if (user !== undefined) return { type: 'user', user_id: user };
    const channel = this.#server.state.conversations.of(this.place.team).find(({ name }) => `#${name}` === word);
    return channel === undefined ? undefined : { type: 'channel', channel_id: channel.id };
  }

  /** Of several of that name the one that came last. */
  #personCalled(word: string): string | undefined {
    const wanted = word.toLowerCase();
    return this.#server.state.workspaces
      .usersOf(this.place.team)
      .findLast(
        (user) =>
          !user.isDeactivated && [user.name, shownName(user)].some((name) => `@${name.toLowerCase()}` === wanted),
      )?.id;
  }

  #nameOf(id: string): string {
    const { workspaces, conversations } = this.#server.state;
    const user = workspaces.user(id);
    return user === undefined ? (conversations.get(id)?.name ?? id) : shownName(user);
  }
}

/** The message whose look an event changes. */
function changedTs({ type, subtype, ts, deleted_ts: deleted, message, item }: JsonObject): string | undefined {
  if (type === 'reaction_added' || type === 'reaction_removed') return tsIn(item);
  if (type !== 'message') return undefined;
  if (subtype === 'message_deleted') return typeof deleted === 'string' ? deleted : undefined;
  if (subtype === 'message_changed') return tsIn(message);
  return typeof ts === 'string' ? ts : undefined;
}

function tsIn(value: unknown): string | undefined {
  return isObject(value) && typeof value['ts'] === 'string' ? value['ts'] : undefined;
}

function named(emoji: string): string {
  const name = nameOfEmoji(emoji);
  if (name === undefined) throw new ActRefused('refused', 'Slack has no such emoji.');
  return name;
}

function refusedBy({ code }: SlackError): ActRefused {
  switch (code) {
    case 'msg_too_long':
      return new ActRefused('tooLong', 'Slack takes no message of more than 40,000 characters.');
    case 'message_not_found':
    case 'no_reaction':
      return new ActRefused('gone', 'That is gone.');
    case 'cant_update_message':
    case 'cant_delete_message':
      return new ActRefused('refused', 'Slack lets people change their own messages only.');
    default:
      return new ActRefused('refused', `Slack refuses that with ${code}.`);
  }
}
