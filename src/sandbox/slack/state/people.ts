import { viewUser } from '../view/user-view.js';
import type { Look } from '../view/look.js';
import type { SlackClock } from './clock.js';
import type { Happening } from './happening.js';
import { newId } from './ids.js';
import type { JsonObject } from './json.js';
import type { Timestamps } from './timestamps.js';
import { emojiValue, ownPicture } from './workspace.js';
import type { NewUser, ProfileChange, User, UserGroup, Workspace } from './workspace.js';

/** Who comes to a workspace, how they change, and its emoji. */
export class People {
  constructor(
    private readonly clock: SlackClock,
    private readonly timestamps: Timestamps,
    private readonly look: () => Look,
    private readonly tell: (happening: Happening) => void,
  ) {}

  add(team: string, user: NewUser & { readonly bot?: User['bot'] }): User {
    const added = this.look().workspaces.addUser(team, user, this.clock.nowSeconds());
    this.#tell(team, {
      type: 'team_join',
      user: viewUser(this.look(), added, team),
      cache_ts: this.clock.nowSeconds(),
    });
    return added;
  }

  change(user: User, change: ProfileChange): void {
    Object.assign(user, change);
    this.#changed(user);
  }

  deactivate(user: User): void {
    user.isDeactivated = true;
    this.#changed(user);
  }

  reactivate(user: User): void {
    user.isDeactivated = false;
    this.#changed(user);
  }

  addGroup(workspace: Workspace, handle: string, users: readonly string[]): UserGroup {
    const createdSeconds = this.clock.nowSeconds();
    const group: UserGroup = { id: newId('S'), handle, name: handle, users, createdSeconds };
    workspace.groups.set(group.id, group);
    return group;
  }

  /** `value`: the picture, or `alias:NAME`. */
  addEmoji(workspace: Workspace, name: string, value = ownPicture): void {
    workspace.emoji.set(name, value);
    this.#tell(workspace.id, {
      type: 'emoji_changed',
      subtype: 'add',
      name,
      value: emojiValue(this.look().base, workspace, name),
    });
  }

  removeEmoji(workspace: Workspace, name: string): void {
    workspace.emoji.delete(name);
    this.#tell(workspace.id, { type: 'emoji_changed', subtype: 'remove', names: [name] });
  }

  renameEmoji(workspace: Workspace, oldName: string, newName: string): void {
    const value = workspace.emoji.get(oldName);
    if (value === undefined) return;
    workspace.emoji.delete(oldName);
    workspace.emoji.set(newName, value);
    this.#tell(workspace.id, {
      type: 'emoji_changed',
      subtype: 'rename',
      old_name: oldName,
      new_name: newName,
      value: emojiValue(this.look().base, workspace, newName),
    });
  }

  #changed(user: User): void {
    user.updatedSeconds = this.clock.nowSeconds();
    // Other workspaces that see him are not told: they ask when they want to know.
    this.#tell(user.team, {
      type: 'user_change',
      user: viewUser(this.look(), user, user.team),
      cache_ts: this.clock.nowSeconds(),
    });
  }

  #tell(team: string, event: JsonObject): void {
    this.tell({ event: { ...event, event_ts: this.timestamps.next() }, about: { kind: 'workspace', team } });
  }
}
