import { readFile, stat } from 'node:fs/promises';
import { systemErrorCode } from './system-error.js';

export type FileRead =
  | { readonly text: string; readonly readableBy: 'some' | 'everybody' }
  /** `reason` is a few words for a person: `no such file`. */
  | { readonly text: undefined; readonly missing: boolean; readonly reason: string };

/** How settings read files: injected, so that tests need none. Never throws. */
export type ReadFile = (absolutePath: string) => Promise<FileRead>;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read by this user',
  EPERM: 'it may not be read by this user',
  EISDIR: 'it is a folder',
};

/** Settings and secrets are small: what is larger was named by mistake. */
const maxBytes = 4 * 1024 * 1024;

export const readFileFromDisk: ReadFile = async (absolutePath) => {
  try {
    const { mode, size } = await stat(absolutePath);
    if (size > maxBytes) return { text: undefined, missing: false, reason: 'it is larger than 4 MiB' };
    const text = await readFile(absolutePath, 'utf8');
    return { text, readableBy: (mode & 0o004) === 0 ? 'some' : 'everybody' };
  } catch (error) {
    const code = systemErrorCode(error) ?? 'unknown';
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    return { text: undefined, missing, reason: reasons[code] ?? `it cannot be read (${code})` };
  }
};
