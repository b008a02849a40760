import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exchanges } from './exchange-server.js';

const folder = '../shared/talk-recordings';

interface Recording {
  readonly recording: string;
  readonly steps: readonly {
    readonly step: string;
    readonly request?: { readonly method: string; readonly path: string; readonly query: object | null };
    readonly response?: { readonly status: number };
  }[];
}

describe('the exchanges that the client is held against', () => {
  if (!existsSync(folder)) {
    it('SKIPPED: the recordings of a real server are not beside the project', () => {
      console.warn('SKIPPED: no ../shared/talk-recordings beside the project, so the exchanges were not compared');
      expect(existsSync(folder)).toBe(false);
    });
  } else {
    const asked = new Set(
      readdirSync(folder)
        .filter((name) => /^\d/.test(name))
        .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recording)
        .flatMap(({ recording, steps }) =>
          steps.map(({ step, request, response }) =>
            [`${recording}: ${step}`, request?.method, request?.path, textsOf(request?.query), response?.status].join(
              ' ',
            ),
          ),
        ),
    );

    it('were asked and answered so, where they say in which recording', () => {
      const taken = exchanges()
        .filter(({ from }) => from !== 'description')
        .map(({ from, request, response }) =>
          [from, request.method, request.path, textsOf(request.query), response.status].join(' '),
        );
      expect(taken.length).toBeGreaterThan(200);
      expect(taken.filter((exchange) => !asked.has(exchange))).toEqual([]);
    });
  }
});

/** A query as its texts, whatever its values were written as. */
function textsOf(query: object | null | undefined): string {
  return JSON.stringify(Object.entries(query ?? {}).map(([name, value]) => [name, String(value)]));
}
