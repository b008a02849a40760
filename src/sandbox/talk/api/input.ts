import type { SandboxRequest } from '../../http-server.js';
import { Refusal } from '../refusal.js';

/** The parameters of a request: query, then body (JSON or form). Conversions are PHP's. */
export class Input {
  readonly #values: Readonly<Record<string, unknown>>;

  /** The first file of a form. */
  readonly file: Buffer | undefined;

  constructor(request: SandboxRequest) {
    this.file = fileOf(request);
    this.#values = { ...Object.fromEntries(request.query), ...bodyOf(request) };
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== null;
  }

  text(name: string, fallback = ''): string {
    const value = this.#values[name];
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : fallback;
  }

  /** Whole numbers; text that is none is 0. */
  number(name: string, fallback = 0): number {
    const value = this.#values[name];
    if (value === undefined || value === null || value === '') return fallback;
    const number = Math.trunc(Number(value));
    return Number.isFinite(number) ? number : 0;
  }

  flag(name: string, fallback = false): boolean {
    const value = this.#values[name];
    if (value === undefined || value === null) return fallback;
    return value === true || value === 1 || value === '1' || value === 'true';
  }

  list(name: string): readonly unknown[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value : [];
  }
}

function bodyOf(request: SandboxRequest): Record<string, unknown> {
  if (request.body.length === 0) return {};
  const type = request.headers['content-type'] ?? '';
  const text = request.body.toString('utf8');
  if (type.includes('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  if (!type.includes('json')) return {};
  const parsed = parseJson(text);
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}

/** Forms with one file are all that is sent. */
function fileOf({ headers, body }: SandboxRequest): Buffer | undefined {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)/i.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return undefined;
  const headEnd = body.indexOf('\r\n\r\n');
  const end = body.indexOf(`\r\n--${boundary}`, headEnd);
  return headEnd < 0 || end < 0 ? undefined : body.subarray(headEnd + 4, end);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new Refusal(400);
    throw cause;
  }
}
