import type { SandboxRequest } from '../http-server.js';
import { isObject, type JsonObject } from './events.js';
import { badJson, MatrixError, missingParam } from './matrix-error.js';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The body as a JSON object. Throws 400 M_NOT_JSON, M_BAD_JSON. */
export function jsonBody(
  request: SandboxRequest,
  options: { empty: 'refused' | 'allowed' } = { empty: 'refused' },
): JsonObject {
  if (request.body.length === 0 && options.empty === 'allowed') return {};
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(request.body));
  } catch {
    throw new MatrixError(400, 'M_NOT_JSON', 'Content not JSON.');
  }
  if (!isObject(value)) throw badJson('Content must be a JSON object.');
  return value;
}

export function requiredString(body: JsonObject, key: string): string {
  const value = body[key];
  if (value === undefined) throw missingParam(`Missing params: ['${key}']`);
  if (typeof value !== 'string') throw badJson(`'${key}' must be a string`);
  return value;
}

export function optionalString(body: JsonObject, key: string): string | undefined {
  const value = body[key];
  return typeof value === 'string' ? value : undefined;
}
