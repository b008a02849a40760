import { newId } from './ids.js';

/** Who one is in a workspace. A guest sees the channels that he is in, a single-channel guest has one of them. */
export type Role = 'owner' | 'admin' | 'member' | 'guest' | 'singleChannelGuest';

export interface User {
  readonly id: string;
  readonly team: string;
  /** What one is called by, lower case. */
  name: string;
  realName: string;
  /** Empty where the real name is shown. */
  displayName: string;
  role: Role;
  isDeactivated: boolean;
  title: string;
  email: string;
  statusText: string;
  statusEmoji: string;
  isActive: boolean;
  timeZone: string;
  /** A picture of one's own; without one Slack makes one up. */
  picture: string | undefined;
  updatedSeconds: number;
  /** Of an app's user. */
  readonly bot: { readonly appId: string; readonly botId: string } | undefined;
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  users: readonly string[];
  readonly createdSeconds: number;
}

export interface Workspace {
  readonly id: string;
  readonly name: string;
  /** What stands before `.slack.com`. */
  readonly domain: string;
  /** Name to picture, or to `alias:NAME`. */
  readonly emoji: Map<string, string>;
  readonly groups: Map<string, UserGroup>;
  /** For how long messages may be edited; undefined: for ever. */
  editWindowMs: number | undefined;
}

export interface NewUser {
  readonly id?: string;
  /** What one is called by. Default: of the real name. */
  readonly name?: string;
  readonly realName: string;
  readonly displayName?: string;
  readonly role?: Role;
  readonly picture?: string;
  readonly title?: string;
  readonly email?: string;
}

/** What of a profile changes; the name that is shown, a picture, a status. */
export type ProfileChange = Partial<
  Pick<
    User,
    'name' | 'realName' | 'displayName' | 'title' | 'email' | 'statusText' | 'statusEmoji' | 'picture' | 'role'
  >
>;

/** Workspaces and who is in them. */
export class Workspaces {
  readonly #workspaces = new Map<string, Workspace>();
  readonly #users = new Map<string, User>();

  add(workspace: { readonly id?: string; readonly name: string; readonly domain?: string }): Workspace {
    const { name } = workspace;
    const added: Workspace = {
      id: workspace.id ?? newId('T'),
      name,
      domain: workspace.domain ?? name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
      emoji: new Map(),
      groups: new Map(),
      editWindowMs: undefined,
    };
    this.#workspaces.set(added.id, added);
    return added;
  }

  get(id: string): Workspace | undefined {
    return this.#workspaces.get(id);
  }

  all(): readonly Workspace[] {
    return [...this.#workspaces.values()];
  }

  addUser(team: string, user: NewUser & { readonly bot?: User['bot'] }, nowSeconds: number): User {
    const added: User = {
      id: user.id ?? newId('U'),
      team,
      name: user.name ?? user.realName.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.'),
      realName: user.realName,
      displayName: user.displayName ?? '',
      role: user.role ?? 'member',
      isDeactivated: false,
      title: user.title ?? '',
      email: user.email ?? '',
      statusText: '',
      statusEmoji: '',
      isActive: false,
      timeZone: 'Europe/Berlin',
      picture: user.picture,
      updatedSeconds: nowSeconds,
      bot: user.bot,
    };
    this.#users.set(added.id, added);
    return added;
  }

  user(id: string): User | undefined {
    return this.#users.get(id);
  }

  usersOf(team: string): readonly User[] {
    return [...this.#users.values()].filter((user) => user.team === team);
  }
}

/** Slack's own user, who is in every workspace and is named where nobody else is. */
export function slackbot(team: string): User {
  return {
    id: 'USLACKBOT',
    team,
    name: 'slackbot',
    realName: 'Slackbot',
    displayName: 'Slackbot',
    role: 'member',
    isDeactivated: false,
    title: '',
    email: '',
    statusText: '',
    statusEmoji: '',
    isActive: true,
    timeZone: 'Europe/Berlin',
    picture: undefined,
    updatedSeconds: 0,
    bot: undefined,
  };
}

/** Pure: the name that is shown. */
export function shownName(user: User): string {
  return user.displayName === '' ? user.realName : user.displayName;
}

/** In place of an address: the server makes a picture up. */
export const ownPicture = '';

/** Pure: what is told of one of a workspace's own emoji: its picture's address, or `alias:NAME`. */
export function emojiValue(base: string, { id, emoji }: Pick<Workspace, 'id' | 'emoji'>, name: string): string {
  return emoji.get(name) || `${base}/emoji/${id}/${encodeURIComponent(name)}.png`;
}
