import { pathText, type Path } from './settings-tree.js';

/** Where in the file, or by which variable of the environment, it was written. Lines and columns count from 1. */
export type FaultPlace = { readonly line: number; readonly column: number } | { readonly variable: string };

/** One thing that is wrong with the settings. Never holds a secret's value. */
export interface SettingsFault {
  /** `accounts.home.url`; the name of a variable or file where no key is concerned. */
  readonly path: string;
  /** What is wrong, without the path: `is missing`. */
  readonly problem: string;
  /** What to do about it: one sentence. */
  readonly remedy: string;
  /** Absent where it was not written at all, or the path says it. */
  readonly where?: FaultPlace;
}

/** A fault before its place was looked up. A path of one part may be the name of a file or variable. */
export interface Finding {
  readonly path: Path;
  readonly problem: string;
  readonly remedy: string;
  readonly where?: FaultPlace;
}

/** `whereIs` knows where a key was written. */
export function faultOf({ path, ...rest }: Finding, whereIs: (path: Path) => FaultPlace | undefined): SettingsFault {
  const where = rest.where ?? whereIs(path);
  return { ...rest, path: pathText(path), ...(where === undefined ? {} : { where }) };
}

function renderPlace(where: FaultPlace | undefined): string {
  if (where === undefined) return '';
  return 'variable' in where ? ` (${where.variable})` : ` (line ${where.line}, column ${where.column})`;
}

function renderFault({ path, where, problem, remedy }: SettingsFault): string {
  return `${path}${renderPlace(where)}: ${problem}\n    ${remedy}`;
}

/** In the order of the file; what is not in it comes last. */
export function inOrder(faults: readonly SettingsFault[]): SettingsFault[] {
  const last = { line: Number.MAX_SAFE_INTEGER, column: 0 };
  const placeOf = ({ where }: SettingsFault) => (where !== undefined && 'line' in where ? where : last);
  return [...faults].sort((a, b) => placeOf(a).line - placeOf(b).line || placeOf(a).column - placeOf(b).column);
}

/** Everything that is wrong with the settings, at once. The message is made to be printed as it is. */
export class SettingsFaults extends Error {
  constructor(
    readonly faults: readonly SettingsFault[],
    file?: string,
  ) {
    const count = faults.length === 1 ? 'One thing is' : `${faults.length} things are`;
    const title = `${count} wrong with the settings${file === undefined ? '' : ` in ${file}`}:`;
    super([title, ...faults.map((fault) => `  - ${renderFault(fault)}`)].join('\n'));
    this.name = 'SettingsFaults';
  }
}
