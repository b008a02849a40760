import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../model/clock.js';
import { BridgeError } from '../../model/errors.js';
import type { Log, PublicAnswer, PublicRequest, PublicRoute } from '../../model/network-definition.js';
import type { AppApi } from './api/app.api.js';
import type { SlackLogin } from './slack.login.js';
import { neededScopes, redirectPath } from './slack.manifest.js';
import type { SlackSettings } from './slack.settings.js';

/** An account whose app people install with a browser. */
export interface Installable {
  readonly account: string;
  readonly settings: Pick<SlackSettings, 'clientId' | 'clientSecret' | 'url' | 'team' | 'authorizeUrl'>;
  readonly app: AppApi;
  readonly login: SlackLogin;
  readonly clock: Clock;
  readonly log: Log;
}

const installPath = '/slack/install';
const cookieName = 'crosstalk-slack-install';
const allowedForMs = 600_000;
const answerWithinMs = 20_000;

/** `/slack/install` sends to Slack's own page, which sends back to `/slack/oauth`. Source: docs.slack.dev, "Installing with OAuth". */
export function installRoutes(all: readonly Installable[]): readonly PublicRoute[] {
  const accounts = all.filter(({ settings }) => settings.clientId !== undefined);
  if (accounts.length === 0) return [];
  const route = (path: string, handle: PublicRoute['handle']): PublicRoute => ({
    method: 'GET',
    path,
    maxBodyBytes: 0,
    handle,
  });
  return [
    route(installPath, (request) => Promise.resolve(begin(accounts, request))),
    route(redirectPath, (request) => finish(accounts, request)),
  ];
}

function begin(accounts: readonly Installable[], { query }: PublicRequest): PublicAnswer {
  const named = query.get('account');
  const fitting = accounts.filter(({ account }) => named === null || account === named);
  const [only] = fitting;
  if (only === undefined) return page(404, 'There is no such account.');
  if (fitting.length > 1) {
    const addresses = fitting.map(({ account }) => `${installPath}?account=${account}`).join(', ');
    return page(300, `There are several accounts: ${addresses}.`);
  }
  const { clientId = '', url = '', team = '', authorizeUrl } = only.settings;
  const nonce = randomBytes(16).toString('base64url');
  const address = new URL(authorizeUrl);
  address.searchParams.set('client_id', clientId);
  address.searchParams.set('scope', neededScopes.join(','));
  const back = new URL(`${url}${redirectPath}`);
  address.searchParams.set('redirect_uri', `${url}${redirectPath}`);
  address.searchParams.set('team', team);
  address.searchParams.set('state', stateOf(only, nonce));
  const lifeS = String(allowedForMs / 1000);
  const secure = back.protocol === 'https:' ? '; Secure' : '';
  const cookie = `${cookieName}=${nonce}; Path=${back.pathname}; Max-Age=${lifeS}; HttpOnly; SameSite=Lax${secure}`;
  return { status: 302, headers: { location: address.href, 'set-cookie': cookie } };
}

async function finish(accounts: readonly Installable[], { query, headers }: PublicRequest): Promise<PublicAnswer> {
  const state = query.get('state') ?? '';
  const installable = accounts.find((each) => isStateOf(each, state, nonceIn(headers['cookie'])));
  if (installable === undefined) {
    return page(403, `This page is not of an installation that began in this browser: begin at ${installPath}.`);
  }
  const code = query.get('code');
  if (code === null) return page(403, 'Slack was not allowed to install the app: nothing was changed.');
  const { settings, app, login, log, account } = installable;
  const { clientId = '', clientSecret = '', url = '' } = settings;
  try {
    const proof = { client_id: clientId, client_secret: clientSecret };
    const signal = AbortSignal.timeout(answerWithinMs);
    await login.install(await app.redeem(code, `${url}${redirectPath}`, proof, signal));
    return page(200, 'The app is installed: Crosstalk goes on within a minute. You can close this page.');
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    log.warn({ account, error }, 'an installation failed');
    return page(502, `The installation failed: ${error.message}.`);
  }
}

/** Says for which account it is and until when; signed, so that nobody can make up one. */
function stateOf(installable: Installable, nonce: string): string {
  const untilMs = installable.clock.now().getTime() + allowedForMs;
  return `${String(untilMs)}.${signatureOf(installable, nonce, String(untilMs))}`;
}

function isStateOf(installable: Installable, state: string, nonce: string | undefined): boolean {
  const [untilMs = '', signature = ''] = state.split('.');
  if (nonce === undefined || !/^\d{1,16}$/.test(untilMs)) return false;
  const expected = Buffer.from(signatureOf(installable, nonce, untilMs));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  return installable.clock.now().getTime() < Number(untilMs);
}

function signatureOf({ account, settings }: Installable, nonce: string, untilMs: string): string {
  const hmac = createHmac('sha256', settings.clientSecret ?? '');
  return hmac.update(JSON.stringify(['installation', account, nonce, untilMs])).digest('base64url');
}

function nonceIn(cookies = ''): string | undefined {
  return new RegExp(`(?:^|;\\s*)${cookieName}=([A-Za-z0-9_-]+)`).exec(cookies)?.[1];
}

function page(status: number, text: string): PublicAnswer {
  const shown = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Crosstalk</title><p>${shown}</p></html>`;
  const headers = { 'content-security-policy': "default-src 'none'", 'cache-control': 'no-store' };
  return { status, headers, body: { mime: 'text/html; charset=utf-8', bytes: Buffer.from(html) } };
}
