import type { NewRoom } from './slack-sandbox.types.js';
import type { SlackState } from './state/slack-state.js';

/** Channels: who is in them, and what they tell about themselves. */
export class SlackChannels {
  constructor(private readonly state: SlackState) {}

  create(room: NewRoom): string {
    const { team, name, id, creator, isPrivate, isGeneral, members = [] } = room;
    const channel = this.state.conversations.create(team, this.state.user(creator), {
      name,
      kind: isPrivate === true ? 'private' : 'public',
      ...(id === undefined ? {} : { id }),
      ...(isGeneral === undefined ? {} : { isGeneral }),
    });
    for (const member of members) this.state.conversations.join(channel, this.state.user(member), creator);
    return channel.id;
  }

  /** The direct conversation of some people, of two or more. */
  openDirect(team: string, users: readonly string[]): string {
    const people = users.map((user) => this.state.user(user));
    return this.state.conversations.openDirect(team, people).channel.id;
  }

  /** By Slack Connect: people of that workspace may come in then. */
  share(channel: string, team: string): void {
    this.state.conversations.share(this.state.channel(channel), this.state.workspace(team).id);
  }

  delete(channel: string, by: string): void {
    this.state.conversations.delete(this.state.channel(channel), by);
  }

  join(channel: string, user: string, inviter?: string): void {
    this.state.conversations.join(this.state.channel(channel), this.state.user(user), inviter);
  }

  /** `by` takes somebody out. */
  leave(channel: string, user: string, by?: string): void {
    this.state.conversations.leave(this.state.channel(channel), this.state.user(user), by);
  }

  setTopic(channel: string, user: string, topic: string): void {
    this.state.conversations.setTopic(this.state.channel(channel), user, topic);
  }

  setPurpose(channel: string, user: string, purpose: string): void {
    this.state.conversations.setPurpose(this.state.channel(channel), user, purpose);
  }

  rename(channel: string, user: string, name: string): void {
    this.state.conversations.rename(this.state.channel(channel), user, name);
  }

  archive(channel: string, user: string): void {
    this.state.conversations.archive(this.state.channel(channel), user);
  }

  unarchive(channel: string, user: string): void {
    this.state.conversations.unarchive(this.state.channel(channel), user);
  }

  /** What a channel is called and told about itself. */
  describe(channel: string): { readonly name: string; readonly topic: string; readonly isArchived: boolean } {
    const { name, topic, isArchived } = this.state.channel(channel);
    return { name, topic: topic.value, isArchived };
  }

  /** Comes into the channel's huddle, or begins one. @returns the `ts` of the message that stands for it */
  joinHuddle(channelId: string, user: string): string {
    return this.state.huddles.join(this.state.writable(channelId, user), user).ts;
  }

  /** With the last of them it is over. */
  leaveHuddle(channelId: string, user: string): void {
    this.state.huddles.leave(this.state.channel(channelId), user);
  }
}
