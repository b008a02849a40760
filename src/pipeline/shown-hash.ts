import { createHash } from 'node:crypto';
import type { BridgeEvent } from '../model/bridge-event.js';
import type { RichText } from '../model/rich-text.js';
import { shownWith } from './degrade-messages.js';
import { begunPoll, hashOfPoll } from './poll-deliveries.js';

/** Pure: what a message shows, so that an edit that changes nothing is known. Null: nothing is said of it. */
export function hashOf(event: BridgeEvent): Buffer | null {
  if (event.kind === 'pollStarted') return hashOfPoll(begunPoll(event));
  const said = event.kind === 'threadChanged' ? { title: event.title, ...event.first } : event;
  if (!('body' in said) || said.body === undefined) return null;
  return hashOfWords(shownWith(said.title, said.body), said.style);
}

/** Pure: whether what is shown is files alone. What is not known may be anything. */
export function isOfNoWords(hash: Buffer | null): boolean {
  return hash !== null && noWords.some((each) => each.equals(hash));
}

const noWords = (['text', 'emote', 'notice'] as const).map((style) => hashOfWords([], style));

function hashOfWords(body: RichText, style: string | undefined): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([body, style]))
    .digest();
}
