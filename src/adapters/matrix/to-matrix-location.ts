import { geoAddress, locationName } from '../../formatting/location.js';
import type { Location } from '../../model/location.js';
import type { JsonObject } from './matrix.payloads.js';

/** The content of a message of words as that of a map, which older clients show by its words. Source: client-server API, "m.location", and MSC3488. */
export function asLocation(words: JsonObject, location: Location): JsonObject {
  const { format: _format, formatted_body: _html, ...plain } = words;
  const uri = geoAddress(location);
  return {
    ...plain,
    msgtype: 'm.location',
    geo_uri: uri,
    'org.matrix.msc3488.location': { uri, description: locationName(location) },
    'org.matrix.msc3488.asset': { type: 'm.pin' },
    'org.matrix.msc1767.text': plain['body'],
  };
}
