import type { Case, Network } from './corpus.types.js';
import { signOfLife } from '../../src/adapters/talk/talk.own-statuses.js';
import { toMatrixStatus } from '../../src/adapters/matrix/matrix.statuses.js';
import type { PresenceChanged, ReadUpTo } from '../../src/model/bridge-event.js';
import { presenceBy, read, readersIn, typingIn } from './reading.js';
import { seenIn } from './showing.js';

/** What people of another network see of a case: a message of words alone as these. */
export async function seen(each: Case, target: Network): Promise<unknown> {
  const types = typingIn(each);
  if (types !== undefined)
    return typingSeen(
      types.typing.map(({ id }) => id),
      target,
    );
  const presence = presenceBy(each);
  if (presence !== undefined) return presenceSeen(presence, target);
  const readers = readersIn(each);
  if (readers.length > 0) return readingSeen(readers, target);
  const result = read(each);
  if ('ignored' in result) return { nothing: result.ignored };
  const found = await Promise.all(result.events.map((event) => seenIn(event, target, each.given ?? {})));
  const short = found.map((one) => (isWordsAlone(one) ? one.text : one));
  return short.length === 1 ? short[0] : short;
}

/** Slack lets no app show that somebody types. */
function typingSeen(people: readonly string[], target: Network): object {
  return target === 'slack' ? { nothing: 'Slack shows nobody typing' } : { types: people };
}

/** At ghosts; in Talk only of those who lend a login. */
function presenceSeen({ person, presence }: PresenceChanged, target: Network): object {
  switch (target) {
    case 'matrix':
      return { of: person.id, ...toMatrixStatus(presence) };
    case 'talk':
      return { byLogin: signOfLife(presence.state) ?? 'nothing' };
    case 'slack':
      return { nothing: 'Slack shows nobody as an app says they are' };
  }
}

/** Only people themselves read: in Talk those who lend a login, and in Slack nobody can. */
function readingSeen(readers: readonly ReadUpTo[], target: Network): object {
  if (target === 'slack') return { nothing: 'Slack lets an app mark nothing as read for others' };
  return { readByLogin: readers.map(({ actor, message }) => `${actor.id} ${message.id}`) };
}

function isWordsAlone(value: unknown): value is { readonly text: unknown } {
  return typeof value === 'object' && value !== null && 'text' in value && Object.keys(value).length === 1;
}
