import { readFileSync } from 'node:fs';
import { RequestMethod } from '@nestjs/common';
import { adminControllers } from './admin.module.js';
import { openApiDocument } from './openapi.js';

/** The routes of the API as Nest knows them: `GET /api/links/{name}`. */
function routes(): string[] {
  return adminControllers.flatMap((controller) => {
    const base = Reflect.getMetadata('path', controller) as string;
    const prototype = controller.prototype as unknown as Record<string, object>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const path = Reflect.getMetadata('path', prototype[name]!) as string | undefined;
      if (name === 'constructor' || path === undefined) return [];
      const method = RequestMethod[Reflect.getMetadata('method', prototype[name]!) as number];
      const whole = `/${[base, path].filter((part) => part !== '/').join('/')}`.replace(/:(\w+)/g, '{$1}');
      return whole.startsWith('/api/') ? [`${String(method)} ${whole}`] : [];
    });
  });
}

const document = openApiDocument();

describe('the OpenAPI document', () => {
  it('names every route of the API, and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(routes().sort());
    expect(described).toHaveLength(13);
  });

  it('is what `npm run generate` wrote', () => {
    expect(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))).toEqual(document);
  });

  it('refers only to what it has', () => {
    const text = JSON.stringify(document);
    const wanted = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]);
    expect(new Set(wanted)).toEqual(new Set(Object.keys(document.components.schemas)));
  });

  it('every operation is for those with the token, and has a name and a summary', () => {
    expect(document.security).toEqual([{ token: [] }]);
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods)) as {
      operationId: string;
      summary: string;
      responses: Record<string, object>;
    }[];
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(13);
    for (const { summary, responses } of operations) {
      expect(summary).toMatch(/\.$/);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '401', '403']));
    }
  });
});
