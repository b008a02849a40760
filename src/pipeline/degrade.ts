import type { BridgeEvent, MessageSent } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import type { RichText } from '../model/rich-text.js';

export type Degraded<E extends BridgeEvent> = { readonly event: E } | { readonly skip: string };

export interface Resolved {
  /** Whether what a reply answers stands in the target room. */
  readonly replyTarget: 'found' | 'missing' | 'none';
}

const quotedChars = 120;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Pure: turns an event into what the target room can show, or says why there is nothing to show. */
export function degrade<E extends BridgeEvent>(event: E, capabilities: Capabilities, resolved: Resolved): Degraded<E> {
  if (event.kind === 'messageSent') return degradeMessage(event, capabilities, resolved) as Degraded<E>;
  return { event };
}

function degradeMessage(event: MessageSent, capabilities: Capabilities, resolved: Resolved): Degraded<MessageSent> {
  if (event.body.length === 0 && event.files.length === 0) return { skip: 'there is nothing in it' };
  const native = resolved.replyTarget === 'found' && capabilities.replies === 'quote';
  if (resolved.replyTarget === 'none' || native) return { event };
  const { replyTo: _unreachable, ...rest } = event;
  return { event: { ...rest, body: [...quoteOf(event), ...event.body] } };
}

/** A short quote stands in for a reply's target that is not to be seen in the room. */
function quoteOf(event: MessageSent): RichText {
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
