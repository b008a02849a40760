import { z } from 'zod';
import type { Seen } from './replay.js';

interface Schema {
  readonly [key: string]: unknown;
}

/** As much of an OpenAPI description as is asked here. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

interface Endpoint {
  readonly name: string;
  /** The path with its parameters, but for the version. */
  readonly sample: string;
  readonly pattern: RegExp;
  readonly literals: number;
  readonly operation: Operation;
}

/** What the real server answers and its description does not say: seen in the recordings. */
const undescribed: readonly { readonly ask: RegExp; readonly status: number }[] = [
  // Not a member, no moderator, read-only, waiting in the lobby, no header: what stands before every endpoint.
  { ask: /./, status: 403 },
  { ask: /./, status: 404 },
  { ask: /./, status: 406 },
  { ask: /./, status: 412 },
];

/** Fields that PHP writes as an empty list where it means an empty map. */
const maps = new Set(['messageParameters', 'reactions', 'votes']);

/** Answers that are right where their description is not, each with why. */
const looser: Readonly<Record<string, string>> = {
  'POST /room/{token}/import-emails 400': 'the error is the sentence that names the lines (recording 15)',
  'POST /signaling/backend 200': 'names and numbers stand where maps are described',
  'GET /bridge/{token} 200': 'names stand where maps are described',
  'GET /bot/admin 200': 'last_error_message is null where there was none (recording 15)',
};

/** Checks answers against the description of an API. */
export class ApiDescription {
  readonly #endpoints: Endpoint[];
  readonly #checks = new Map<Schema, z.ZodType>();
  readonly #definitions: Readonly<Record<string, unknown>>;

  constructor(description: OpenApi) {
    this.#definitions = withDefinitions(description.components.schemas) as Readonly<Record<string, unknown>>;
    this.#endpoints = Object.entries(description.paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([method]) => /^(get|post|put|delete)$/.test(method))
        .map(([method, operation]) => endpoint(method, path, operation)),
    );
  }

  /** Each endpoint with the statuses that are described: `GET /ban/{token} 200`. */
  get answers(): string[] {
    return this.#endpoints.flatMap(({ name, operation }) =>
      Object.keys(operation.responses).map((status) => `${name} ${status}`),
    );
  }

  /** A path of each endpoint, in the room of that token. */
  samples(token: string): { readonly method: string; readonly path: string; readonly name: string }[] {
    return this.#endpoints.map(({ name, sample }) => ({
      name,
      method: name.slice(0, name.indexOf(' ')),
      path: sample
        .replace('{token}', token)
        .replace('{size}', '64')
        .replaceAll(/\{[a-zA-Z]+\}/g, '1'),
    }));
  }

  /** Which of `answers` it is; undefined for what is not described. */
  nameOf({ method, path, status }: Pick<Seen, 'method' | 'path' | 'status'>): string | undefined {
    const found = this.#find(method, path);
    return found === undefined ? undefined : `${found.name} ${status}`;
  }

  /** What the description does not allow. An endpoint that it does not have is allowed everything. */
  faults(seen: Seen): string[] {
    const found = this.#find(seen.method, seen.path);
    if (found === undefined) return [];
    const name = `${found.name} ${seen.status}`;
    const response = found.operation.responses[String(seen.status)];
    if (response === undefined) {
      const isSeen = undescribed.some(({ ask, status }) => status === seen.status && ask.test(found.name));
      return isSeen ? [] : [`${name}: no such status`];
    }
    const schema = response.content?.['application/json']?.schema;
    if (schema === undefined || !seen.type.includes('json') || looser[name] !== undefined) return [];
    const check = this.#check(schema);
    const checked = check.safeParse(asMaps(seen.body));
    if (checked.success || (isBare(seen.body) && check.safeParse({ ocs: { ...ocsOf(seen.body), data: {} } }).success)) {
      return [];
    }
    // What stands before the endpoint answers 401, 403 and 404 with an empty list or null, whatever is described.
    if (seen.status >= 400 && isBare(seen.body)) return [];
    return checked.error.issues.map((issue) => `${name}: ${issue.path.join('.')}: ${issue.message}`);
  }

  #find(method: string, path: string): Endpoint | undefined {
    const fitting = this.#endpoints.filter(({ name, pattern }) => name.startsWith(`${method} `) && pattern.test(path));
    return fitting.sort((a, b) => b.literals - a.literals)[0];
  }

  #check(schema: Schema): z.ZodType {
    const known = this.#checks.get(schema);
    if (known !== undefined) return known;
    const whole = { ...(withDefinitions(schema) as object), definitions: this.#definitions };
    const check = z.fromJSONSchema(whole, { defaultTarget: 'openapi-3.0' });
    this.#checks.set(schema, check);
    return check;
  }
}

function endpoint(method: string, path: string, operation: Operation): Endpoint {
  const version = operation.parameters?.find(({ name }) => name === 'apiVersion')?.schema['enum'];
  const versions = Array.isArray(version) ? version.map(String).join('|') : '';
  const parts = path.split('/').map((part) => {
    if (part === '{apiVersion}') return `(?:${versions})`;
    if (/^\{(messageId|threadId|pollId|banId|botId|attendeeId|id|serverId)\}$/.test(part)) return '\\d+';
    return part.startsWith('{') ? '[^/]+' : part.replaceAll('.', '\\.');
  });
  const name = `${method.toUpperCase()} ${path.replace(/^.*\/spreed(\/api\/\{apiVersion\})?/, '')}`;
  const literals = path.split('/').filter((part) => !part.startsWith('{')).length;
  const sample = path.replace('{apiVersion}', Array.isArray(version) ? String(version[0]) : '');
  return { name, sample, pattern: new RegExp(`^${parts.join('/')}$`), literals, operation };
}

/** References within the description, as a check of one schema finds them. */
function withDefinitions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withDefinitions);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string'
        ? item.replace('#/components/schemas/', '#/definitions/')
        : withDefinitions(item),
    ]),
  );
}

function asMaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asMaps);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isEmptyMap = maps.has(key) && Array.isArray(item) && item.length === 0;
      return [key, isEmptyMap ? {} : asMaps(item)];
    }),
  );
}

function ocsOf(body: unknown): { readonly data?: unknown } {
  return (body as { ocs?: { data?: unknown } } | null)?.ocs ?? {};
}

function isBare(body: unknown): boolean {
  const { data } = ocsOf(body);
  return data === null || (Array.isArray(data) && data.length === 0);
}
