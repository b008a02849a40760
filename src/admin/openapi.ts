import { z } from 'zod';
import { type ApiOperation, apiOperations } from './api-operations.js';
import { linkName, refusal } from './api.schemas.js';

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

/** Pure: the document of the HTTP API. */
export function openApiDocument(operations: readonly ApiOperation[] = apiOperations): OpenApiDocument {
  const paths: Record<string, Record<string, object>> = {};
  const schemas: Record<string, object> = { Refusal: schemaOf(refusal, 'output') };
  for (const operation of operations) {
    if (operation.answer !== 'document') schemas[operation.answer.name] = schemaOf(operation.answer.schema, 'output');
    if (operation.body !== undefined) schemas[bodyName(operation)] = schemaOf(operation.body, 'input');
    (paths[operation.path] ??= {})[operation.method] = described(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Crosstalk',
      version: '1',
      description:
        'What an operator may see and do: the verbs of the command line, on the admin listener. ' +
        'Nothing that people said is ever shown.',
    },
    security: [{ token: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: '`listen.admin.token`; where that is not set, the token that `crosstalk page` shows.',
        },
      },
    },
  };
}

/** As a file. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), undefined, 2)}\n`;
}

function described({ id, summary, path, query, body, answer, refuses, ...rest }: ApiOperation): object {
  const parameters = [
    ...(path.includes('{name}')
      ? [{ name: 'name', in: 'path', required: true, schema: schemaOf(linkName, 'input') }]
      : []),
    ...queryParameters(query),
  ];
  return {
    operationId: id,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, ...json({ $ref: `#/components/schemas/${bodyName({ id, ...rest })}` }) } }),
    responses: {
      200: answered(answer),
      ...(query === undefined && body === undefined && !path.includes('{name}')
        ? {}
        : { 400: refused('It makes no sense as it was asked.') }),
      401: refused('The token is missing or wrong.'),
      403: refused('It was called by another address, or by a page of one.'),
      ...(refuses === true ? { 404: refused('There is no such link or account.'), 409: refused('It cannot be.') } : {}),
      ...(body === undefined ? {} : { 413: refused('The body is too large.') }),
      default: refused('Whatever else went wrong.'),
    },
  };
}

function answered(answer: ApiOperation['answer']): object {
  if (answer === 'document') return { description: 'The document.', ...json({ type: 'object' }) };
  const schema = { $ref: `#/components/schemas/${answer.name}` };
  return answer.as === 'events'
    ? { description: 'One in each `data`.', content: { 'text/event-stream': { schema } } }
    : { description: 'Done.', ...json(schema) };
}

const refused = (description: string): object => ({ description, ...json({ $ref: '#/components/schemas/Refusal' }) });
const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const bodyName = ({ id }: Pick<ApiOperation, 'id'>): string => `${id.slice(0, 1).toUpperCase()}${id.slice(1)}Body`;

function queryParameters(query: z.ZodType | undefined): object[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
