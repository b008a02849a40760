import { SlackError } from '../slack-error.js';
import type { App, Installation } from '../state/apps.js';
import type { JsonObject } from '../state/json.js';
import type { IssuedToken } from '../state/tokens.js';
import type { Method, Methods, OpenCall } from './call.js';

/** Gives an app the address of a WebSocket that serves once. */
export type OpenConnection = (app: App) => string;

/** Methods that no bot's token is for. */
export function openMethods(connect: OpenConnection): Methods {
  return {
    'api.test': open(({ input }) => (input.has('error') ? refuse(input.text('error')) : {})),
    'apps.connections.open': open((call) => openConnection(call, connect)),
    'oauth.v2.access': open(access),
  };
}

function open(handle: (call: OpenCall) => JsonObject): Method {
  return { open: true, json: 'taken', handle };
}

function refuse(code: string): never {
  throw new SlackError(code);
}

function openConnection({ slack, token, request }: OpenCall, connect: OpenConnection): JsonObject {
  if (token === '') throw new SlackError('not_authed');
  // The token counts in the header alone.
  if (request.headers.authorization === undefined) throw new SlackError('missing_args');
  const app = slack.apps.byAppToken(token);
  if (app === undefined) {
    if (!token.startsWith('xapp-')) throw new SlackError('not_allowed_token_type');
    throw new SlackError('invalid_auth');
  }
  if (app.delivery !== 'socketMode') throw new SlackError('forbidden_team');
  return { url: connect(app) };
}

function access(call: OpenCall): JsonObject {
  const app = clientOf(call);
  const { input, slack } = call;
  const grantType = input.text('grant_type', 'authorization_code');
  if (grantType === 'refresh_token') {
    const refreshed = slack.tokens.refresh(input.text('refresh_token'));
    if (refreshed?.installation.app !== app) throw new SlackError('invalid_refresh_token');
    return granted(call, refreshed.installation, refreshed.token);
  }
  if (grantType !== 'authorization_code') throw new SlackError('invalid_grant_type');
  const grant = slack.oauth.redeem(input.text('code'));
  if (grant?.app !== app) throw new SlackError('invalid_code');
  if (grant.redirectUri !== input.optional('redirect_uri')) throw new SlackError('bad_redirect_uri');
  const installation = slack.install(app, grant.team, grant.scopes);
  return { ...granted(call, installation, slack.tokens.issue(installation)), authed_user: { id: grant.user } };
}

/** The app that asks, by its id and secret in the form or the header. Throws SlackError `invalid_client_id`, `bad_client_secret`. */
function clientOf({ input, slack, request }: OpenCall): App {
  const [, basic = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  const [basicId = '', basicSecret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  const app = slack.apps.byClientId(input.text('client_id', basicId));
  if (app === undefined) throw new SlackError('invalid_client_id');
  if (input.text('client_secret', basicSecret) !== app.clientSecret) throw new SlackError('bad_client_secret');
  return app;
}

function granted({ slack }: OpenCall, installation: Installation, token: IssuedToken): JsonObject {
  const { app, team, botUser, scopes } = installation;
  return {
    app_id: app.id,
    authed_user: {},
    scope: scopes.join(','),
    token_type: 'bot',
    access_token: token.accessToken,
    bot_user_id: botUser,
    ...(token.refreshToken === undefined
      ? {}
      : { refresh_token: token.refreshToken, expires_in: token.expiresInSeconds }),
    team: { id: team, name: slack.workspace(team).name },
    enterprise: null,
    is_enterprise_install: false,
  };
}
