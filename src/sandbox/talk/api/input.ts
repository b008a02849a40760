import type { SandboxRequest } from '../../http-server.js';
import { Refusal } from '../refusal.js';

/** The parameters of a request: query, then body (JSON or form). Conversions are PHP's. */
export class Input {
  readonly #values: Readonly<Record<string, unknown>>;

  /** The first file of a form. */
  readonly file: Buffer | undefined;
  /** The body as it came. */
  readonly raw: string;

  constructor(request: SandboxRequest) {
    const form = readForm(request);
    this.file = form.file;
    this.raw = request.body.toString('utf8');
    this.#values = { ...Object.fromEntries(request.query), ...bodyOf(request), ...form.fields };
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

  map(name: string): Readonly<Record<string, unknown>> {
    const value = this.#values[name];
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
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

interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: Buffer | undefined;
}

/** The parts of a form: fields by their names, and the first file. */
function readForm({ headers, body }: SandboxRequest): Form {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)/i.exec(headers['content-type'] ?? '')?.[1];
  const fields: Record<string, string> = {};
  let file: Buffer | undefined;
  if (boundary === undefined) return { fields, file };
  const mark = Buffer.from(`--${boundary}`);
  for (let at = body.indexOf(mark); at >= 0;) {
    const next = body.indexOf(mark, at + mark.length);
    if (next < 0) break;
    const headEnd = body.indexOf('\r\n\r\n', at);
    const content = body.subarray(headEnd + 4, next - 2);
    const head = body.subarray(at, headEnd).toString('utf8');
    const name = /[; ]name="([^"]*)"/i.exec(head)?.[1];
    if (/filename=/i.test(head)) file ??= content;
    else if (name !== undefined) fields[name] = content.toString('utf8');
    at = next;
  }
  return { fields, file };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new Refusal(400);
    throw cause;
  }
}
