import { cleanName } from '../../formatting/names.js';
import { localpartOf } from './matrix.ids.js';
import type { MessageContent } from './matrix.payloads.js';

/** What a client without pictures shows of a message: its text, or the name of what it carries. */
export function readableText({ msgtype, body = '', filename }: MessageContent): string {
  const isFile = msgtype === 'm.image' || msgtype === 'm.file' || msgtype === 'm.audio' || msgtype === 'm.video';
  if (!isFile) return body;
  const name = filename ?? body;
  // With a name of its own, the body of a file is its caption.
  const caption = filename === undefined || filename === body ? '' : body;
  return [name === '' ? '' : `📎 ${name}`, caption].filter((line) => line !== '').join('\n');
}

/** What a user is called; without a name of its own, by its id. */
export function shownName(name: string | undefined, user: string): string {
  return cleanName(name === undefined || name.trim() === '' ? localpartOf(user) : name);
}

export interface WithoutFallback {
  readonly text: string;
  readonly quoted?: { readonly name: string; readonly text: string };
}

/**
 * Cuts off the quote that older clients put in front of a reply: `> <@user:server> …` up to an empty line.
 * Source: client-server API, "Fallbacks for rich replies" (before 1.13).
 */
export function withoutReplyFallback(body: string): WithoutFallback {
  const first = /^> (?:\* )?<(@[^>\n]+)> ?(.*)$/m.exec(body);
  if (first?.index !== 0) return { text: body };
  const lines = body.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('>'));
  const quoted = (end === -1 ? lines : lines.slice(0, end)).map((line) => line.replace(/^> ?/, ''));
  quoted[0] = first[2] ?? '';
  const rest = end === -1 ? [] : lines.slice(lines[end] === '' ? end + 1 : end);
  return {
    text: rest.join('\n'),
    quoted: { name: localpartOf(first[1] ?? ''), text: quoted.join('\n').trim() },
  };
}
