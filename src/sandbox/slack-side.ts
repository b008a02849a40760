import type { Ledger } from './ledger.js';
import type { Act, PageNote, PagePerson } from './page.types.js';
import { ActRefused, type Reached, type Side, type SideChange, type SideMessage } from './side.js';
import { slackEntry, type SlackReading } from './slack-view.js';
import { SlackError } from './slack/slack-error.js';
import { SlackSandbox } from './slack/slack-sandbox.js';
import type { InstalledApp } from './slack/slack-sandbox.types.js';
import { bridgeEvents, bridgeScopes } from './slack/standalone.js';
import type { Channel } from './slack/state/channel.js';
import { nameOfEmoji } from './slack/state/emoji.js';
import { isObject, type JsonObject } from './slack/state/json.js';
import type { Message } from './slack/state/message.js';
import { shownName } from './slack/state/workspace.js';
import { typedRichText } from './typed-rich-text.js';

/** When an event is sent again that the service was not there for: the real server's minute would make everybody wait for it. */
const retryPausesMs = [0, 2000, 3000, 5000, 5000, 5000, 5000, 10_000, 10_000, 60_000];

/** A Slack server with one channel, in which Pia, Quinn, Rosa and Crosstalk's app are. */
export class SlackSide implements Side {
  readonly network = 'Slack';
  readonly people: readonly PagePerson[];
  readonly roomId: string;
  readonly #server = new SlackSandbox({ retryPausesMs });
  readonly #app: InstalledApp;
  readonly #appToken: string;
  readonly #typed = new Map<string, string>();
  #typedNow: string | undefined;
  /** As they were last shown: of what is deleted, nothing else is left. */
  readonly #known = new Map<string, Message>();

  constructor(readonly room: string) {
    const server = this.#server;
    const team = server.addWorkspace({ name: room });
    this.people = ['Pia', 'Quinn', 'Rosa'].map((name) => ({ id: server.addUser(team, { realName: name }), name }));
    const [creator, ...others] = this.people.map(({ id }) => id);
    if (creator === undefined) throw new Error('nobody makes the channel');
    const app = { name: 'Crosstalk', scopes: bridgeScopes, events: bridgeEvents, commands: ['/crosstalk'] };
    const registered = server.registerApp(app);
    this.#appToken = registered.appToken;
    this.#app = server.installApp(registered.id, team);
    const name = room.toLowerCase().replaceAll(/[^\p{L}\p{N}_-]+/gu, '-');
    this.roomId = server.createChannel({ team, name, creator, members: [...others, this.#app.botUser] });
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
      botToken: this.#app.botToken,
      appToken: this.#appToken,
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
        const thread = act.answers === undefined ? {} : { thread: this.#message(act.answers).ts };
        this.#typing(act.text, (blocks) => server.post(this.roomId, person, '', { ...thread, blocks }));
        return;
      }
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
      this.#typed.set(send(typedRichText(text)), text);
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
    const { botId } = this.#app;
    return {
      nameOf: (id) => this.#nameOf(id),
      fileName: (id) => this.#server.state.files.get(id)?.name ?? '',
      botId,
      creator: this.#here().creator,
      typed: (ts) => this.#typed.get(ts),
    };
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
