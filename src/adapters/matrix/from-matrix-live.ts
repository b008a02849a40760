import { cleanText } from '../../formatting/clean.js';
import { locationIn, mapLink } from '../../formatting/location.js';
import type { BridgeEvent, MessageEdited } from '../../model/bridge-event.js';
import type { MessageRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import type { Inline, RichText } from '../../model/rich-text.js';
import { isObject, type JsonObject, type MatrixEvent, readRelation, type StoredEvent } from './matrix.payloads.js';

/**
 * Somebody lets others see for a while where they are: the room's state says so, and an event each place where they have come.
 * Source: MSC3489 and MSC3672, by the names of the specification and by those that clients use.
 */
const sharingTypes: readonly string[] = ['m.beacon_info', 'org.matrix.msc3672.beacon_info'];
const placeTypes: readonly string[] = ['m.beacon', 'org.matrix.msc3672.beacon'];

export const isLiveSharing = ({ type, state_key: key }: MatrixEvent): boolean =>
  key !== undefined && sharingTypes.includes(type);
export const isLivePlace = ({ type }: MatrixEvent): boolean => placeTypes.includes(type);
export const isShared = (content: JsonObject): boolean => content['live'] === true;

/** What is told of it: how it is called, and until when it goes on, ISO 8601. */
export interface LiveSharing {
  readonly name?: string | undefined;
  readonly until?: string | undefined;
}

/** What names and times may be called, until the proposals are in the specification. */
const valueOf = (content: JsonObject, name: string, unstable: string): unknown => content[name] ?? content[unstable];
const latestMs = 8.64e15;

/** Pure: what the state says of the sharing that begins with it. */
export function sharingIn({ content, origin_server_ts: at }: MatrixEvent): LiveSharing {
  const { description, timeout } = content;
  const name = typeof description === 'string' ? cleanText(description).replaceAll(/\s+/g, ' ').trim() : '';
  const ts = valueOf(content, 'm.ts', 'org.matrix.msc3488.ts');
  const endMs = typeof timeout === 'number' && timeout > 0 ? (typeof ts === 'number' ? ts : at) + timeout : NaN;
  return {
    ...(name === '' ? {} : { name }),
    ...(endMs > 0 && endMs <= latestMs ? { until: new Date(endMs).toISOString() } : {}),
  };
}

/** Pure: whose sharing a place belongs to, and its `geo:` address; undefined where it is none on the earth. */
export function placeIn({ content }: MatrixEvent): { readonly of: string; readonly uri: string } | undefined {
  const { rel_type: type, event_id: of } = readRelation(content);
  const place = valueOf(content, 'm.location', 'org.matrix.msc3488.location');
  const uri = isObject(place) ? place['uri'] : undefined;
  if (type !== 'm.reference' || of === undefined || typeof uri !== 'string') return undefined;
  return locationIn(uri) === undefined ? undefined : { of, uri };
}

/** Pure: one message of whoever shares, edited as they move, and when it is over. */
export function fromLive(
  { event, live, order }: StoredEvent,
  base: Pick<BridgeEvent, 'room' | 'actor' | 'at' | 'key'>,
  refTo: (id: string) => MessageRef,
): ReadResult {
  const edited = (state: 'shared' | 'over'): MessageEdited[] => {
    if (live === undefined) return [];
    const body = wordsOf(live, state, live.uri);
    return [{ ...base, kind: 'messageEdited', message: refTo(live.event), body, style: 'text', version: order }];
  };
  if (isLivePlace(event)) {
    return live === undefined ? { ignored: `${event.type}: told with a later one` } : { events: edited('shared') };
  }
  const { event_id: id, content } = event;
  if (!isShared(content)) {
    return live === undefined ? { ignored: `${event.type}: it began before it was told` } : { events: edited('over') };
  }
  const begun: BridgeEvent = {
    ...base,
    kind: 'messageSent',
    message: refTo(id),
    body: wordsOf(sharingIn(event), 'shared', undefined),
    files: [],
    style: 'text',
  };
  // One at a time: that the one before is over was not told.
  return { events: [...edited('over'), begun] };
}

function wordsOf({ name, until }: LiveSharing, state: 'shared' | 'over', uri: string | undefined): RichText {
  const content: Inline[] = [text(`${name ?? 'Live location'}${state === 'over' ? ' has ended' : ''}`)];
  if (state === 'shared' && until !== undefined) {
    content.push(text(' until '), { type: 'date', at: until, label: `${until.slice(0, 16).replace('T', ' ')} UTC` });
  }
  const place = uri === undefined ? undefined : locationIn(uri);
  if (place !== undefined) content.push({ type: 'break' }, mapLink(place));
  return [{ type: 'paragraph', content }];
}

function text(words: string): Inline {
  return { type: 'text', text: words };
}
