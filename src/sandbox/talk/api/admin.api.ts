import { createHash } from 'node:crypto';
import { Refusal } from '../refusal.js';
import type { BotFeature } from '../settings.js';
import type { InstalledBot } from '../state/bots.js';
import { asUser, talkApi, type Handler, type OcsRouter, type UserCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const featureBits: Readonly<Record<BotFeature, number>> = { webhook: 1, response: 2, reaction: 8 };

/** What administrators ask of the server, which has no bridges, no hosted signaling and no certificates. */
export function addAdminRoutes(router: OcsRouter): void {
  const v1 = `${talkApi}/v1`;
  router.add('GET', `${v1}/bot/admin`, asAdmin(listBots));
  router.add('GET', `${v1}/certificate/expiration`, asAdmin(certificate));
  router.add('GET', `${v1}/recording/welcome/{serverId:[0-9]+}`, asAdmin(recordingWelcome));
  router.add('GET', `${talkApi}/v3/signaling/welcome/{serverId:[0-9]+}`, asAdmin(signalingWelcome));
  router.add('POST', `${v1}/settings/sip`, asAdmin(setSip));
  router.add('POST', `${v1}/hostedsignalingserver/requesttrial`, asAdmin(requestTrial));
  router.add('DELETE', `${v1}/hostedsignalingserver/delete`, asAdmin(deleteTrial));
}

/** Answers 401 without a login and 403 to everybody else. */
export function asAdmin(handler: Handler<UserCall>): Handler {
  return asUser((call) => {
    if (!call.user.admin) throw new Refusal(403, [], 'Logged in account must be an admin');
    return handler(call);
  });
}

function listBots({ talk }: UserCall): Answer {
  return ok(talk.bots.all().map(viewInstalled));
}

function viewInstalled(bot: InstalledBot): Record<string, unknown> {
  return {
    id: bot.id,
    name: bot.name,
    url: bot.url,
    url_hash: createHash('sha1').update(bot.url).digest('hex'),
    description: bot.description ?? '',
    error_count: 0,
    last_error_date: 0,
    last_error_message: null,
    state: 1,
    features: bot.features.reduce((bits, feature) => bits | featureBits[feature], 0),
  };
}

/** Null: nothing here speaks TLS. */
function certificate({ input }: UserCall): Answer {
  const isHost = /^[a-z0-9.-]+(:\d+)?$/i.test(input.text('host'));
  if (!isHost) throw new Refusal(400, { message: 'Invalid host' });
  return ok({ expiration_in_days: null });
}

/** The first server is the one that is configured. Answers 500 where it has an address and is not reached there. */
async function recordingWelcome({ talk, parameters }: UserCall): Promise<Answer> {
  const server = talk.backends.recording;
  if (server === undefined || parameters['serverId'] !== '0') throw new Refusal(404, null);
  if (server.url !== undefined) await welcomeOf(server.url);
  return ok({ version: 0.1 });
}

/** Answers 500 where the signaling server is not reached. */
async function signalingWelcome({ talk, parameters }: UserCall): Promise<Answer> {
  const server = talk.backends.signaling;
  if (server === undefined || parameters['serverId'] !== '0') throw new Refusal(404, null);
  const { version, features } = await welcomeOf(server.url.replace(/^ws/, 'http'));
  return ok({
    version: typeof version === 'string' ? version : '',
    features: Array.isArray(features) ? features.map(String) : [],
  });
}

interface Welcome {
  readonly version?: unknown;
  readonly features?: unknown;
}

/** How a server beside this one greets. Throws a Refusal 500 where it is not reached. */
async function welcomeOf(url: string): Promise<Welcome> {
  const answer = await fetch(`${url.replace(/\/+$/, '')}/api/v1/welcome`).then(
    (response) => (response.ok ? (response.json() as Promise<Welcome>) : undefined),
    () => undefined,
  );
  if (answer === undefined) throw new Refusal(500, { error: 'CAN_NOT_CONNECT' });
  return answer;
}

/** An empty secret turns phones off. */
function setSip({ talk, input }: UserCall): Answer {
  const secret = input.text('sharedSecret');
  const dialInInfo = input.text('dialInInfo');
  const dialsOut = talk.backends.sip?.dialsOut ?? false;
  const groups = input.list('sipGroups').map(String);
  talk.backends.sip = secret === '' ? undefined : { secret, dialInInfo, dialsOut, groups };
  return ok(null);
}

/** The service that hosts signaling servers is not reached from here. */
function requestTrial({ input }: UserCall): Answer {
  const isWhole = ['url', 'name', 'email', 'language', 'country'].every((field) => input.text(field) !== '');
  if (!isWhole) throw new Refusal(400, { message: 'Something is missing' });
  throw new Refusal(500, { message: 'The service is not reached' });
}

function deleteTrial(): Answer {
  throw new Refusal(400, { message: 'No account was requested' });
}
