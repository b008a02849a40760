import type { IncomingHttpHeaders } from 'node:http';
import type { ZodType } from 'zod';
import { brokenAnswer, refusalError, type Act, type Refusal } from '../talk.errors.js';
import type { FormFile } from './form.js';
import type { HttpAnswer } from './http.js';

/** One call of an endpoint. */
export interface OcsCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the base address, for example `/ocs/v2.php/cloud/user`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Sent as a form in place of a body. */
  readonly file?: FormFile;
  readonly act: Act;
  /** The room that the call is about: one that is gone is not asked for again and again. */
  readonly token?: string;
  readonly signal: AbortSignal;
  /** How long the server may hold the request. */
  readonly heldMs?: number;
  readonly maxBytes?: number;
  readonly beforeSend?: () => void;
}

export interface OcsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** `null` with 304. */
  readonly data: unknown;
}

/** Where the endpoints' calls go. Throws BridgeErrors only, and what `beforeSend` throws. */
export interface OcsDoor {
  ask(call: OcsCall): Promise<OcsAnswer>;
}

const notModified = 304;

/** Throws a BridgeError for each answer that is not the endpoint's own success. */
export function readAnswer(act: Act, answer: HttpAnswer): OcsAnswer {
  const { status, headers } = answer;
  if (status === notModified) return { status, headers, data: null };
  const isSuccess = status >= 200 && status < 300;
  if (!isSuccess) throw refusalError(act, refusalIn(answer));
  const parsed = parseJson(answer.body);
  if (parsed === undefined) throw brokenAnswer(act, `${status} with a body that is no JSON`);
  const ocs = field(parsed, 'ocs');
  if (ocs === undefined) throw brokenAnswer(act, `${status} without its envelope`);
  return { status, headers, data: field(ocs, 'data') };
}

/** Throws a BridgeError where the answer is not what the endpoint promises. */
export function parseData<T>(act: Act, schema: ZodType<T>, answer: OcsAnswer): T {
  const result = schema.safeParse(answer.data);
  if (!result.success) throw brokenAnswer(act, `${answer.status} with unexpected content`, result.error);
  return result.data;
}

export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A whole number in a header, undefined where there is none. */
export function numberIn(headers: IncomingHttpHeaders, name: string): number | undefined {
  const text = headerOf(headers, name)?.trim();
  return text !== undefined && /^-?[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

function refusalIn(answer: HttpAnswer): Refusal {
  const body = parseJson(answer.body);
  const ocs = field(body, 'ocs');
  const data = field(ocs, 'data');
  const word = field(data, 'error') ?? field(data, 'message');
  const ocsStatus = field(field(ocs, 'meta'), 'statuscode');
  return {
    status: answer.status,
    word: typeof word === 'string' ? word : '',
    isOfEndpoint: data === null,
    ocsStatus: typeof ocsStatus === 'number' ? ocsStatus : undefined,
    isPage: (headerOf(answer.headers, 'content-type') ?? '').includes('html'),
    retryAfterMs: retryAfterIn(answer.headers),
  };
}

const longestPauseMs = 3_600_000;

/** Seconds, or a date compared with the server's own. */
function retryAfterIn(headers: IncomingHttpHeaders): number | undefined {
  const text = headerOf(headers, 'retry-after');
  if (text === undefined) return undefined;
  const seconds = numberIn(headers, 'retry-after');
  const afterMs =
    seconds !== undefined ? seconds * 1000 : Date.parse(text) - Date.parse(headerOf(headers, 'date') ?? '');
  return Number.isFinite(afterMs) ? Math.min(Math.max(afterMs, 0), longestPauseMs) : undefined;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
