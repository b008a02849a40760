import { contactBlock, contactsIn } from '../formatting/contact-cards.js';
import type { BridgeEvent } from '../model/bridge-event.js';
import { BridgeError } from '../model/errors.js';
import { isOfFiles } from '../model/file-parts.js';
import type { FileRef } from '../model/ids.js';
import type { FileStream } from '../model/network-adapter.js';

/** A card with a picture is larger: who it is stands before that. */
const mostBytes = 64 * 1024;

/** The message with the people of its contact cards in words, beside the cards themselves, also after an edit. What cannot be had stays a file. */
export async function withContacts(
  event: BridgeEvent,
  open: (file: FileRef, signal: AbortSignal) => Promise<FileStream>,
  signal: AbortSignal,
): Promise<BridgeEvent> {
  if (event.kind !== 'messageSent' && (event.kind !== 'messageEdited' || isOfFiles(event))) return event;
  const cards = (event.files ?? []).filter((file) => isCard(file) && file.instead === undefined);
  const contacts = [];
  for (const card of cards) contacts.push(...contactsIn(await beginningOf(card, open, signal)));
  return contacts.length === 0 ? event : { ...event, body: [...event.body, ...contacts.map(contactBlock)] };
}

function isCard({ mime, name }: FileRef): boolean {
  return /^text\/(?:x-)?vcard\b/i.test(mime) || /\.(?:vcf|vcard)$/i.test(name);
}

/** Empty where the file cannot be had: that is told in its place, or waited for, when it is sent. */
async function beginningOf(
  file: FileRef,
  open: (file: FileRef, signal: AbortSignal) => Promise<FileStream>,
  signal: AbortSignal,
): Promise<string> {
  // What is not read to its end would keep its connection.
  const ended = new AbortController();
  try {
    const { body } = await open(file, AbortSignal.any([signal, ended.signal]));
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= mostBytes) break;
    }
    return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8');
  } catch (error) {
    if (!(error instanceof BridgeError) || signal.aborted) throw error;
    return '';
  } finally {
    ended.abort();
  }
}
