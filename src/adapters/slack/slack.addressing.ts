import type { CommandReceiver } from './slack.commands.source.js';
import type { SlackSelf } from './slack.ids.js';
import { isObject, type JsonObject } from './slack.payloads.js';
import { channelOf, isKept, type SlackSource } from './slack.source.js';

/** An account as Slack reaches it. */
export interface Addressee {
  readonly source: SlackSource;
  readonly receiver: CommandReceiver;
  /** Undefined before it has logged in. */
  self(): SlackSelf | undefined;
  isLinked(channel: string): boolean;
}

/**
 * Whom among the accounts of one app something is for. `nobody`: its workspace is none of theirs. Undefined while an account
 * does not know yet which workspace is its own.
 *
 * What is said in a channel that workspaces share comes once, for any of them that has the app: it is for the account that links
 * the channel.
 */
export function addressed<T extends Addressee>(body: JsonObject, accounts: readonly T[]): T | 'nobody' | undefined {
  const team = workspaceOf(body);
  const ofTeam = accounts.filter((account) => account.self()?.team === team);
  const channel = channelIn(body);
  const linking = channel === undefined ? [] : accounts.filter((account) => account.isLinked(channel));
  const found = linking.find((account) => ofTeam.includes(account)) ?? linking[0] ?? ofTeam[0];
  if (found !== undefined) return found;
  return accounts.every((account) => account.self() !== undefined) ? 'nobody' : undefined;
}

/**
 * The workspace that an event, a command or an interaction is for; undefined where none is named. An event's `team_id` is where it
 * happened, which may be a workspace that shares the channel. Source: docs.slack.dev, "Events API", on `authorizations`.
 */
export function workspaceOf(body: JsonObject): string | undefined {
  const { authorizations, context_team_id: context, team_id: id, team } = body;
  const first: unknown = Array.isArray(authorizations) ? authorizations[0] : undefined;
  const named = [isObject(first) ? first['team_id'] : undefined, context, id, isObject(team) ? team['id'] : undefined];
  return named.find((each) => typeof each === 'string');
}

/** The channel of an event that is stored, or in which a button was pressed. All else is for its workspace, whoever links the channel. */
function channelIn({ type, event, channel }: JsonObject): string | undefined {
  if (type === 'block_actions' && isObject(channel) && typeof channel['id'] === 'string') return channel['id'];
  return isObject(event) && isKept(event) ? channelOf(event) : undefined;
}
