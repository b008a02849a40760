import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page was not built. The message is a sentence for a person. */
export class PageNotBuilt extends Error {}

/** The built page, by the paths it is asked for; `/` is its beginning. Throws PageNotBuilt. */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const entry of listOf(folder)) {
    const type = types[extname(entry)];
    if (type === undefined) continue;
    const path = `/${relative(folder, entry).split(sep).join('/')}`;
    files.set(path === '/index.html' ? '/' : path, { type, bytes: readFileSync(entry) });
  }
  if (!files.has('/'))
    throw new PageNotBuilt(`The page is not built: ${folder} has no index.html. npm run build makes it.`);
  return files;
}

function listOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
