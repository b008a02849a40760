import { bytesInWords } from '../formatting/bytes-in-words.js';
import { withFileNames } from '../formatting/named-files.js';
import type { MessageEdited, MessageSent, ThreadChanged } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { isOfFiles, notTaken } from '../model/file-parts.js';
import type { FileRef } from '../model/ids.js';
import type { RichText } from '../model/rich-text.js';
import { asItIs, type Degraded, line, type Resolved } from './degraded.js';
import { noticeOf } from './notices.js';
import { pollIn, staysAsItWas } from './polls.js';
import { isForFile } from './text-files.js';

const quotedChars = 120;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

export function message(event: MessageSent, capabilities: Capabilities, resolved: Resolved): Degraded {
  if (event.body.length === 0 && event.files.length === 0) return { skip: 'there is nothing in it' };
  const fitting = { ...event, files: event.files.map((file) => fit(file, capabilities)) };
  const said = titled(threaded(fitting, capabilities, resolved), capabilities);
  return asItIs(answering(said, capabilities, resolved), resolved);
}

/** Pure: what the room does not take is told of in its place. */
export function fit(file: FileRef, { maxFileBytes }: Pick<Capabilities, 'maxFileBytes'>): FileRef {
  if (file.instead !== undefined) return file;
  if (maxFileBytes === 0) return { ...file, instead: notTaken('this room takes no files', file) };
  if ((file.bytes ?? 0) <= maxFileBytes) return file;
  return { ...file, instead: notTaken(tooLarge(maxFileBytes), file) };
}

/** Pure: what is said of a file that is larger. */
export function tooLarge(maxFileBytes: number): string {
  return `this room takes files up to ${bytesInWords(maxFileBytes)}`;
}

/** Where threads have no names, the first message begins with it. */
function titled<E extends MessageSent | MessageEdited>(event: E, { threads }: Pick<Capabilities, 'threads'>): E {
  if (event.title === undefined || threads === 'titled') return event;
  const { title: _inBody, ...rest } = event;
  return { ...rest, body: shownWith(event.title, event.body) } as E;
}

/** Pure: what a message shows that begins a thread of that name, where the name stands in the text. */
export function shownWith(title: string | undefined, body: RichText): RichText {
  if (title === undefined) return body;
  const name = { type: 'bold', content: [{ type: 'text', text: title }] } as const;
  return [{ type: 'paragraph', content: [{ type: 'text', text: '🧵 ' }, name] }, ...body];
}

/** Another name: of the thread itself, in its first message, or, where that is not its author's to change, in a line of the thread. */
export function threadNamed(event: ThreadChanged, capabilities: Capabilities, resolved: Resolved): Degraded {
  const { room, actor, at, thread, title, first } = event;
  const told = line(event, noticeOf(event, resolved.networkLabel));
  const inThread = message({ ...told.event, by: 'bridge', thread }, capabilities, { ...resolved, thread: 'found' });
  if (capabilities.threads === 'titled' && resolved.can('threadChanged')) {
    const inLine = 'event' in inThread && inThread.event.kind === 'messageSent' ? { inLine: inThread.event } : {};
    return { event, by: 'bridge', ...inLine };
  }
  // One that stands in a file is not written anew for its name.
  if (first === undefined || isForFile(first.body, capabilities)) return inThread;
  return edit(
    { kind: 'messageEdited', room, actor, at, message: thread, ...first, title, version: '0' },
    capabilities,
    resolved,
  );
}

/** Where a room has no threads, what is said in one answers its first message. */
function threaded(event: MessageSent, capabilities: Capabilities, { thread }: Resolved): MessageSent {
  if (event.thread === undefined || (capabilities.threads !== 'none' && thread === 'found')) return event;
  const { thread: root, ...rest } = event;
  return event.replyTo === undefined && thread === 'found' ? { ...rest, replyTo: root } : rest;
}

function answering<E extends MessageSent | MessageEdited>(
  event: E,
  capabilities: Capabilities,
  { replyTarget }: Resolved,
): E {
  const isNative = event.replyTo === undefined || (replyTarget !== 'missing' && capabilities.replies === 'quote');
  if (isNative) return event;
  const { replyTo: _unreachable, ...rest } = event;
  return { ...rest, body: [...quoteOf(event), ...event.body] } as unknown as E;
}

/** A short quote stands in for a reply's target that is not to be seen in the room. */
function quoteOf(event: MessageSent | MessageEdited): RichText {
  if (event.quoted === undefined) return [];
  const { name, text } = event.quoted;
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const short = line.length > quotedChars ? `${beginning(line)}…` : line;
  return [{ type: 'quote', content: [{ type: 'paragraph', content: [{ type: 'text', text: `${name}: ${short}` }] }] }];
}

/** As much as a quote takes, without cutting what is seen as one character. */
function beginning(line: string): string {
  let end = 0;
  for (const { index, segment } of graphemes.segment(line)) {
    if (index + segment.length > quotedChars) break;
    end = index + segment.length;
  }
  return line.slice(0, end);
}

/** Past the time in which the room takes edits, or where they are so long that they stand in a file, the new words are said as an answer to the old ones. */
export function edit(event: MessageEdited, capabilities: Capabilities, resolved: Resolved): Degraded {
  const { files = [], title } = event;
  // A file may be taken away at any time, whatever the words are.
  if (isOfFiles(event)) return asItIs(event, resolved);
  if (event.body.length === 0 && files.length === 0 && title === undefined) return { skip: 'there is nothing in it' };
  const { asks } = event;
  const form = asks === undefined ? undefined : pollIn(asks.kept ?? asks.options.length, capabilities);
  const isKept = asks?.kept !== undefined && form !== 'words';
  if (form === 'counted' && !isKept) return { skip: 'the poll itself shows it' };
  // Nobody changes what a poll asks that the room counts the votes of.
  const editWindowMs = form === 'native' || isKept ? 0 : capabilities.editWindowMs;
  const { copyAgeMs = 0 } = resolved;
  const named = titled(event, capabilities);
  const shown = answering(named, capabilities, resolved);
  if (resolved.lost?.words === 'same') return asItIs(shown, resolved);
  const isInTime = editWindowMs === undefined || copyAgeMs < editWindowMs;
  if (isInTime && !isForFile(event.body, capabilities)) return asItIs(shown, resolved);
  const { version: _version, title: _title, quoted: _quoted, ...rest } = named;
  const words = corrected(rest.body.length === 0 ? withFileNames([], files) : rest.body);
  const body = isKept ? [...words, ...staysAsItWas] : words;
  return asItIs({ ...rest, kind: 'messageSent', body, files: [], replyTo: event.message }, resolved);
}

function corrected(body: RichText): RichText {
  const [first, ...others] = body;
  if (first?.type !== 'paragraph') return [{ type: 'paragraph', content: [{ type: 'text', text: '✏️' }] }, ...body];
  return [{ ...first, content: [{ type: 'text', text: '✏️ ' }, ...first.content] }, ...others];
}
