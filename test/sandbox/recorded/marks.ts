/**
 * Marks stand in data for what a server chooses itself. `‹message 692›` is a number and the same wherever it stands, `‹message "692"›`
 * is that as text; `‹number›`, `‹text›`, `‹list›` and `‹object›` are any such value.
 */
const mark = /‹([a-z]+)(?: ("?)([^›"]*)\2)?›/;
const everyMark = new RegExp(mark.source, 'g');

export interface Mark {
  readonly kind: string;
  /** What it was in the recording; empty for any value. */
  readonly name: string;
  readonly isText: boolean;
}

export function numberMark(kind: string, value: number): string {
  return `‹${kind} ${value}›`;
}

export function textMark(kind: string, value: string): string {
  return `‹${kind} "${value}"›`;
}

/** The mark that the whole text is. */
export function readMark(text: string): Mark | undefined {
  const found = mark.exec(text);
  if (found?.[0] !== text) return undefined;
  const [, kind = '', quote, name = ''] = found;
  return { kind, name, isText: quote === '"' };
}

/** A text with marks in it, each in place of what `valueOf` says. */
export function filled(text: string, valueOf: (mark: Mark) => string): string {
  return text.replaceAll(everyMark, (whole) => {
    const found = readMark(whole);
    return found === undefined ? whole : valueOf(found);
  });
}

export function hasMarks(text: string): boolean {
  return mark.test(text);
}
