import { newId, newSecret } from './ids.js';

/** How an app comes to workspaces: made for one, given to others without Slack's review, or reviewed. */
export type Distribution = 'internal' | 'unlisted' | 'marketplace';

export interface NewApp {
  readonly id?: string;
  readonly name: string;
  /** Bot scopes. */
  readonly scopes: readonly string[];
  /** Names as in a manifest: `message.channels`, `reaction_added` … */
  readonly events: readonly string[];
  /** Slash commands, with their slash. */
  readonly commands?: readonly string[];
  /** Default: Socket Mode. Else where events, commands and interactivity are sent. */
  readonly delivery?: 'socketMode' | RequestUrls;
  readonly distribution?: Distribution;
  readonly tokenRotation?: boolean;
  readonly redirectUrls?: readonly string[];
  /** Default: made up. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly signingSecret?: string;
  readonly appToken?: string;
}

export interface RequestUrls {
  readonly events: string;
  readonly commands?: string;
  readonly interactivity?: string;
}

export interface App {
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly signingSecret: string;
  /** The old way of proof; every payload carries it. */
  readonly verificationToken: string;
  /** With `connections:write`. */
  readonly appToken: string;
  scopes: readonly string[];
  events: readonly string[];
  commands: readonly string[];
  delivery: 'socketMode' | RequestUrls;
  distribution: Distribution;
  tokenRotation: boolean;
  redirectUrls: readonly string[];
}

/** An app in a workspace. */
export interface Installation {
  readonly app: App;
  readonly team: string;
  readonly botId: string;
  readonly botUser: string;
  /** The scopes that were granted, which may be fewer than the app asks for now. */
  scopes: readonly string[];
  state: 'active' | 'uninstalled';
}

/** Apps and where they are installed. */
export class Apps {
  readonly #apps = new Map<string, App>();
  readonly #installations: Installation[] = [];

  register(app: NewApp): App {
    const registered: App = {
      id: app.id ?? newId('A'),
      name: app.name,
      clientId: app.clientId ?? `${Date.now()}.${newSecret(4)}`,
      clientSecret: app.clientSecret ?? newSecret(),
      signingSecret: app.signingSecret ?? newSecret(),
      verificationToken: newSecret(12),
      appToken: app.appToken ?? `xapp-1-${newSecret(32)}`,
      scopes: app.scopes,
      events: app.events,
      commands: app.commands ?? [],
      delivery: app.delivery ?? 'socketMode',
      distribution: app.distribution ?? 'internal',
      tokenRotation: app.tokenRotation ?? false,
      redirectUrls: app.redirectUrls ?? [],
    };
    this.#apps.set(registered.id, registered);
    return registered;
  }

  /** Configures a known app anew; its name and its secrets stay. */
  configure(app: App, { scopes, events, commands, delivery, tokenRotation, redirectUrls }: NewApp): void {
    app.scopes = scopes;
    app.events = events;
    app.commands = commands ?? [];
    app.delivery = delivery ?? 'socketMode';
    app.tokenRotation = tokenRotation ?? false;
    app.redirectUrls = redirectUrls ?? [];
  }

  get(id: string): App | undefined {
    return this.#apps.get(id);
  }

  all(): readonly App[] {
    return [...this.#apps.values()];
  }

  byClientId(clientId: string): App | undefined {
    return this.all().find((app) => app.clientId === clientId);
  }

  byAppToken(token: string): App | undefined {
    return this.all().find((app) => app.appToken === token);
  }

  install(installation: Installation): void {
    this.#installations.push(installation);
  }

  installation(appId: string, team: string): Installation | undefined {
    return this.#installations.find(({ app, team: where }) => app.id === appId && where === team);
  }

  byBotId(botId: string): Installation | undefined {
    return this.#installations.find((installation) => installation.botId === botId);
  }

  installationsOf(app: App): readonly Installation[] {
    return this.#installations.filter((installation) => installation.app === app);
  }
}
