import type { HttpAnswer } from '../../http/exchange.js';
import { KeptBack, TransportError } from '../../http/transport-failure.js';
import { BridgeError } from '../../model/errors.js';
import { brokenAnswer, type Act, type Refusal, refusalError, transportError } from './slack.errors.js';
import { isObject, type JsonObject } from './slack.payloads.js';

/** What the reading of an answer needs to know of its call. */
export interface Asked {
  readonly args: JsonObject;
  readonly act: Act;
  /** In whose name; default: the bot's. */
  readonly by?: 'bot' | 'app' | 'nobody';
}

/** What went wrong with a request, as the rest of the bridge knows it. */
export function translated(act: Act, cause: unknown): unknown {
  // What `beforeSend` threw is the caller's own and goes back as it is.
  if (cause instanceof KeptBack) return cause.cause;
  if (cause instanceof BridgeError) return cause;
  if (cause instanceof TransportError) return transportError(act, cause.failure);
  return brokenAnswer(act, 'in no understandable way', undefined, cause);
}

function aboutIn({ by = 'bot', args }: Asked): NonNullable<Refusal['about']> {
  if (by !== 'bot') return 'app';
  return typeof args['channel'] === 'string' ? 'channel' : 'other';
}

/** An answer with status 200 that is none. */
export function refusedBy(call: Asked, body: JsonObject): BridgeError {
  const metadata = body['response_metadata'];
  const messages = isObject(metadata) ? metadata['messages'] : undefined;
  const details = Array.isArray(messages) ? messages.filter((each) => typeof each === 'string') : undefined;
  return refusalError(call.act, {
    status: 200,
    about: aboutIn(call),
    error: textIn(body, 'error'),
    needed: textIn(body, 'needed') || undefined,
    details,
  });
}

/** An answer with any other status. `json`: where it has some. */
export function failedBy(call: Asked, { status, headers }: HttpAnswer, json: JsonObject | undefined): BridgeError {
  return refusalError(call.act, {
    status,
    error: textIn(json, 'error'),
    needed: textIn(json, 'needed') || undefined,
    about: aboutIn(call),
    retryAfterMs: pauseIn(headers['retry-after']),
  });
}

export function parseObject(body: Buffer): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    return isObject(json) ? json : undefined;
  } catch {
    // A page of a proxy, or half of an answer: the caller says what that means.
    return undefined;
  }
}

export function textIn(json: JsonObject | undefined, field: string): string {
  const value = json?.[field];
  return typeof value === 'string' ? value : '';
}

/** The header is in seconds. */
function pauseIn(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header === undefined || !Number.isFinite(seconds) ? undefined : Math.max(0, seconds * 1000);
}

export function headersOf(headers: HttpAnswer['headers']): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  );
}
