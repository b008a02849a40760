import { multipart } from './form.js';
import type { HttpRequest } from './http.js';
import type { OcsCall, RequestContent } from './ocs.js';

/** What a call does not say of itself. */
export interface RequestFrame {
  /** Where on the server its Nextcloud is. */
  readonly basePath: string;
  /** Of whoever asks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

const maxAnswerBytes = 16 * 1024 * 1024;

/** Of every request, also for a file. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'ocs-apirequest': 'true',
  accept: 'application/json',
  'user-agent': 'Crosstalk',
};

/** A call as it goes out. */
export function requestOf(call: OcsCall, { basePath, headers, timeoutMs }: RequestFrame): HttpRequest {
  const content = contentOf(call);
  return {
    method: call.method,
    path: basePath + call.path + queryOf(call.query),
    headers: {
      ...commonHeaders,
      ...headers,
      ...call.headers,
      ...(content === undefined ? {} : { 'content-type': content.contentType }),
    },
    ...(content === undefined ? {} : { body: content.body }),
    isHeld: call.heldMs !== undefined,
    timeoutMs: timeoutMs + (call.heldMs ?? 0),
    maxBytes: call.maxBytes ?? maxAnswerBytes,
    signal: call.signal,
    ...(call.beforeSend === undefined ? {} : { beforeSend: call.beforeSend }),
  };
}

function contentOf({ body, file, content }: OcsCall): RequestContent | undefined {
  if (content !== undefined) return content;
  if (file !== undefined) return multipart(file);
  return body === undefined ? undefined : { contentType: 'application/json', body: JSON.stringify(body) };
}

function queryOf(query: OcsCall['query']): string {
  if (query === undefined) return '';
  return `?${new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}
