import type { IncomingHttpHeaders } from 'node:http';
import type { ZodType } from 'zod';
import type { BridgeError } from '../../../model/errors.js';
import { brokenAnswer, refusalError, type Act, type Refusal } from '../talk.errors.js';
import type { AnswerForm, HttpMethod } from './endpoint.js';
import type { FormFile } from './form.js';
import { headerOf, numberIn } from './headers.js';
import type { HttpAnswer, StreamedBody } from '../../../http/exchange.js';

/** One call of an endpoint. */
export interface OcsCall {
  readonly method: HttpMethod;
  /** Below the base address, for example `/ocs/v2.php/cloud/user`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Sent as a form in place of a body. */
  readonly file?: FormFile;
  /** Sent in place of a body: texts of a web form, or texts with a file in one of several parts, or bytes. */
  readonly content?: RequestContent;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asked as nobody: without our login. */
  readonly isAnonymous?: boolean;
  /** Absent: an answer in Nextcloud's envelope. */
  readonly answers?: AnswerForm;
  /** What a refusal means here; absent: what it means for a room. */
  readonly refused?: (refusal: Refusal) => BridgeError;
  readonly act: Act;
  /** The room that the call is about: one that is gone is not asked for again and again. */
  readonly token?: string;
  readonly signal: AbortSignal;
  /** How long the server may hold the request. */
  readonly heldMs?: number;
  readonly maxBytes?: number;
  readonly beforeSend?: () => void;
}

export interface RequestContent {
  readonly contentType: string;
  readonly body: string | Buffer | StreamedBody;
}

export interface OcsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** `null` with 304 and 204; the bytes themselves where bytes are answered. */
  readonly data: unknown;
}

/** Where the endpoints' calls go. Throws BridgeErrors only, and what `beforeSend` throws. */
export interface OcsDoor {
  ask(call: OcsCall): Promise<OcsAnswer>;
}

const notModified = 304;
const noContent = 204;

/** Throws a BridgeError for each answer that is not the endpoint's own success. */
export function readAnswer(
  { act, answers = 'ocs', refused }: Pick<OcsCall, 'act' | 'answers' | 'refused'>,
  answer: HttpAnswer,
): OcsAnswer {
  const { status, headers } = answer;
  if (status === notModified) return { status, headers, data: null };
  const isSuccess = status >= 200 && status < 300;
  if (!isSuccess) {
    const refusal = refusalIn(answer);
    throw refused === undefined ? refusalError(act, refusal) : refused(refusal);
  }
  if (answers === 'bytes') return { status, headers, data: answer.body };
  if (answers === 'nothing' || status === noContent) return { status, headers, data: null };
  const parsed = parseJson(answer.body);
  if (parsed === undefined) throw brokenAnswer(act, `${status} with a body that is no JSON`);
  if (answers === 'json') return { status, headers, data: parsed };
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

function refusalIn(answer: HttpAnswer): Refusal {
  const body = parseJson(answer.body);
  const ocs = field(body, 'ocs');
  const data = field(ocs, 'data');
  const error = field(data, 'error');
  const word = field(error, 'code') ?? error ?? field(data, 'message');
  const meta = field(ocs, 'meta');
  const ocsStatus = field(meta, 'statuscode');
  const sentence = field(meta, 'message');
  return {
    status: answer.status,
    word: typeof word === 'string' ? word : '',
    sentence: typeof sentence === 'string' ? sentence.trim().slice(0, mostSentenceChars) : '',
    isOfEndpoint: data === null,
    ocsStatus: typeof ocsStatus === 'number' ? ocsStatus : undefined,
    isPage: (headerOf(answer.headers, 'content-type') ?? '').includes('html'),
    isEmpty: answer.body.length === 0,
    data: ocs === undefined ? body : data,
    retryAfterMs: retryAfterIn(answer.headers),
  };
}

const mostSentenceChars = 200;
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
