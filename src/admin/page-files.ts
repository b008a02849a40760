import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The operator's page as it was built; without files where it was not. */
export class PageFiles {
  readonly #assets = new Map<string, PageFile>();
  readonly page: PageFile | undefined;

  constructor(folder: string) {
    const html = contentOf(() => readFileSync(join(folder, 'operator.html')));
    if (html === undefined) return;
    this.page = { type: 'text/html; charset=utf-8', bytes: html };
    for (const name of contentOf(() => readdirSync(join(folder, 'assets'))) ?? []) {
      const type = types[extname(name)];
      if (type !== undefined) this.#assets.set(name, { type, bytes: readFileSync(join(folder, 'assets', name)) });
    }
  }

  asset(name: string): PageFile | undefined {
    return this.#assets.get(name);
  }
}

function contentOf<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
