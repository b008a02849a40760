import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../model/clock.js';
import type { Log, PublicAnswer, PublicCall, PublicRequest, PublicRoute } from '../../model/network-definition.js';
import { type Addressee, addressed } from './slack.addressing.js';
import { commandsPath, eventsPath } from './slack.manifest.js';
import { isObject, type JsonObject } from './slack.payloads.js';

/** An account as requests of Slack reach it. */
export interface RequestTarget extends Addressee {
  /** Undefined where it is not told by requests. */
  readonly signingSecret: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Source: docs.slack.dev, "Verifying requests from Slack". */
const staleAfterS = 300;
const maxBodyBytes = 4 * 1024 * 1024;
const unsigned: PublicAnswer = { status: 401, json: { error: 'it is not signed by Slack' } };
const notNow: PublicAnswer = { status: 503, json: { error: 'nobody listens now; try again' } };
const done: PublicAnswer = { status: 200, json: {} };

/** The addresses that Slack calls. All accounts share them: the signature tells the app, the body the workspace. */
export function requestRoutes(targets: readonly RequestTarget[]): readonly PublicRoute[] {
  const signed = targets.filter(({ signingSecret }) => signingSecret !== undefined);
  const [first] = signed;
  if (first === undefined) return [];
  const nowS = (): number => first.clock.now().getTime() / 1000;
  const route = (path: string, handle: (request: SignedRequest) => Promise<PublicAnswer>): PublicRoute => ({
    method: 'POST',
    path,
    maxBodyBytes,
    refusal: (call) => (proofIn(call, nowS()) === undefined ? unsigned : undefined),
    handle: (request) => {
      const proof = proofIn(request, nowS());
      // All are compared, so that the time tells nothing.
      const by =
        proof === undefined ? [] : signed.filter(({ signingSecret = '' }) => isSigned(request, proof, signingSecret));
      return by.length === 0 ? Promise.resolve(unsigned) : handle({ request, by });
    },
  });
  return [route(eventsPath, takeEvent), route(commandsPath, takeCommand)];
}

interface SignedRequest {
  readonly request: PublicRequest;
  /** The accounts whose app it is of. */
  readonly by: readonly RequestTarget[];
}

interface Proof {
  readonly timestamp: string;
  readonly signature: Buffer;
}

function proofIn({ headers }: PublicCall, nowS: number): Proof | undefined {
  const timestamp = headers['x-slack-request-timestamp'] ?? '';
  const signature = headers['x-slack-signature'] ?? '';
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowS - Number(timestamp)) > staleAfterS) return undefined;
  return signature === '' ? undefined : { timestamp, signature: Buffer.from(signature) };
}

/** Compares in constant time. */
function isSigned({ body }: PublicRequest, { timestamp, signature }: Proof, secret: string): boolean {
  const hmac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex');
  const expected = Buffer.from(`v0=${hmac}`);
  return expected.length === signature.length && timingSafeEqual(expected, signature);
}

/** Stored, then answered: within three seconds, else Slack takes it for lost and sends it again under the same id. */
async function takeEvent({ request, by }: SignedRequest): Promise<PublicAnswer> {
  const body = parsed(request.body.toString('utf8'));
  if (body === undefined) return { status: 400, json: { error: 'it is no JSON' } };
  if (body['type'] === 'url_verification') return { status: 200, json: { challenge: body['challenge'] } };
  const target = addressed(body, by);
  if (target === 'nobody') return done;
  if (target === undefined || !target.source.isListening) return notNow;
  const { 'x-slack-retry-num': retry, 'x-slack-retry-reason': reason } = request.headers;
  if (retry !== undefined) target.log.debug({ event: body['event_id'], retry, reason }, 'Slack tells an event again');
  try {
    await target.source.receive(body);
    return done;
  } catch (error) {
    target.log.error({ event: body['event_id'], error }, 'an event could not be stored; it will come again');
    return { status: 500, json: { error: 'it could not be stored; try again' } };
  }
}

async function takeCommand({ request, by }: SignedRequest): Promise<PublicAnswer> {
  const form = Object.fromEntries(new URLSearchParams(request.body.toString('utf8')));
  const body = form['payload'] === undefined ? form : parsed(form['payload']);
  if (body === undefined) return { status: 400, json: { error: 'it is no JSON' } };
  const target = addressed(body, by);
  if (target === 'nobody') return done;
  if (target === undefined || !target.source.isListening) return notNow;
  try {
    if (await target.source.receiveVote(body)) return done;
  } catch (error) {
    target.log.error({ error }, 'a vote could not be stored; Slack tells who voted so');
    return { status: 500, json: { error: 'it could not be stored; try again' } };
  }
  return { status: 200, json: (await target.receiver.take(body)) ?? {} };
}

function parsed(text: string): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
