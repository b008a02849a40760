import { unnameable } from '../talk.errors.js';
import type { AnyEndpoint, Endpoint, Given, Shape, SuccessStatus } from './endpoint.js';
import { multipart, type FormFile } from './form.js';
import { talkHeaders, type TalkHeaders } from './headers.js';
import { parseData, type OcsCall, type OcsDoor, type RequestContent } from './ocs.js';
import { refusedBy } from './refused.js';

/** What an endpoint answered. */
export interface Answered<Data, Status extends number = number> {
  readonly status: Status;
  readonly headers: TalkHeaders;
  readonly data: Data;
}

export interface How {
  /** Called in the tick in which the request goes out, before it; what it throws keeps the request back. */
  readonly beforeSend?: () => void;
}

/** An endpoint as a method. Throws BridgeErrors, whose cause is a Refused where the server answered. */
export type MethodOf<E> =
  E extends Endpoint<infer Args, infer Data, infer Status>
    ? (args: Args, signal: AbortSignal, how?: How) => Promise<Answered<Data, Extract<Status, SuccessStatus>>>
    : never;

/** Asks one endpoint. `args` are what it takes, as its type says. */
export async function callEndpoint(
  door: OcsDoor,
  endpoint: AnyEndpoint,
  args: Given,
  signal: AbortSignal,
  how: How = {},
): Promise<Answered<unknown>> {
  const answer = await door.ask({ ...requestOf(endpoint, args), signal, ...how });
  const hasData = answer.status !== 304 && answer.status !== 204;
  return {
    status: answer.status,
    headers: talkHeaders(answer.headers),
    data: hasData ? parseData(endpoint.act, endpoint.data, answer) : null,
  };
}

/** Pure: what is sent. */
export function requestOf(endpoint: AnyEndpoint, args: Given): Omit<OcsCall, 'signal' | 'beforeSend'> {
  const { method, act, answers, maxBytes, isAnonymous } = endpoint;
  const heldMs = endpoint.heldMs?.(args) ?? 0;
  const { token } = args;
  return {
    method,
    path: pathOf(endpoint, args),
    act,
    answers,
    isAnonymous,
    refused: refusedBy(endpoint),
    headers: headersOf(endpoint, args),
    ...queryOf(endpoint.query, args),
    ...contentOf(endpoint, args),
    ...(endpoint.path.includes('{token}') && typeof token === 'string' ? { token } : {}),
    ...(heldMs > 0 ? { heldMs } : {}),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
}

/**
 * Pure: the path with what belongs into its braces. A `{path}` keeps its slashes. Throws TargetGone for what would make it the
 * path of something else: nothing, `.` and `..`, which servers take out of a path, with what stands before them.
 */
export function pathOf({ path }: Pick<AnyEndpoint, 'path'>, args: Given): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = textOf(args[name]).toWellFormed();
    const parts = name === 'path' ? value.split('/').filter((part) => part !== '') : [value];
    if (parts.length === 0 || parts.some((part) => /^\.{0,2}$/.test(part))) throw unnameable(name);
    return parts.map(encodeURIComponent).join('/');
  });
}

function queryOf(shape: Shape, args: Given): Pick<OcsCall, 'query'> {
  const given = Object.entries(within(shape, args));
  if (given.length === 0) return {};
  return {
    query: Object.fromEntries(
      given.map(([name, value]) => [name, typeof value === 'number' ? value : textOf(value)] as const),
    ),
  };
}

function headersOf({ headers, sign }: AnyEndpoint, args: Given): Readonly<Record<string, string>> {
  const named = Object.entries(headers).flatMap(([name, header]) =>
    args[name] === undefined ? [] : [[header, textOf(args[name])] as const],
  );
  return { ...Object.fromEntries(named), ...sign?.(args) };
}

function contentOf({ sends, uploadField, body }: AnyEndpoint, args: Given): Pick<OcsCall, 'body' | 'content'> {
  const given = within(body, args);
  switch (sends) {
    case 'json':
      return Object.keys(given).length === 0 ? {} : { body: given };
    case 'form':
      return { content: webForm(textsOf(given)) };
    case 'upload':
      return { content: multipart(args['file'] as FormFile, { texts: textsOf(given), field: uploadField }) };
    case 'file': {
      const { mime, bytes } = args['file'] as FormFile;
      return { content: { contentType: mime, body: bytes } };
    }
  }
}

/** What was given of a shape, without what was left out. */
function within(shape: Shape, args: Given): Readonly<Record<string, unknown>> {
  const names = Object.keys(shape).filter((name) => args[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, args[name]]));
}

function webForm(texts: Readonly<Record<string, string>>): RequestContent {
  return { contentType: 'application/x-www-form-urlencoded', body: new URLSearchParams(texts).toString() };
}

function textsOf(given: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, textOf(value)]));
}

/** A value where only text can be. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
