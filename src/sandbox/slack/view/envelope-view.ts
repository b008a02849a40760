import type { Installation } from '../state/apps.js';
import type { Channel } from '../state/channel.js';
import { newId, newSecret } from '../state/ids.js';
import { isObject, type JsonObject } from '../state/json.js';

/**
 * What an event is wrapped in, with an id that stays the same when it is sent again. Its `team_id` is where it happened: in a channel
 * that workspaces share that may be another one than that through which the app is told.
 */
export function eventCallback(
  installation: Installation,
  event: JsonObject,
  { channel, nowSeconds }: { readonly channel: Channel | undefined; readonly nowSeconds: number },
): JsonObject {
  const { app, team, botUser } = installation;
  return {
    token: app.verificationToken,
    team_id: originOf(event, channel) ?? team,
    context_team_id: team,
    context_enterprise_id: null,
    api_app_id: app.id,
    event: seenBy(installation, event),
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: nowSeconds,
    authorizations: [
      { enterprise_id: null, team_id: team, user_id: botUser, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: channel?.isShared ?? false,
    event_context: `4-${newSecret(24)}`,
  };
}

/** The workspace of who did it, of those that share the channel; undefined where the event does not say. */
function originOf({ team, message }: JsonObject, channel: Channel | undefined): string | undefined {
  const named = [team, isObject(message) ? message['team'] : undefined];
  return named.find((each): each is string => typeof each === 'string' && channel?.teams.has(each) === true);
}

/** Without what the app may not know: others' metadata, and e-mail addresses. */
function seenBy(installation: Installation, event: JsonObject): JsonObject {
  const seen = structuredClone(event);
  const mayReadMetadata = installation.scopes.includes('metadata.message:read');
  for (const holder of [seen, seen['message'], seen['previous_message'], seen['root']]) {
    if (!isObject(holder) || mayReadMetadata || holder['app_id'] === installation.app.id) continue;
    delete holder['metadata'];
  }
  const user = seen['user'];
  if (isObject(user) && isObject(user['profile']) && !installation.scopes.includes('users:read.email')) {
    delete user['profile']['email'];
  }
  return seen;
}
