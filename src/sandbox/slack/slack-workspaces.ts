import type { SlackState } from './state/slack-state.js';
import type { NewUser, ProfileChange } from './state/workspace.js';

/** Workspaces with their people, as administrators and the people themselves arrange them. */
export class SlackWorkspaces {
  constructor(private readonly state: SlackState) {}

  /** @returns its id, as do all that make something */
  add(workspace: { readonly id?: string; readonly name: string; readonly domain?: string }): string {
    return this.state.workspaces.add(workspace).id;
  }

  /** For how long messages may be edited there; undefined: for ever, as by default. */
  setEditWindow(team: string, editWindowMs: number | undefined): void {
    this.state.workspace(team).editWindowMs = editWindowMs;
  }

  addUser(team: string, user: NewUser): string {
    return this.state.people.add(this.state.workspace(team).id, user).id;
  }

  changeProfile(user: string, change: ProfileChange): void {
    this.state.people.change(this.state.user(user), change);
  }

  /** Whether somebody is there, by their own client. Nobody is told. */
  setActive(user: string, isActive: boolean): void {
    this.state.user(user).isActive = isActive;
  }

  deactivate(user: string): void {
    this.state.people.deactivate(this.state.user(user));
  }

  reactivate(user: string): void {
    this.state.people.reactivate(this.state.user(user));
  }

  addUserGroup(team: string, handle: string, users: readonly string[]): string {
    return this.state.people.addGroup(this.state.workspace(team), handle, users).id;
  }

  /** `value`: a picture's address, or `alias:NAME`; absent: a picture that the server makes up. */
  addEmoji(team: string, name: string, value?: string): void {
    this.state.people.addEmoji(this.state.workspace(team), name, value);
  }

  removeEmoji(team: string, name: string): void {
    this.state.people.removeEmoji(this.state.workspace(team), name);
  }

  renameEmoji(team: string, oldName: string, newName: string): void {
    this.state.people.renameEmoji(this.state.workspace(team), oldName, newName);
  }
}
