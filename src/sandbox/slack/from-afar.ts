import type { PersonAct } from './person-act.js';
import type { PostOptions } from './slack-sandbox.types.js';
import type { JsonObject } from './state/json.js';
import type { SlackState } from './state/slack-state.js';

/** What the server lets people do. */
export interface Doing {
  post(channel: string, user: string, text: string, options?: PostOptions): string;
  edit(channel: string, user: string, ts: string, text: string): void;
  remove(channel: string, user: string, ts: string): void;
  react(channel: string, user: string, ts: string, name: string): void;
  unreact(channel: string, user: string, ts: string, name: string): void;
  readonly channels: {
    join(channel: string, user: string): void;
    leave(channel: string, user: string): void;
    setTopic(channel: string, user: string, topic: string): void;
  };
}

/** What the server tells about itself. */
export interface Telling {
  readonly state: SlackState;
  readonly eventCounts: { readonly sent: number; readonly givenUp: number };
  readonly faults: { readonly struck: number };
  readonly apps: { connections(appId: string): number };
}

/** Does what another process wants a person to do; the answer is the `ts` where there is one. */
export function actAs(sandbox: Doing, act: PersonAct): string | undefined {
  switch (act.do) {
    case 'post': {
      const { thread, broadcast } = act;
      return sandbox.post(act.channel, act.user, act.text, {
        ...(thread === undefined ? {} : { thread }),
        ...(broadcast === undefined ? {} : { broadcast }),
      });
    }
    case 'edit':
      sandbox.edit(act.channel, act.user, act.ts, act.text);
      return undefined;
    case 'delete':
      sandbox.remove(act.channel, act.user, act.ts);
      return undefined;
    case 'react':
      sandbox.react(act.channel, act.user, act.ts, act.name);
      return undefined;
    case 'unreact':
      sandbox.unreact(act.channel, act.user, act.ts, act.name);
      return undefined;
    case 'join':
      sandbox.channels.join(act.channel, act.user);
      return undefined;
    case 'leave':
      sandbox.channels.leave(act.channel, act.user);
      return undefined;
    case 'topic':
      sandbox.channels.setTopic(act.channel, act.user, act.text);
      return undefined;
  }
}

/** Who and what is there, in a few words. */
export function describe(sandbox: Telling): JsonObject {
  const { workspaces, conversations, apps } = sandbox.state;
  return {
    workspaces: workspaces.all().map(({ id, name }) => ({
      id,
      name,
      users: workspaces.usersOf(id).map((user) => ({ id: user.id, name: user.realName })),
    })),
    channels: conversations.all().map((channel) => ({
      id: channel.id,
      name: channel.name,
      kind: channel.kind,
      members: [...channel.members],
      messages: channel.all().length,
    })),
    apps: apps.all().map((app) => ({
      id: app.id,
      name: app.name,
      connections: sandbox.apps.connections(app.id),
      workspaces: apps.installationsOf(app).map(({ team, state }) => ({ team, state })),
    })),
    events: sandbox.eventCounts,
    faultsStruck: sandbox.faults.struck,
  };
}
