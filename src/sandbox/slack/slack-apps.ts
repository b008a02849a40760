import type { WebPages } from './api/web-pages.js';
import type { RequestSender } from './request-sender.js';
import type { InstalledApp } from './slack-sandbox.types.js';
import type { DisconnectReason, SocketMode } from './socket-mode.js';
import type { App, NewApp } from './state/apps.js';
import type { SlackState } from './state/slack-state.js';

/** Apps: what they are configured with, where they are installed, and what connects them. */
export class SlackApps {
  constructor(
    private readonly state: SlackState,
    private readonly sockets: SocketMode,
    private readonly requests: RequestSender,
    private readonly pages: WebPages,
  ) {}

  /** Configures an app, as its manifest does; it is installed nowhere. */
  register(app: NewApp): App {
    return this.state.apps.register(app);
  }

  /** Installs an app as an administrator does on Slack's own page. `botToken`: the token that it is to have. */
  install(appId: string, team: string, botToken?: string): InstalledApp {
    const installation = this.state.install(this.state.app(appId), this.state.workspace(team).id);
    const { accessToken, refreshToken } = this.state.tokens.issue(installation, botToken);
    const { botId, botUser } = installation;
    return { appId, botId, botUser, botToken: accessToken, ...(refreshToken === undefined ? {} : { refreshToken }) };
  }

  uninstall(appId: string, team: string): void {
    this.state.uninstall(this.state.installation(appId, team));
  }

  /** The app's tokens in that workspace stop working. */
  revokeTokens(appId: string, team: string): void {
    this.state.revokeTokens(this.state.installation(appId, team));
  }

  /** Takes scopes away or gives them, without a new installation. */
  setScopes(appId: string, team: string, scopes: readonly string[]): void {
    this.state.installation(appId, team).scopes = scopes;
  }

  /** Decides on the page that an address of `/oauth/v2/authorize` shows; the answer is where the browser goes then. */
  authorize(address: string, team: string, decision: 'allow' | 'cancel' = 'allow'): string {
    const { searchParams } = new URL(address);
    const location = this.pages.authorize({
      clientId: searchParams.get('client_id') ?? '',
      scopes: (searchParams.get('scope') ?? '').split(/[ ,]+/).filter((scope) => scope !== ''),
      state: searchParams.get('state') ?? '',
      redirectUri: searchParams.get('redirect_uri') ?? '',
      team,
      decision,
    });
    if (location === undefined) throw new Error('nobody can allow that');
    return location;
  }

  /** Whether an app's address for events gives the challenge back. */
  async verifyUrl(appId: string): Promise<boolean> {
    return this.requests.verify(this.state.app(appId));
  }

  connections(appId: string): number {
    return this.sockets.connectionsOf(this.state.app(appId));
  }

  /** Ends an app's WebSockets as the server does every few hours; `warning` ends them ten seconds later. */
  disconnect(appId: string, reason: DisconnectReason, which: 'all' | 'oldest' = 'all'): void {
    this.sockets.disconnect(this.state.app(appId), reason, which);
  }

  /** Cuts an app's WebSockets without a word. */
  cutConnections(appId: string): void {
    this.sockets.cut(this.state.app(appId));
  }
}
