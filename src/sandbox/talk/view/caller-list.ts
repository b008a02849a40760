export interface Caller {
  readonly name: string;
  readonly email: string;
  readonly type: string;
  readonly id: string;
}

/** Pure: those in a call as a table of comma separated values, with a line of titles. */
export function callerList(callers: readonly Caller[]): string {
  const rows = callers.map(({ name, email, type, id }) => [name, email, type, id].map(cell).join(','));
  return [`name,email,type,identifier`, ...rows].map((row) => `${row}\n`).join('');
}

function cell(text: string): string {
  return /[",\s]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
