import type { SandboxRequest } from '../../http-server.js';
import { missingArgument, SlackError } from '../slack-error.js';
import { isObject, parseJson, type JsonObject } from '../state/json.js';

/** The arguments of a call: of the query, then of the body, a form or JSON. In a form, what has parts is JSON text. */
export class Input {
  readonly #values: JsonObject;

  /** Throws SlackError `invalid_json`, `json_not_object`. */
  constructor(request: SandboxRequest, json: 'taken' | 'ignored') {
    this.#values = { ...Object.fromEntries(request.query), ...bodyOf(request, json) };
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== null;
  }

  text(name: string, fallback = ''): string {
    const value = this.#values[name];
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : fallback;
  }

  /** Undefined where it is not given, or empty. */
  optional(name: string): string | undefined {
    const text = this.text(name);
    return text === '' ? undefined : text;
  }

  /** Throws SlackError `invalid_arguments`. */
  required(name: string): string {
    const text = this.text(name);
    if (text === '') throw missingArgument(name);
    return text;
  }

  number(name: string, fallback: number): number {
    const text = this.text(name);
    const number = Number(text);
    return text === '' || !Number.isFinite(number) ? fallback : Math.trunc(number);
  }

  flag(name: string, fallback = false): boolean {
    const value = this.#values[name];
    if (value === undefined || value === null || value === '') return fallback;
    return value === true || value === 1 || value === '1' || value === 'true';
  }

  /** What has parts; undefined where it is not given or is no JSON: see `has`. */
  parts(name: string): unknown {
    const value = this.#values[name];
    return typeof value === 'string' ? parseJson(value) : value;
  }

  /** Ids with commas between them, or a list of them. */
  ids(name: string): readonly string[] {
    const value = this.#values[name];
    const parsed = typeof value === 'string' && value.startsWith('[') ? parseJson(value) : value;
    if (Array.isArray(parsed)) return parsed.map(String);
    return this.text(name)
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== '');
  }
}

function bodyOf(request: SandboxRequest, json: 'taken' | 'ignored'): JsonObject {
  if (request.body.length === 0) return {};
  const type = request.headers['content-type'] ?? '';
  if (type.includes('multipart/form-data')) return partsOf(request);
  const text = request.body.toString('utf8');
  if (!type.includes('json')) return Object.fromEntries(new URLSearchParams(text));
  if (json === 'ignored') return {};
  const parsed = parseJson(text);
  if (parsed === undefined) throw new SlackError('invalid_json');
  if (!isObject(parsed)) throw new SlackError('json_not_object');
  // A token in JSON is no token.
  const { token: _token, ...values } = parsed;
  return values;
}

/** The fields of a form with parts, its files left out. */
function partsOf(request: SandboxRequest): JsonObject {
  return Object.fromEntries(
    multipartOf(request)
      .filter(({ filename }) => filename === undefined)
      .map(({ name, bytes }) => [name, bytes.toString('utf8')]),
  );
}

export interface Part {
  readonly name: string;
  readonly filename: string | undefined;
  readonly bytes: Buffer;
}

/** Pure: the parts of a body; none where it is no such form. */
export function multipartOf(request: SandboxRequest): readonly Part[] {
  const boundary = /boundary="?([^";]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return [];
  const { body } = request;
  const line = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let from = body.indexOf(line);
  for (;;) {
    const to = from < 0 ? -1 : body.indexOf(line, from + line.length);
    if (to < 0) return parts;
    const part = body.subarray(from + line.length + 2, to - 2);
    const headEnd = part.indexOf('\r\n\r\n');
    const head = part.subarray(0, Math.max(0, headEnd)).toString('utf8');
    const name = /[; ]name="([^"]*)"/i.exec(head)?.[1];
    if (headEnd >= 0 && name !== undefined) {
      parts.push({ name, filename: /filename="([^"]*)"/i.exec(head)?.[1], bytes: part.subarray(headEnd + 4) });
    }
    from = to;
  }
}
