import { speakersIn } from '../identities/speakers.js';
import type { Capabilities, SpeakerWish } from '../model/capabilities.js';
import type { WaitingDelivery } from '../model/delivery.js';
import type { RoomId, UserRef } from '../model/ids.js';
import type { NetworkAdapter, Speaker } from '../model/network-adapter.js';

/** Pure: whose words a delivery has. An edit is the author's words, whoever made it. */
export function speaking({ event, author }: WaitingDelivery): UserRef {
  const isWords = event.kind === 'messageEdited' || event.kind === 'threadChanged';
  const isOthers = isWords && author !== null && author.id !== event.actor.id;
  return isOthers ? { ...author, name: '', standing: 'person' } : event.actor;
}

/** Who is to be seen to speak in the lane's room for a person. */
export async function chosenFor(
  person: UserRef,
  adapter: Pick<NetworkAdapter, 'lending'>,
  room: RoomId,
  capabilities: Capabilities,
  wish: SpeakerWish,
): Promise<Pick<Speaker, 'as' | 'otherwise'>> {
  const [first, second] = speakersIn(capabilities, wish);
  if (first !== 'own') return { as: first };
  const isOwn = (await adapter.lending?.speaksIn(room, person)) === true;
  return isOwn ? { as: first, otherwise: second } : { as: second };
}
