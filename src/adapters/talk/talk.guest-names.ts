import { skeleton } from '../../formatting/look-alike.js';
import { cleanName, nameWithHandle } from '../../formatting/names.js';
import type { RoomId } from '../../model/ids.js';
import type { Speaker } from '../../model/network-adapter.js';
import type { RoomPeople } from './talk.room-people.js';

export type Named = Pick<Speaker, 'person' | 'profile' | 'networkLabel'>;

/** Longest name that the server stores, in UTF-16 code units. */
const longestName = 250;
/** Ends as a name does that is told apart already. */
const isToldApart = /\]\s*$/u;

/** What people of other networks are called in a room: with their network, and told apart from whoever is there by such a name. */
export class GuestNames {
  constructor(private readonly people: Pick<RoomPeople, 'of'>) {}

  async of(room: RoomId, speaker: Named, signal: AbortSignal): Promise<string> {
    return shownName(speaker, (await this.people.of(room, signal)).skeletons);
  }
}

/** Pure: `Mia (Matrix)`; `Anna [@anna:example.org] (Matrix)` where somebody looks like an Anna by the name. `taken`: skeletons. */
export function shownName({ person, profile, networkLabel }: Named, taken: ReadonlySet<string>): string {
  const name = cleanName(profile.name || person.name);
  const marked = `${name} (${networkLabel})`;
  const isTaken = taken.has(skeleton(name)) || taken.has(skeleton(marked));
  if (!isTaken || isToldApart.test(name)) return marked.slice(0, longestName).toWellFormed();
  return `${nameWithHandle(name, profile.handle ?? person.id)} (${networkLabel})`.slice(0, longestName).toWellFormed();
}
