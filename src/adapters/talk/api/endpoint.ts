import type { z } from 'zod';
import type { Act, Missing } from '../talk.errors.js';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'MKCOL' | 'MOVE' | 'PROPFIND';

/** Named values, each with what it may be. */
export type Shape = Readonly<Record<string, z.ZodType>>;

/** What an endpoint is asked with, before its place in the request is known. */
export type Given = Readonly<Record<string, unknown>>;

/** How an endpoint that has no envelope answers. */
export type AnswerForm = 'ocs' | 'json' | 'bytes' | 'nothing';

/** One endpoint: what it is asked with, what it answers, and by which statuses it refuses. Source: OpenAPI of Talk 22. */
export interface Endpoint<Args = never, Data = unknown, Status extends number = number> {
  /** `chat.send`: its group and its method there. */
  readonly name: string;
  readonly method: HttpMethod;
  /** `v1`, `v3`, `v4`; undefined for what is not of Talk itself. */
  readonly version: string | undefined;
  /** Below the base address of the server, with `{token}` and others for what is put in. */
  readonly path: string;
  readonly query: Shape;
  readonly body: Shape;
  /** Arguments of neither: those of headers, a file, and what is signed with. */
  readonly besides: Shape;
  /** Arguments that travel in headers, with the names of these. */
  readonly headers: Readonly<Record<string, string>>;
  /** A body that is no JSON: `form`: the arguments as a web form; `upload`: a form with the argument `file`; `file`: `file` alone. */
  readonly sends: 'json' | 'form' | 'upload' | 'file';
  /** What the file of an upload is called in its form. */
  readonly uploadField: string;
  readonly answers: AnswerForm;
  readonly data: z.ZodType<Data>;
  /** Every status that is documented. */
  readonly statuses: readonly Status[];
  readonly act: Act;
  /** The capability without which the server does not have it. */
  readonly needs: string | undefined;
  /** What its 404 says is not there; undefined: the answer tells. */
  readonly absent: Missing | undefined;
  /** Asked by somebody who is not logged in: who asks is known by a signature, or nobody needs to know. */
  readonly isAnonymous: boolean;
  /** Adds to the headers what proves who asks. */
  readonly sign: ((args: Given) => Readonly<Record<string, string>>) | undefined;
  /** How long the server may hold it. */
  readonly heldMs: ((args: Given) => number) | undefined;
  readonly maxBytes: number | undefined;
  /** A type alone: what the method is called with. */
  readonly takes?: Args;
}

/** An endpoint whose types nobody needs. */
export type AnyEndpoint = Omit<Endpoint, 'takes'>;

export type SuccessStatus = 200 | 201 | 202 | 204 | 207 | 304;

type Placeholders<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

type Needed<S extends Shape> = { [K in keyof S as undefined extends z.input<S[K]> ? never : K]: z.input<S[K]> };
type Spared<S extends Shape> = {
  [K in keyof S as undefined extends z.input<S[K]> ? K : never]?: z.input<S[K]> | undefined;
};
/** Of no named fields: nothing. */
type Fields<S extends Shape> = string extends keyof S ? unknown : Needed<S> & Spared<S>;
type Args<Path extends string, Query extends Shape, Body extends Shape, Extra extends Shape> = {
  [K in Placeholders<Path>]: string | number;
} & Fields<Query> &
  Fields<Body> &
  Fields<Extra>;

type Parts<Query extends Shape, Body extends Shape, Extra extends Shape, Data, Status extends number> = Partial<
  Pick<
    Endpoint,
    'sends' | 'uploadField' | 'answers' | 'needs' | 'absent' | 'isAnonymous' | 'sign' | 'heldMs' | 'maxBytes' | 'act'
  >
> & {
  readonly query?: Query;
  readonly body?: Body;
  readonly besides?: Extra;
  readonly headers?: Endpoint['headers'];
  readonly data: z.ZodType<Data>;
  readonly statuses: readonly Status[];
};

type Where = `${HttpMethod} /${string}`;

/** An endpoint of Talk: `v1 POST /chat/{token}`. */
export function talk<
  const Path extends `v${1 | 3 | 4} ${Where}`,
  Data,
  const Status extends number,
  Query extends Shape = Shape,
  Body extends Shape = Shape,
  Extra extends Shape = Shape,
>(where: Path, parts: Parts<Query, Body, Extra, Data, Status>): Endpoint<Args<Path, Query, Body, Extra>, Data, Status> {
  const [version = '', method = '', path = ''] = where.split(' ');
  return whole(method as HttpMethod, version, `/ocs/v2.php/apps/spreed/api/${version}${path}`, parts);
}

/** An endpoint of the server around Talk: `GET /ocs/v2.php/cloud/user`. */
export function around<
  const Path extends Where,
  Data,
  const Status extends number,
  Query extends Shape = Shape,
  Body extends Shape = Shape,
  Extra extends Shape = Shape,
>(where: Path, parts: Parts<Query, Body, Extra, Data, Status>): Endpoint<Args<Path, Query, Body, Extra>, Data, Status> {
  const [method = '', path = ''] = where.split(' ');
  return whole(method as HttpMethod, undefined, path, parts);
}

function whole<Arguments, Data, Status extends number>(
  method: HttpMethod,
  version: string | undefined,
  path: string,
  parts: Parts<Shape, Shape, Shape, Data, Status>,
): Endpoint<Arguments, Data, Status> {
  return {
    name: '',
    method,
    version,
    path,
    query: parts.query ?? {},
    body: parts.body ?? {},
    besides: parts.besides ?? {},
    headers: parts.headers ?? {},
    sends: parts.sends ?? 'json',
    uploadField: parts.uploadField ?? 'file',
    answers: parts.answers ?? 'ocs',
    data: parts.data,
    statuses: parts.statuses,
    act: parts.act ?? (method === 'GET' ? 'read' : 'write'),
    needs: parts.needs,
    absent: parts.absent,
    isAnonymous: parts.isAnonymous ?? false,
    sign: parts.sign,
    heldMs: parts.heldMs,
    maxBytes: parts.maxBytes,
  };
}

/** The endpoints of one group, each with its name. */
export function group<const E extends Readonly<Record<string, AnyEndpoint>>>(name: string, endpoints: E): E {
  const named = Object.entries(endpoints).map(([method, endpoint]) => [
    method,
    { ...endpoint, name: `${name}.${method}` },
  ]);
  return Object.fromEntries(named) as E;
}

/** The names in braces of a path. */
export function placeholdersIn(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}
