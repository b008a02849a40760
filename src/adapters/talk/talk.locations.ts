import { geoAddress, locationName } from '../../formatting/location.js';
import { cleanName } from '../../formatting/names.js';
import type { MessageSent } from '../../model/bridge-event.js';
import type { Location } from '../../model/location.js';
import { type Copy, type DeliveryRequest, type Speaker } from '../../model/network-adapter.js';
import type { TalkAuthors } from './talk.authors.js';
import type { TalkClient } from './talk.client.js';
import { brokenAnswer } from './talk.errors.js';
import { talkMessageId } from './talk.ids.js';
import { withReason } from './talk.rights.js';

const longestName = 500;

/** Whether a message is a map here: Talk's answers nothing and stands in no thread. */
export function isMap({ event, replyTo, thread }: DeliveryRequest<MessageSent>): boolean {
  return event.location !== undefined && event.title === undefined && replyTo === undefined && thread === undefined;
}

/** Shows a place on a map. Our account shares it, so that its name begins with whose it is. */
export async function showLocation(
  { client, authors }: { readonly client: TalkClient; readonly authors: TalkAuthors },
  request: DeliveryRequest<MessageSent>,
  location: Location,
  signal: AbortSignal,
): Promise<void> {
  const { room: token, speaker, made } = request;
  if (made.length > 0) return;
  const key = request.key(0);
  const map = mapOf(location, speaker);
  const shared = await withReason({ client, token, signal }, () =>
    client.api.chat.shareObject(
      { token, objectType: 'geo-location', objectId: map.id, metaData: JSON.stringify(map), referenceId: key },
      signal,
      { beforeSend: () => request.beforeSend() },
    ),
  );
  if (shared.data === null) throw brokenAnswer('write', 'without the message that was shared');
  const copy: Copy = { part: 0, id: talkMessageId(shared.data.id), key };
  authors.note(token, copy, { as: 'relay' });
  request.onMade(copy);
}

type NamedSpeaker = Pick<Speaker, 'as' | 'profile' | 'person' | 'networkLabel'>;

/** Pure: a place as Talk has it. */
export function mapOf(
  location: Location,
  speaker: NamedSpeaker,
): Readonly<Record<'type' | 'id' | 'name' | 'latitude' | 'longitude', string>> {
  const { latitude, longitude } = location;
  return {
    type: 'geo-location',
    id: geoAddress(location),
    name: [...nameOf(location, speaker)].slice(0, longestName).join(''),
    latitude: String(latitude),
    longitude: String(longitude),
  };
}

function nameOf(location: Location, { as, profile, person, networkLabel }: NamedSpeaker): string {
  const place = locationName(location);
  return as === 'bridge' ? place : `${cleanName(profile.name || person.name)} (${networkLabel}): ${place}`;
}
