import { cleanText } from '../../formatting/clean.js';
import { cleanName } from '../../formatting/names.js';
import { toPlain } from '../../formatting/plain.js';
import { splitText } from '../../formatting/split.js';
import type { MessageSent } from '../../model/bridge-event.js';
import type { DeliveryKey } from '../../model/ids.js';
import { deliveryField } from './matrix.ids.js';
import type { JsonObject } from './matrix.payloads.js';

/**
 * The longest text of one event in bytes of UTF-8. An event may have 65,536 bytes as canonical JSON; ids, hashes,
 * signatures and what stands beside the text take up to 4,000 of them.
 */
export const maxTextBytes = 60_000;
/** The same as a JSON string with its quotes: line ends, quotes and backslashes take two bytes there. */
const maxJsonBytes = 61_000;
const longestNameChars = 255;

/** Who is seen to speak: a ghost says it itself; for the relay, the text says who speaks. */
export type Voice =
  { readonly as: 'ghost' } | { readonly as: 'relay'; readonly name: string; readonly networkLabel: string };

export interface Placing {
  readonly voice: Voice;
  /** The event that is answered. */
  readonly replyTo?: string;
  /** The first event of the thread. */
  readonly thread?: string;
}

/** The contents of the `m.room.message` events that show a message, in order; one at least. */
export function toMatrix(event: Pick<MessageSent, 'body' | 'files' | 'style'>, placing: Placing): JsonObject[] {
  const files = event.files.map((file) => `📎 ${cleanName(file.name)}`);
  const text = [toPlain(event.body), ...files].filter((line) => line.trim() !== '').join('\n');
  const cleaned = cleanText(text);
  // Something was said, even where nothing of it can be shown.
  const whole = cleaned.trim() === '' ? '…' : cleaned;
  const head = headOf(placing.voice, event.style);
  return partsOf(whole, head).map((body, part) => ({
    msgtype: msgtypeOf(placing.voice, event.style),
    body,
    // Nobody is pinged by what others wrote elsewhere.
    'm.mentions': {},
    ...relationOf(placing, part),
  }));
}

export function withKey(content: JsonObject, key: DeliveryKey): JsonObject {
  return { ...content, [deliveryField]: key };
}

/** What a ghost is called: `Anna (Talk)`. */
export function ghostName(template: string, name: string, networkLabel: string): string {
  const filled = template.replaceAll(/\{(name|network)\}/g, (_, field: string) =>
    field === 'name' ? cleanName(name) : networkLabel,
  );
  return filled.slice(0, longestNameChars).toWellFormed();
}

/** Each part begins with the speaker's name, since others may speak between them. */
function headOf(voice: Voice, style: MessageSent['style']): string {
  if (voice.as === 'ghost') return '';
  const name = `${cleanName(voice.name)} (${voice.networkLabel})`;
  return style === 'emote' ? `* ${name} ` : `${name}: `;
}

function msgtypeOf(voice: Voice, style: MessageSent['style']): string {
  if (style === 'notice') return 'm.notice';
  return style === 'emote' && voice.as === 'ghost' ? 'm.emote' : 'm.text';
}

function partsOf(text: string, head: string): string[] {
  const room = maxTextBytes - Buffer.byteLength(head);
  return splitText(text, { chars: room, bytes: room })
    .flatMap((part) => (isTooLong(head + part) ? splitText(part, { chars: room / 2, bytes: room / 2 }) : [part]))
    .map((part) => head + part);
}

function isTooLong(text: string): boolean {
  // In JSON a text takes twice its bytes at most: most texts need not be measured.
  return Buffer.byteLength(text) * 2 > maxJsonBytes && Buffer.byteLength(JSON.stringify(text)) > maxJsonBytes;
}

function relationOf({ replyTo, thread }: Placing, part: number): JsonObject {
  const answers = part === 0 ? replyTo : undefined;
  if (thread === undefined) {
    return answers === undefined ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: answers } } };
  }
  return {
    'm.relates_to': {
      rel_type: 'm.thread',
      event_id: thread,
      is_falling_back: answers === undefined,
      'm.in_reply_to': { event_id: answers ?? thread },
    },
  };
}
