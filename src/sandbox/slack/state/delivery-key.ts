import { isObject, type JsonObject } from './json.js';

/** As the service writes the name of a delivery: 46 letters of base64url. */
const key = /^[A-Za-z0-9_-]{46}$/;

/** Pure: by which the service recognises a message: in its metadata, or as the id of a block. */
export function deliveryKeyOf(metadata: JsonObject | undefined, blocks: readonly JsonObject[]): string | undefined {
  const payload = metadata?.['event_payload'];
  const values = [...(isObject(payload) ? Object.values(payload) : []), ...blocks.map((block) => block['block_id'])];
  return values.find((value): value is string => typeof value === 'string' && key.test(value));
}
