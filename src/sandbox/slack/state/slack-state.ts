import type { Ledger } from '../../ledger.js';
import { SlackError } from '../slack-error.js';
import type { Look } from '../view/look.js';
import { Apps, type App, type Installation } from './apps.js';
import type { Channel } from './channel.js';
import { Chat } from './chat.js';
import { SlackClock } from './clock.js';
import { Conversations } from './conversations.js';
import { Ephemerals } from './ephemerals.js';
import { Files, type StoredFile } from './files.js';
import type { Happening } from './happening.js';
import { Huddles } from './huddles.js';
import { newId } from './ids.js';
import type { Author } from './message.js';
import { Oauth } from './oauth.js';
import { People } from './people.js';
import { Timestamps } from './timestamps.js';
import { Tokens } from './tokens.js';
import { Views } from './views.js';
import { Workspaces, type User, type Workspace } from './workspace.js';

/** All that the server knows. */
export class SlackState {
  readonly clock = new SlackClock();
  readonly timestamps = new Timestamps(this.clock);
  readonly workspaces = new Workspaces();
  readonly apps = new Apps();
  readonly tokens = new Tokens(this.clock);
  readonly files = new Files();
  readonly ephemerals = new Ephemerals();
  readonly views = new Views(this.clock);
  readonly oauth = new Oauth(this.clock);
  readonly chat: Chat;
  readonly huddles: Huddles;
  readonly conversations: Conversations;
  readonly people: People;
  /** The server's own address without a slash at its end, known when it listens. */
  base = 'http://127.0.0.1';
  readonly #listeners = new Set<(happening: Happening) => void>();

  constructor(ledger: Ledger) {
    const look = (): Look => this.look();
    const tell = (happening: Happening): void => this.#tell(happening);
    this.chat = new Chat(this.timestamps, ledger, look, tell);
    this.huddles = new Huddles(this.chat, this.clock);
    this.people = new People(this.clock, this.timestamps, look, tell);
    this.conversations = new Conversations(
      this.chat,
      this.workspaces,
      ledger,
      this.clock,
      this.timestamps,
      (user) => this.authorOf(user),
      tell,
    );
  }

  look(): Look {
    return { workspaces: this.workspaces, apps: this.apps, files: this.files, base: this.base };
  }

  /** Calls `listener` with everything that happens, in its order; the answer ends that. */
  onHappening(listener: (happening: Happening) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  workspace(id: string): Workspace {
    const workspace = this.workspaces.get(id);
    if (workspace === undefined) throw new Error(`no workspace ${id}`);
    return workspace;
  }

  user(id: string): User {
    const user = this.workspaces.user(id);
    if (user === undefined) throw new Error(`no user ${id}`);
    return user;
  }

  app(id: string): App {
    const app = this.apps.get(id);
    if (app === undefined) throw new Error(`no app ${id}`);
    return app;
  }

  installation(appId: string, team: string): Installation {
    const installation = this.apps.installation(appId, team);
    if (installation === undefined) throw new Error(`${appId} is not installed in ${team}`);
    return installation;
  }

  channel(id: string): Channel {
    const channel = this.conversations.get(id);
    if (channel === undefined) throw new Error(`no channel ${id}`);
    return channel;
  }

  /** A channel that one may write in. Throws SlackError `is_archived`, `not_in_channel`. */
  writable(id: string, user: string): Channel {
    const channel = this.channel(id);
    if (channel.isArchived) throw new SlackError('is_archived');
    if (!channel.members.has(user)) throw new SlackError('not_in_channel');
    return channel;
  }

  /** A person, or an app by its user. Throws SlackError `user_not_found`. */
  authorOf(userId: string): Author {
    const user = this.workspaces.user(userId);
    if (user === undefined) throw new SlackError('user_not_found');
    if (user.bot === undefined) return { kind: 'person', user: user.id, team: user.team };
    return { kind: 'app', user: user.id, team: user.team, botId: user.bot.botId, appId: user.bot.appId };
  }

  /** Throws SlackError `edit_window_closed` where the workspace lets nobody edit a message of that age. */
  requireEditable(team: string, ts: string): void {
    const { editWindowMs } = this.workspace(team);
    if (editWindowMs === undefined || this.clock.nowMs() - Number(ts) * 1000 <= editWindowMs) return;
    throw new SlackError('edit_window_closed');
  }

  /** Puts an app into a workspace, or gives it what it asks for now where it is there already or was once. */
  install(app: App, team: string, scopes: readonly string[] = app.scopes): Installation {
    const known = this.apps.installation(app.id, team);
    if (known !== undefined) {
      known.scopes = scopes;
      known.state = 'active';
      const user = this.workspaces.user(known.botUser);
      if (user !== undefined) user.isDeactivated = false;
      return known;
    }
    const botId = newId('B');
    const bot = { appId: app.id, botId };
    const user = this.people.add(team, { realName: app.name, name: app.name.toLowerCase(), bot });
    const installation: Installation = { app, team, botId, botUser: user.id, scopes, state: 'active' };
    this.apps.install(installation);
    return installation;
  }

  /** Takes an app out of a workspace, which it is told; its user leaves every channel without a word. */
  uninstall(installation: Installation): void {
    this.#tellTokens(installation);
    this.#tell({
      event: { type: 'app_uninstalled', event_ts: this.timestamps.next() },
      about: { kind: 'bot', botId: installation.botId },
    });
    installation.state = 'uninstalled';
    this.tokens.revoke(installation);
    const user = this.workspaces.user(installation.botUser);
    if (user !== undefined) user.isDeactivated = true;
    for (const channel of this.conversations.all()) channel.members.delete(installation.botUser);
  }

  /** One token or all of them stop working, which the app is told. */
  revokeTokens(installation: Installation, accessToken?: string): void {
    this.tokens.revoke(installation, accessToken);
    this.#tellTokens(installation);
  }

  /** It vanishes from the messages that show it; one that shows nothing else vanishes too. */
  removeFile(file: StoredFile): void {
    file.isDeleted = true;
    for (const [id, shares] of file.shares) {
      const channel = this.conversations.get(id);
      if (channel === undefined) continue;
      for (const ts of shares) {
        const message = channel.message(ts);
        if (message === undefined) continue;
        const left = message.files.filter((each) => each !== file.id);
        const isEmpty = left.length === 0 && message.text === '';
        if (isEmpty) this.chat.remove(channel, message, file.user);
        else this.chat.withdraw(channel, message);
      }
    }
    this.#tell({
      event: { type: 'file_deleted', file_id: file.id, event_ts: this.timestamps.next() },
      about: { kind: 'workspace', team: file.team },
    });
  }

  #tellTokens(installation: Installation): void {
    const tokens = { oauth: [], bot: [installation.botUser] };
    this.#tell({
      event: { type: 'tokens_revoked', tokens, event_ts: this.timestamps.next() },
      about: { kind: 'bot', botId: installation.botId },
    });
  }

  #tell(happening: Happening): void {
    for (const listener of this.#listeners) listener(happening);
  }
}
