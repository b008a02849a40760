import { withLine } from '../formatting/named-files.js';
import { toMarkdown } from '../formatting/markdown.js';
import { labelOf, toPlain } from '../formatting/plain.js';
import { splitRich } from '../formatting/split-rich.js';
import type { MessageSent } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { firstCorrection } from '../model/corrections.js';
import { firstFilePart, isTextFile } from '../model/file-parts.js';
import type { FileRef } from '../model/ids.js';
import type { Copy } from '../model/network-adapter.js';
import type { RichText } from '../model/rich-text.js';

/** Every network takes a file of that name, and people can open it wherever they are. */
const name = 'message.md';
/** As much as people see of it without opening the file: surely one message. */
const mostShown = { chars: 1_000, ofMessage: 1 / 10 };

type Limits = Pick<Capabilities, 'maxTextChars' | 'maxTextBytes' | 'maxTextMessages' | 'maxFileBytes'>;

/** Whatever it takes. */
const inFile = 0;

/** Pure: what was begun one way ends that way, whatever the settings say by now. Its first part says nothing of it: both ways have one. */
export function asBegun<L extends Limits>(limits: L, made: readonly Pick<Copy, 'part'>[]): L {
  if (made.some(isTextFile)) return { ...limits, maxTextMessages: inFile };
  if (!made.some(isFurtherText)) return limits;
  const { maxTextMessages: _since, ...before } = limits;
  return before as L;
}

/** Of a message or of its correction. */
function isFurtherText({ part }: Pick<Copy, 'part'>): boolean {
  const within = part < firstCorrection ? part : part - firstCorrection;
  return within > 0 && within < firstFilePart;
}

/** Pure: whether a text would take more messages of a room than it may. How much its marks take is not looked at. */
export function isForFile(body: RichText, { maxTextMessages, maxFileBytes, ...limits }: Limits): boolean {
  if (maxTextMessages === undefined) return false;
  if (maxTextMessages === inFile) return true;
  const text = toPlain(body);
  const messages = Math.max(
    text.length / limits.maxTextChars,
    Buffer.byteLength(text) / (limits.maxTextBytes ?? Infinity),
  );
  return messages > maxTextMessages && Buffer.byteLength(markdownOf(body)) <= maxFileBytes;
}

/** Pure: a message whose text is too long for its room, with its beginning as its words and the whole in a file; any other as it is. */
export function withTextFile(said: MessageSent, limits: Limits, networkLabel: string): MessageSent {
  if (!isForFile(said.body, limits)) return said;
  const text = markdownOf(said.body);
  const file: FileRef = {
    account: said.room.account,
    id: name,
    name,
    mime: 'text/markdown',
    bytes: Buffer.byteLength(text),
    text,
    elsewhere: { network: networkLabel },
  };
  const shownChars = Math.min(mostShown.chars, mostShown.ofMessage * limits.maxTextChars);
  const [beginning = []] = splitRich(said.body, (part) => toPlain(part).length / shownChars);
  return { ...said, body: withLine(beginning, `… (${name})`), files: [...said.files, file] };
}

/** As it stands in the file. */
function markdownOf(body: RichText): string {
  return toMarkdown(body, { mention: labelOf });
}
