import { cleanText } from '../../formatting/clean.js';
import { locationIn } from '../../formatting/location.js';
import type { Location } from '../../model/location.js';
import { isObject, type JsonObject } from './matrix.payloads.js';

/** What MSC3488 adds, as clients write it and as it is to be written one day. */
const extensions = ['m.location', 'org.matrix.msc3488.location'] as const;

/** The point that a message of the type `m.location` shows; undefined where it shows none. */
export function locationOf(content: JsonObject): Location | undefined {
  if (content['msgtype'] !== 'm.location') return undefined;
  const extended = extensions.map((name) => content[name]).find(isObject);
  const address = extended?.['uri'] ?? content['geo_uri'];
  const point = typeof address === 'string' ? locationIn(address) : undefined;
  if (point === undefined) return undefined;
  const name = nameIn(extended?.['description']) ?? nameOfBody(content['body']);
  return { ...point, ...(name === undefined ? {} : { name }) };
}

function nameIn(description: unknown): string | undefined {
  const name = typeof description === 'string' ? cleanText(description).replaceAll(/\s+/g, ' ').trim() : '';
  return name === '' ? undefined : name;
}

/** Clients that show maps write the address itself there, or one of a map. */
function nameOfBody(body: unknown): string | undefined {
  const name = nameIn(body);
  return name === undefined || /\bgeo:|https?:\/\//i.test(name) ? undefined : name;
}
